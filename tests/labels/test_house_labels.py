"""The label of an item by its house code, as its page and the command line show it."""

import io

import numpy as np
import pytest
import zxingcpp
from PIL import Image

from supply.barcodes import house_code
from supply.barcodes.parse import parse
from supply.errors import Invalid
from supply.labels.house_labels import Symbol, item_label
from supply.labels.paper import named


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
    paper = named("57x32")
    assert picture.size == (paper.width_dots, paper.height_dots) == (455, 255)
    assert picture.mode == "1"
    assert [round(dpi) for dpi in picture.info["dpi"]] == [203, 203]


@pytest.mark.parametrize("number", [0, -1, 10**13])
def test_a_number_that_fits_no_house_code_is_refused(number: int) -> None:
    with pytest.raises(Invalid):
        item_label(number=number, name="x", sku="x")
