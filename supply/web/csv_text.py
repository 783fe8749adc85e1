"""PURE: rows as CSV that no spreadsheet takes for formulas (OWASP CSV injection; RFC 4180, every field quoted)."""

import csv
import io
from collections.abc import Iterable, Sequence

FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")


def cell(value: object) -> object:
    """Text that could begin a formula gets an apostrophe in front; numbers stay numbers.

    >>> cell("=1+1"), cell(" @x"), cell(-3), cell("gloves")
    ("'=1+1", "' @x", -3, 'gloves')
    """
    if value is None:
        return ""
    if isinstance(value, int):
        return value
    text = str(value)
    starts = text.startswith(FORMULA_STARTS) or text.strip().startswith(FORMULA_STARTS)
    return f"'{text}" if starts else text


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The whole file, with a first row of names and a mark that tells spreadsheets it is UTF-8."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([cell(value) for value in row] for row in rows)
    return "\ufeff" + out.getvalue()
