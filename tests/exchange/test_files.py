"""CSV and XLSX files as people save them, and those that would do harm."""

import io
import struct
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from supply.errors import Invalid
from supply.exchange import sheets
from supply.web.csv_text import csv_text

KNOWN = ("sku", "name", "gtin", "quantity")


def rows_of(content: bytes) -> tuple[tuple[str, ...], list[tuple[int, list[str]]]]:
    sheet = sheets.read_bytes(content, "list", KNOWN)
    return sheet.header, list(sheet.rows)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_the_delimiter_is_found_whatever_the_program_that_wrote_it(delimiter: str, mark: bytes) -> None:
    text = delimiter.join(["sku", "name"]) + "\r\n" + delimiter.join(["A", '"Tape; 1,5 cm, é"']) + "\r\n"
    assert rows_of(mark + text.encode()) == (("sku", "name"), [(2, ["A", "Tape; 1,5 cm, é"])])


def test_empty_lines_and_lines_inside_quotes_keep_the_numbers_of_lines_right() -> None:
    text = '\nsku,name\n\nA,"two\nlines"\nB,b\n,\nC,c\n'
    assert [line for line, _ in rows_of(text.encode())[1]] == [4, 6, 8]


def test_excels_own_line_about_the_delimiter_is_no_row() -> None:
    assert rows_of(b"sep=;\nsku;name\nA;a\n") == (("sku", "name"), [(3, ["A", "a"])])


def test_the_apostrophe_that_guards_against_formulas_is_taken_off_and_no_other() -> None:
    assert rows_of(b"sku,name\n'+A123BJC5D6E71G,'tis tape\n")[1] == [(2, ["+A123BJC5D6E71G", "'tis tape"])]


@pytest.mark.parametrize(
    "text", ["=1+1", "+A123BJC5D6E71G", "-3 °C pack", "@home", "＝x", "'tis tape", "gloves", "a'b"]
)
def test_what_the_product_exports_is_read_back_as_it_was(text: str) -> None:
    assert rows_of(csv_text(("sku", "name"), [("A", text)]).encode())[1] == [(2, ["A", text])]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        ("sku,name\nA,é\n".encode("latin-1"), "line 2"),
        ("sku,name\nA,b\n".encode("utf-16"), "UTF-8"),
        (b"sku,name\nA," + b"x" * 20_000, "quote missing"),
        (b"PK\x03\x04 no archive", "no readable Excel file"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(content: bytes, reason: str) -> None:
    with pytest.raises(Invalid, match=reason):
        rows_of(content)


def test_a_missing_file_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="cannot be read"):
        sheets.read_file(tmp_path / "none.csv", KNOWN)


def test_a_file_above_the_limit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(sheets.LARGEST_BYTES + 1)
    with pytest.raises(Invalid, match="50 MB"):
        sheets.read_file(path, KNOWN)


def workbook(*rows: list[object]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def test_an_excel_file_is_read_as_it_would_be_typed() -> None:
    content = workbook(
        ["sku", "gtin", "quantity", "received", "lot_required"],
        ["A", 9521234000010, 3.0, datetime(2026, 3, 2), True],
        [],
        ["B", "00123", 1.25, date(2026, 3, 2), None],
    )
    header, rows = rows_of(content)
    assert header == ("sku", "gtin", "quantity", "received", "lot_required")
    assert rows == [(2, ["A", "9521234000010", "3", "2026-03-02", "yes"]), (4, ["B", "00123", "1.25", "2026-03-02"])]


def replaced(content: bytes, name: str, part: bytes) -> bytes:
    """The workbook with one part exchanged."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            new.writestr(entry, part if entry == name else old.read(entry))
    return out.getvalue()


def test_a_small_file_that_unpacks_to_a_huge_one_is_refused() -> None:
    bomb = replaced(workbook(["sku"]), "xl/worksheets/sheet1.xml", b"<worksheet>" + b" " * 40_000_000)
    assert len(bomb) < 100_000
    with pytest.raises(Invalid, match="unpacks to far more"):
        rows_of(bomb)


def test_an_archive_that_lies_about_its_sizes_is_counted_while_it_is_read() -> None:
    bomb = bytearray(replaced(workbook(["sku"]), "xl/styles.xml", b" " * 40_000_000))
    size, lie = struct.pack("<L", 40_000_000), struct.pack("<L", 100)
    assert bomb.count(size) == 2
    with pytest.raises(Invalid, match=r"unpacks to far more|no readable Excel file"):
        rows_of(bytes(bomb).replace(size, lie))


def test_an_archive_of_very_many_parts_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(300):
            archive.writestr(f"part{number}", b"")
    with pytest.raises(Invalid, match="unpacks to far more"):
        rows_of(out.getvalue())


def test_entities_that_multiply_are_refused() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))
    xml = f'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY l0 "lol">{laughs}]><worksheet>&l8;</worksheet>'
    with pytest.raises(Invalid, match="no readable Excel file"):
        rows_of(replaced(workbook(["sku"]), "xl/worksheets/sheet1.xml", xml.encode()))


def test_rows_without_end_are_counted_and_refused() -> None:
    row = '<row r="1"><c r="A1" t="inlineStr"><is><t>sku</t></is></c></row>'
    far = '<row r="99999999999"><c r="A99999999999" t="inlineStr"><is><t>x</t></is></c></row>'
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    xml = f'<worksheet xmlns="{space}"><sheetData>{row}{far}</sheetData></worksheet>'
    with pytest.raises(Invalid, match="rows; split it"):
        rows_of(replaced(workbook(["sku"]), "xl/worksheets/sheet1.xml", xml.encode()))
