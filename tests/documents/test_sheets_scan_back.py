"""Sheets with bars: rendered as a printer would, every one of them reads back, with nothing else among them."""

import pypdfium2
import pytest
import zxingcpp

from supply.barcodes.house_code import COMMAND, TAKE_LINE, encode
from supply.documents.code_sheet import SheetCode, SheetGroup, code_sheet
from supply.documents.take_sheet import SheetItem, SheetPlace, take_sheets
from supply.stations.commands import COMMANDS


def texts_on(pdf: bytes, *, dots_per_inch: int = 300) -> list[set[str]]:
    """What the bars on each page say, by the plain reader: without anything that helps a poor picture."""
    pages = [page.render(scale=dots_per_inch / 72, grayscale=True) for page in pypdfium2.PdfDocument(pdf)]
    return [{code.text for code in zxingcpp.read_barcodes(page.to_numpy().squeeze())} for page in pages]


def test_every_command_of_the_sheet_scans_back() -> None:
    codes = [SheetCode(one.words, encode(COMMAND, one.word)) for one in COMMANDS]
    pdf = code_sheet([SheetGroup("Commands", codes)], title="Commands", number="COMMANDS", office="Elm", foot="")
    assert set().union(*texts_on(pdf)) == {code.barcode for code in codes} | {"COMMANDS"}


def place(name: str, first: int, count: int) -> SheetPlace:
    items = [
        SheetItem(f"Nitrile gloves, powder free, size M, number {at}", f"GLV-{at}", "40 boxes", encode(TAKE_LINE, at))
        for at in range(first, first + count)
    ]
    return SheetPlace(name, items)


def test_every_line_of_a_take_sheet_scans_back_and_every_place_has_pages_of_its_own() -> None:
    pdf = take_sheets(
        [place("Storeroom", 1, 15), place("Room 2", 100, 3)], number="T-12", made="2026-NOV-23", office="Elm"
    )
    pages = texts_on(pdf)
    lines = [{text for text in page if text.startswith("SUPT")} for page in pages]
    assert set().union(*lines) == {encode(TAKE_LINE, at) for at in [*range(1, 16), 100, 101, 102]}
    assert lines[-1] == {encode(TAKE_LINE, at) for at in (100, 101, 102)}


def test_control_bars_that_are_too_fine_for_the_paper_are_noticed() -> None:
    codes = [SheetCode("Take", encode(COMMAND, "TAKE"))]
    pdf = code_sheet([SheetGroup("Commands", codes)], title="Commands", number="C", office="Elm", foot="")
    assert texts_on(pdf, dots_per_inch=40) != [{codes[0].barcode, "C"}]


def test_the_same_content_gives_the_same_file() -> None:
    one, two = (take_sheets([place("Storeroom", 1, 2)], number="T-1", made="today", office="Elm") for _ in range(2))
    assert one == two


@pytest.mark.parametrize("name", ["<b>bold</b> & more", "Ωmega gloves", "x" * 200])
def test_a_name_is_never_markup_and_never_lost(name: str) -> None:
    pdf = take_sheets(
        [SheetPlace("A", [SheetItem(name, "SKU", "1", encode(TAKE_LINE, 1))])], number="T", made="", office=""
    )
    text = pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_bounded()
    assert name[:20] in text.replace("\r\n", "")
