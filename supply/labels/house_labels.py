"""PURE: the picture of a label with one of our own codes, in dots of a 203 dpi printer, decoded again before it is
given.

Must never scale a symbol by less than whole dots, nor cut off a name.
"""

import io
from enum import StrEnum
from functools import lru_cache
from importlib import resources
from typing import Final

import numpy as np
import zxingcpp
from PIL import Image, ImageDraw, ImageFont

from supply.barcodes import house_code
from supply.errors import Invalid, SupplyError

DOTS_PER_INCH: Final = 203
WIDTH, HEIGHT = 456, 256  # 57 mm × 32 mm at 8 dots per mm
MARGIN: Final = 16
SIZES: Final = (32, 28, 24, 20, 16, 14)
SMALL: Final = 20
LEAST_BARS: Final = 64  # 8 mm: below that, a swept hand scanner misses
INK, PAPER = 0, 1


class Symbol(StrEnum):
    """Which barcode stands on the label: lines for every scanner, or a square for cameras and small labels."""

    code128 = "code128"
    datamatrix = "datamatrix"


# dots per module, and quiet modules on every side (ISO/IEC 15417 asks for 10, ISO/IEC 16022 for 1; we give 2)
MODULES: Final = {Symbol.code128: (2, 10), Symbol.datamatrix: (7, 2)}
FORMATS: Final = {Symbol.code128: zxingcpp.BarcodeFormat.Code128, Symbol.datamatrix: zxingcpp.BarcodeFormat.DataMatrix}


class LabelUnreadable(SupplyError):
    """The drawn label did not decode to its own code."""

    code = "label_unreadable"


def item_label(*, number: int, name: str, sku: str, symbol: Symbol = Symbol.code128) -> bytes:
    """A PNG with the house code of item `number`, its name and SKU, at true size.

    Raises Invalid for a number that fits no house code, LabelUnreadable when the picture does not decode.
    """
    if number < 1:
        raise Invalid("An item's number is 1 or more.")
    code = house_code.encode(house_code.ITEM, number)
    label = Image.new("1", (WIDTH, HEIGHT), PAPER)
    if symbol is Symbol.code128:
        _draw_with_bars(label, code, name, sku)
    else:
        _draw_with_square(label, code, name, sku)
    _check(label, code, symbol)
    return _png(label)


def _draw_with_bars(label: Image.Image, code: str, name: str, sku: str) -> None:
    """Bars across the top, the words under them; a long name takes height from the bars, never below 8 mm."""
    bars = _symbol(code, Symbol.code128, label)
    room = HEIGHT - 2 * MARGIN - LEAST_BARS - 2 * SMALL
    font, lines = _fitted(name, WIDTH - 2 * MARGIN, room)
    words = len(lines) * _line(font)
    height = HEIGHT - 2 * MARGIN - words - 2 * SMALL
    bars = bars.resize((bars.width, height), Image.Resampling.NEAREST)
    label.paste(bars, ((WIDTH - bars.width) // 2, MARGIN))
    _write(label, (MARGIN, MARGIN + height + SMALL // 4), lines, font)
    _write_small(label, (MARGIN, HEIGHT - MARGIN - SMALL - 4), sku, code)


def _draw_with_square(label: Image.Image, code: str, name: str, sku: str) -> None:
    """The square on the left, the words beside it, SKU and code along the foot."""
    square = _symbol(code, Symbol.datamatrix, label)
    label.paste(square, (MARGIN, MARGIN))
    left = MARGIN + square.width + SMALL // 2
    font, lines = _fitted(name, WIDTH - left - MARGIN, HEIGHT - 2 * MARGIN - 2 * SMALL)
    _write(label, (left, MARGIN + 10), lines, font)
    _write_small(label, (MARGIN, HEIGHT - MARGIN - SMALL - 4), sku, code)


def _symbol(code: str, symbol: Symbol, label: Image.Image) -> Image.Image:
    """The symbol with its quiet zone, each module so many whole dots."""
    dots, quiet = MODULES[symbol]
    modules = np.array(zxingcpp.create_barcode(code, FORMATS[symbol]).to_image(scale=1, add_quiet_zones=False))
    rows = 0 if symbol is Symbol.code128 else quiet
    padded = np.pad(modules > 0, ((rows, rows), (quiet, quiet)), constant_values=True)
    scaled = np.kron(padded, np.ones((dots, dots), dtype=bool))
    if scaled.shape[1] > label.width:
        raise Invalid("This code is too long for the label.")
    return Image.fromarray(scaled)


@lru_cache(maxsize=16)
def _font(size: int) -> ImageFont.FreeTypeFont:
    """The font that comes with reportlab: unlike Pillow's own it has µ, ×, ® and accented letters."""
    found = resources.files("reportlab").joinpath("fonts", "VeraBd.ttf")
    return ImageFont.truetype(io.BytesIO(found.read_bytes()), size)


def _line(font: ImageFont.FreeTypeFont) -> int:
    return round(font.size * 1.2)


def _fitted(text: str, width: int, height: int) -> tuple[ImageFont.FreeTypeFont, list[str]]:
    """The largest type in which the whole text fits; the smallest, where none does."""
    font, lines = _font(SIZES[-1]), [""]
    for size in SIZES:
        font = _font(size)
        lines = _wrapped(text, font, width)
        if len(lines) * _line(font) <= height:
            break
    return font, lines


def _wrapped(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """Lines no wider than `width`, broken at spaces, and within a word only where it alone is too wide."""
    lines = [""]
    for word in text.split():
        tried = f"{lines[-1]} {word}".strip()
        if font.getlength(tried) <= width:
            lines[-1] = tried
            continue
        if lines[-1]:
            lines.append("")
        for character in word:
            if lines[-1] and font.getlength(lines[-1] + character) > width:
                lines.append("")
            lines[-1] += character
    return lines


def _write(label: Image.Image, at: tuple[int, int], lines: list[str], font: ImageFont.FreeTypeFont) -> None:
    draw = ImageDraw.Draw(label)
    draw.fontmode = "1"
    for n, line in enumerate(lines):
        draw.text((at[0], at[1] + n * _line(font)), line, INK, font=font)


def _write_small(label: Image.Image, at: tuple[int, int], sku: str, code: str) -> None:
    """The SKU on the left and the code's own text on the right; a long SKU takes the whole line."""
    draw = ImageDraw.Draw(label)
    draw.fontmode = "1"
    end, small = WIDTH - MARGIN, _font(14)
    beside = end - at[0] - small.getlength(code) - SMALL
    font = next((f for f in map(_font, (SMALL, 16)) if f.getlength(sku) <= beside), None)
    if font is not None:
        draw.text((end, at[1] + 6), code, INK, font=small, anchor="ra")
    else:  # the bars carry the code; nothing else carries the SKU
        font = next((f for f in map(_font, (16, 14, 12, 10, 8)) if f.getlength(sku) <= end - at[0]), _font(6))
    draw.text(at, sku, INK, font=font)


def _check(label: Image.Image, code: str, symbol: Symbol) -> None:
    pixels = np.array(label.convert("L"))
    found = zxingcpp.read_barcodes(pixels, formats=FORMATS[symbol])
    if [one.text for one in found] != [code]:
        raise LabelUnreadable("The label could not be read back, so it is not shown. Tell whoever looks after this.")


def _png(label: Image.Image) -> bytes:
    out = io.BytesIO()
    label.save(out, "PNG", dpi=(DOTS_PER_INCH, DOTS_PER_INCH))
    return out.getvalue()
