"""CSV as offices have it: UTF-8 with or without its mark, comma, semicolon or tab, as Excel and others save it."""

import csv
import io
from collections.abc import Iterator

from supply.errors import Invalid

DELIMITERS = (",", ";", "\t")
FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")  # text that begins so is guarded by an apostrophe, in our exports too
LONGEST_CELL = 10_000


def read(
    content: bytes, name: str, *, known: frozenset[str], most_rows: int
) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    """The header, and the other rows with the line each begins on; empty rows are left out. Raises Invalid."""
    rows = _rows(_decoded(content, name), name, known, most_rows)
    _, header = next(rows, (0, []))
    if not header:
        raise Invalid(f"{name} is empty; its first row must name the columns.", code="bad_file")
    return header, rows


def column_name(cell: str) -> str:
    """A column's name as people write it, `Units Received`, as it is called here."""
    return cell.strip().lower().replace(" ", "_").replace("-", "_")


def unguarded(cell: str) -> str:
    """The cell without spaces around it and without the apostrophe that kept it from being a formula."""
    bare = cell.strip()
    return bare[1:].strip() if bare[:1] == "'" and bare[1:].lstrip(" ").startswith(FORMULA_STARTS) else bare


def _decoded(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        message = f"{name} is no UTF-8 text (line {line}). Save it as “CSV UTF-8”, or as an Excel file (.xlsx)."
        raise Invalid(message, code="bad_file") from error


def _delimiter(first_line: str, known: frozenset[str]) -> str:
    """The one that gives the most column names that are known; a comma when none does."""

    def score(delimiter: str) -> tuple[int, int]:
        cells = next(csv.reader([first_line], delimiter=delimiter), [])
        return (sum(column_name(cell) in known for cell in cells), len(cells))

    return max(DELIMITERS, key=score)


def _rows(text: str, name: str, known: frozenset[str], most_rows: int) -> Iterator[tuple[int, list[str]]]:
    lines = text.lstrip("\r\n").splitlines(keepends=True)[:2]
    skipped = text[: len(text) - len(text.lstrip("\r\n"))].count("\n")
    first = lines[0] if lines else ""
    if first.lower().startswith("sep="):  # Excel's own note about the delimiter
        delimiter, start = first.rstrip("\r\n")[4:5] or ",", len(first)
        skipped += 1
    else:
        delimiter, start = _delimiter(first, known), 0
    reader = csv.reader(io.StringIO(text.lstrip("\r\n")[start:], newline=""), delimiter=delimiter)
    begins, count = 1 + skipped, 0
    try:
        for cells in reader:
            line, begins = begins, skipped + reader.line_num + 1
            if any(cell.strip() for cell in cells):
                count += 1
                if count > most_rows + 1:
                    raise Invalid(f"{name} has more than {most_rows:,} rows; split it.", code="file_too_large")
                if any(len(cell) > LONGEST_CELL for cell in cells):
                    raise Invalid(f"{name}, line {line}: a cell is far too long; is a quote missing?", code="bad_file")
                yield line, [unguarded(cell) for cell in cells]
    except csv.Error as error:
        raise Invalid(f"{name}, line {begins}: no readable CSV ({error}).", code="bad_file") from error
