"""Labels of our own codes: they decode, in whole dots, at true size, whatever the name."""

import io

import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from supply.barcodes import house_code
from supply.barcodes.parse import parse
from supply.errors import Invalid
from supply.labels.house_labels import HEIGHT, WIDTH, Symbol, item_label

TEXTS = st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=200)


def opened(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png))


def decoded(png: bytes) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(np.array(opened(png).convert("L")))]


@pytest.mark.parametrize("symbol", Symbol)
@pytest.mark.parametrize("number", [1, 42, 999_999, 123_456_789])
def test_a_label_decodes_to_the_house_code_of_its_item(symbol: Symbol, number: int, today) -> None:
    png = item_label(number=number, name="Nitrile gloves M", sku="GLOVE-M", symbol=symbol)
    assert decoded(png) == [house_code.encode(house_code.ITEM, number)]
    meaning = parse(decoded(png)[0], today=today)
    assert (meaning.house_kind, int(meaning.house_value)) == ("item", number)


@pytest.mark.parametrize("symbol", Symbol)
def test_a_label_has_its_true_size_in_black_and_white(symbol: Symbol) -> None:
    picture = opened(item_label(number=7, name="Swab", sku="S", symbol=symbol))
    assert picture.size == (WIDTH, HEIGHT)
    assert picture.mode == "1"
    assert [round(dpi) for dpi in picture.info["dpi"]] == [203, 203]


def test_every_bar_is_a_whole_number_of_dots_and_has_its_quiet_zone() -> None:
    row = np.array(opened(item_label(number=7, name="Swab", sku="S")).convert("L"))[30] < 128
    first, last = np.flatnonzero(row)[[0, -1]]
    assert first >= 20
    assert WIDTH - 1 - last >= 20
    edges = np.flatnonzero(np.diff(row[first : last + 1].astype(int))) + 1
    assert {int(width) % 2 for width in np.diff([0, *edges, last + 1 - first])} == {0}


@pytest.mark.parametrize("symbol", Symbol)
@given(name=TEXTS, sku=st.text(st.characters(codec="ascii", categories=("L", "N", "P")), min_size=1, max_size=60))
@settings(max_examples=12, deadline=None)
def test_no_name_and_no_number_spoils_the_code(symbol: Symbol, name: str, sku: str) -> None:
    assert decoded(item_label(number=31, name=name, sku=sku, symbol=symbol)) == [house_code.encode("I", 31)]


@pytest.mark.parametrize("symbol", Symbol)
def test_a_long_name_is_printed_to_its_last_letter(symbol: Symbol) -> None:
    name = "Influenza vaccine " * 11
    pictures = {item_label(number=7, name=name + last, sku="S", symbol=symbol) for last in ("M", "L", "")}
    assert len(pictures) == 3


@pytest.mark.parametrize("number", [0, -1, 10**13])
def test_a_number_that_fits_no_house_code_is_refused(number: int) -> None:
    with pytest.raises(Invalid):
        item_label(number=number, name="x", sku="x")
