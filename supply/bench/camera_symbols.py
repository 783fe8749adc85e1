"""What the camera benchmark photographs: symbols of every medical kind with texts drawn by chance from a seed.

Owns the drawing of symbols and what a decoder must say of each. It must never read a picture.
"""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from string import ascii_uppercase, digits
from typing import Any, Final

import cv2
import numpy as np
import zxingcpp

from supply.barcodes.gtin import check_digit, expand_upce
from supply.barcodes.hibc import check_character
from supply.barcodes.image_files import Pixels
from supply.devices.emulators.camera import SYMBOL_FORMATS, render_symbol

_PLAIN: Final = ascii_uppercase + digits


@dataclass(frozen=True)
class Symbol:
    """A drawn symbol: its kind, the payload a decoder must give, and its pixels with the quiet zone around."""

    kind: str
    text: str
    pixels: Pixels
    linear: bool


def _letters(random: Random, least: int, most: int) -> str:
    return "".join(random.choice(_PLAIN) for _ in range(random.randint(least, most)))


def _numbers(random: Random, length: int) -> str:
    return "".join(random.choice(digits) for _ in range(length))


def _checked(random: Random, length: int, start: str = "") -> str:
    payload = start + _numbers(random, length - 1 - len(start))
    return payload + check_digit(payload)


def _udi(random: Random) -> str:
    expiry = f"{random.randint(26, 31)}{random.randint(1, 12):02}{random.randint(1, 28):02}"
    text = f"(01){_checked(random, 14, '0')}(17){expiry}(10){_letters(random, 4, 8)}"
    return text + (f"(21){_letters(random, 4, 8)}" if random.random() < 0.4 else "")


def _short_udi(random: Random) -> str:
    return f"(01){_checked(random, 14, '0')}(17){random.randint(26, 31)}{random.randint(1, 12):02}15"


def _gtin(random: Random) -> str:
    return f"(01){_checked(random, 14, '0')}"


def _hibc(random: Random) -> str:
    body = f"+{random.choice(ascii_uppercase)}{_letters(random, 8, 10)}{random.randint(0, 8)}"
    return body + check_character(body)


def _upce(random: Random) -> str:
    """Zeros left out by the simplest of the rules: the fifth figure is none, the sixth is 5 to 9."""
    payload = f"0{_numbers(random, 4)}{random.randint(1, 9)}{random.randint(5, 9)}"
    return payload + next(last for last in digits if expand_upce(payload + last))


# Kind in the table → the writer's format and what is written.
KINDS: Final[dict[str, tuple[str, Callable[[Random], str]]]] = {
    "GS1 DataMatrix": ("DataMatrix", _udi),
    "GS1 DataMatrix, rectangular": ("rectangle", _short_udi),
    "GS1 QR": ("QRCode", _udi),
    "GS1-128, GTIN": ("Code128", _gtin),
    "GS1-128, full UDI": ("Code128", _short_udi),
    "HIBC on Code 128": ("Code128", _hibc),
    "HIBC on Code 39": ("Code39", _hibc),
    "EAN-13": ("EAN13", lambda random: _checked(random, 13, str(random.randint(1, 9)))),
    "UPC-A": ("UPCA", lambda random: _checked(random, 12)),
    "UPC-E": ("UPCE", _upce),
    "EAN-8": ("EAN8", lambda random: _checked(random, 8)),
    "ITF-14": ("ITF14", lambda random: _checked(random, 14)),
    "GS1 DataBar": ("DataBarOmni", _gtin),
    "GS1 DataBar Expanded": ("DataBarExp", _short_udi),
    "PDF417": ("PDF417", lambda random: _letters(random, 10, 20)),
}
_MATRIX: Final = frozenset({"DataMatrix", "rectangle", "QRCode", "PDF417"})


def symbol_of(kind: str, random: Random, *, module_pixels: int) -> Symbol:
    """A symbol of that kind whose text comes from `random`, `module_pixels` pixels per module."""
    symbol_format, write = KINDS[kind]
    text = write(random)
    if symbol_format in SYMBOL_FORMATS:
        pixels = render_symbol(text, symbol_format, module_pixels=module_pixels)
    else:
        pixels = _rectangle(text, module_pixels)
    return Symbol(kind, _payload(kind, text), pixels, linear=symbol_format not in _MATRIX)


def dotted(symbol: Symbol, module_pixels: int) -> Symbol:
    """The same with every dark module a round dot that touches none of its neighbours, as a needle marks steel."""
    side = np.hypot(*np.mgrid[0.5:module_pixels, 0.5:module_pixels] - module_pixels / 2)
    dot = np.where(side <= 0.44 * module_pixels, 0, 255).astype(np.uint8)
    dark = symbol.pixels[module_pixels // 2 :: module_pixels, module_pixels // 2 :: module_pixels] < 128
    pixels = np.where(np.kron(dark, np.ones_like(dot)) > 0, np.tile(dot, dark.shape), 255).astype(np.uint8)
    return Symbol(symbol.kind, symbol.text, pixels, symbol.linear)


def without_quiet_zone(symbol: Symbol, keep: int) -> Symbol:
    """The same cut so close that only `keep` pixels of white stay around the bars."""
    rows, columns = np.where(symbol.pixels < 128)
    top, left = max(0, int(rows.min()) - keep), max(0, int(columns.min()) - keep)
    pixels = symbol.pixels[top : int(rows.max()) + 1 + keep, left : int(columns.max()) + 1 + keep]
    return Symbol(symbol.kind, symbol.text, np.ascontiguousarray(pixels), symbol.linear)


def bent(symbol: Symbol) -> Symbol:
    """The same on a vial: what lies towards the sides is seen narrower."""
    height, width = symbol.pixels.shape
    across = np.linspace(-0.85, 0.85, int(width * 0.93), dtype=np.float32)
    columns = (np.arcsin(across) / np.arcsin(np.float32(0.85)) + 1) / 2 * (width - 1)
    x = np.tile(columns.astype(np.float32), (height, 1))
    y = np.tile(np.arange(height, dtype=np.float32)[:, None], (1, len(across)))
    pixels = cv2.remap(symbol.pixels, x, y, cv2.INTER_LINEAR, borderValue=255)
    return Symbol(symbol.kind, symbol.text, np.asarray(pixels, dtype=np.uint8), symbol.linear)


def _rectangle(text: str, module_pixels: int) -> Pixels:
    made: Any = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.DataMatrix, gs1=True)
    drawn = np.array(made.to_image(scale=module_pixels, add_quiet_zones=False), dtype=np.uint8)
    return np.pad(drawn, 5 * module_pixels, constant_values=255)


def _payload(kind: str, text: str) -> str:
    """What a decoder gives: GS1 without brackets and with GS before what follows a text of any length; UPC expanded."""
    if kind == "UPC-E":
        return expand_upce(text) or text
    if not text.startswith("("):
        return text
    plain = text.replace("(21)", "\x1d21") if "(10)" in text else text
    for bracketed in ("(01)", "(17)", "(10)"):
        plain = plain.replace(bracketed, bracketed[1:3])
    return plain
