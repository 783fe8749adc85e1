"""Excel workbooks: the first sheet, as text. Must never unpack what a small file claims or hides (zip bombs)."""

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from supply.errors import Invalid
from supply.exchange.csv_files import unguarded

ZIP_BEGINS = b"PK\x03\x04"
MOST_ENTRIES = 200
MOST_BYTES = 50 * 1024 * 1024
MOST_BYTES_WHOLE = 16 * 1024 * 1024  # of the parts that are read whole into memory: strings, styles, the rest
RATIO, RATIO_FROM_BYTES = 100, 1024 * 1024
MOST_COLUMNS = 64
CHUNK = 256 * 1024


def read(content: bytes, name: str, *, most_rows: int) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    """The header, and the other rows with their row numbers; empty rows are left out. Raises Invalid."""
    _check_archive(content, name)
    rows = _rows(content, name, most_rows)
    _, header = next(rows, (0, []))
    if not header:
        raise Invalid(f"{name} is empty; the first row of its first sheet must name the columns.", code="bad_file")
    return header, rows


def _check_archive(content: bytes, name: str) -> None:
    """Refuse by what the archive says of itself, then count what it really holds."""
    bomb = Invalid(f"{name} unpacks to far more than a list of supplies needs; it was refused.", code="bad_file")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_BYTES:
                raise bomb
            left = MOST_BYTES
            for entry in entries:
                left -= _unpacked(archive, entry, min(left, _allowed(entry, len(content))), bomb)
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError, ValueError) as error:
        raise Invalid(f"{name} is no readable Excel file.", code="bad_file") from error


def _allowed(entry: zipfile.ZipInfo, archive_bytes: int) -> int:
    packed = min(max(entry.compress_size, 1), archive_bytes)
    by_ratio = max(RATIO_FROM_BYTES, RATIO * packed)
    whole = MOST_BYTES if entry.filename.startswith("xl/worksheets/") else MOST_BYTES_WHOLE
    return min(by_ratio, whole)


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, allowed: int, bomb: Invalid) -> int:
    total = 0
    with archive.open(entry) as part:
        while chunk := part.read(CHUNK):
            total += len(chunk)
            if total > allowed:
                raise bomb
    return total


def _rows(content: bytes, name: str, most_rows: int) -> Iterator[tuple[int, list[str]]]:
    # openpyxl reads by defusedxml, whose refusals of entities and outside references are ValueErrors
    broken = (InvalidFileException, zipfile.BadZipFile, ParseError)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheets = book.worksheets
        if not sheets:
            return
        sheets[0].reset_dimensions()
        for number, cells in enumerate(sheets[0].iter_rows(max_col=MOST_COLUMNS, values_only=True), start=1):
            if number > most_rows + 1:
                raise Invalid(f"{name} has more than {most_rows:,} rows; split it.", code="file_too_large")
            if any(cell is not None for cell in cells):
                shown = [unguarded(_text(cell)) for cell in cells]
                while shown and not shown[-1]:
                    shown.pop()
                if shown:
                    yield number, shown
    except (*broken, KeyError, ValueError, TypeError, AttributeError, IndexError, OSError) as error:
        raise Invalid(f"{name} is no readable Excel file.", code="bad_file") from error


def _text(cell: object) -> str:
    """A cell as it would be typed. Numbers that are whole have no decimals; days have no time."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 10**15:
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == datetime.min.time() else cell.isoformat(" ", "minutes")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)
