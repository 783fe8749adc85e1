"""One look at a picture: a view of it (cropped, turned, enlarged, treated) given to one decoder.

Owns the two decoder libraries and what their answers mean. It must never decide whether a read is believed.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from supply.barcodes.gtin import expand_upce
from supply.barcodes.hibc import check_character
from supply.barcodes.image_files import Pixels

try:
    from pyzbar import pyzbar
except (ImportError, OSError):  # pragma: no cover - only where the system library libzbar is absent
    pyzbar = None

Region = tuple[int, int, int, int]
Position = tuple[tuple[int, int], tuple[int, int], tuple[int, int], tuple[int, int]]

_F = zxingcpp.BarcodeFormat
MATRIX: Final = (_F.DataMatrix, _F.QRCode, _F.PDF417)
# No Codabar, Code 93, Aztec or MaxiCode: not used on medical supplies, and each costs time and invites false reads.
LINEAR: Final = (
    _F.Code128, _F.EAN13, _F.EAN8, _F.UPCE, _F.ITF, _F.Code39,
    _F.DataBarOmni, _F.DataBarStk, _F.DataBarStkOmni, _F.DataBarLtd, _F.DataBarExp, _F.DataBarExpStk,
)  # fmt: skip
MEDICAL: Final = MATRIX + LINEAR
LONG_RETAIL: Final = (_F.EAN13,)  # UPC-A is the EAN-13 that starts with 0
RETAIL: Final = frozenset({"EAN13", "EAN8", "UPCA", "UPCE"})
# A small PDF417 has too few correction words to prove itself: one false read in 20,000 frames of film was such a one.
_STACKED: Final = frozenset({"PDF417", "CompactPDF417", "MicroPDF417"})
_MATRIX_NAMES: Final = frozenset({"DataMatrix", "QRCode", "QRCodeModel1", "QRCodeModel2"}) | _STACKED
_CODE39_ALPHABET: Final = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%")


@dataclass(frozen=True, slots=True)
class Decoded:
    """One code in a picture. `text` is the raw payload with GS (0x1D) kept.

    `position` is in pixels of the picture as stored, whatever its EXIF data says. `confirmed`: the evidence of this one
    picture is enough by itself. `enlarged`: only looks that enlarged the picture read it.
    """

    text: str
    aim: str | None
    gs1: bool
    format: str
    position: Position
    linear: bool
    confirmed: bool
    enlarged: bool = False

    @property
    def agree(self) -> int:
        """How many agreeing pictures of a live camera make this a scan: 1, 2 or 3."""
        if self.linear:
            return 2 if self.confirmed and not self.enlarged else 3
        return 2 if self.format in _STACKED else 1

    @property
    def symbology(self) -> str | None:
        """The AIM symbology identifier (ISO/IEC 15424), such as `]d2`; the name the public interface gives it."""
        return self.aim

    @property
    def scan_text(self) -> str:
        """What a scanner with AIM identifiers switched on would have sent: EAN/UPC has 13 digits after `]E0`."""
        if self.aim == "]E0":
            return f"]E0{self.text:0>13}"
        # Rectangular DataMatrix (ISO 21471) has its own identifiers; the content rules are those of DataMatrix.
        aim = "]d2" if self.gs1 and self.format == "DataMatrix" else self.aim
        return (aim or "") + self.text


@dataclass(frozen=True, slots=True)
class View:
    """Pixels made from a region of the picture, and the way from them back to the picture."""

    pixels: Pixels
    back: NDArray[np.float64]

    def in_picture(self, corners: Iterable[tuple[int, int]]) -> Position:
        """Four corners of this view as pixels of the picture."""
        points = np.array([(x, y, 1.0) for x, y in corners]) @ self.back.T
        a, b, c, d = (tuple(int(v) for v in np.rint(point)) for point in points)
        return (a, b, c, d)  # type: ignore[return-value]


@dataclass(frozen=True, slots=True)
class Look:
    """How a view is made: turned by degrees, enlarged, then treated (`plain` or a key of `_TREATMENTS`)."""

    angle: float = 0.0
    scale: float = 1.0
    treatment: str = "plain"


def whole(pixels: Pixels) -> Region:
    """The region (left, top, right, bottom) of everything."""
    return (0, 0, pixels.shape[1], pixels.shape[0])


def make_view(pixels: Pixels, region: Region, look: Look) -> View:
    """The pixels of `region` as `look` wants them."""
    left, top, right, bottom = region
    crop = pixels[top:bottom, left:right]
    if look.angle == 0.0 and look.scale == 1.0:
        seen, forth = crop, np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    elif look.angle == 0.0:
        seen = cv2.resize(crop, None, fx=look.scale, fy=look.scale, interpolation=cv2.INTER_CUBIC)
        forth = np.array([[look.scale, 0.0, 0.0], [0.0, look.scale, 0.0]])
    else:
        seen, forth = _turned(crop, look)
    back = cv2.invertAffineTransform(forth) + np.array([[0.0, 0.0, left], [0.0, 0.0, top]])
    return View(_treated(seen, look), back)


def _turned(crop: Pixels, look: Look) -> tuple[Pixels, NDArray[np.float64]]:
    height, width = crop.shape
    forth = cv2.getRotationMatrix2D((width / 2, height / 2), look.angle, look.scale)
    cosine, sine = abs(forth[0, 0]), abs(forth[0, 1])
    new_width, new_height = int(width * cosine + height * sine), int(width * sine + height * cosine)
    forth[0, 2] += new_width / 2 - width / 2
    forth[1, 2] += new_height / 2 - height / 2
    way = cv2.INTER_LINEAR if look.scale == 1.0 else cv2.INTER_CUBIC
    return cv2.warpAffine(crop, forth, (new_width, new_height), flags=way, borderMode=cv2.BORDER_REPLICATE), forth


def _treated(seen: Pixels, look: Look) -> Pixels:
    treat = _TREATMENTS.get(look.treatment)
    return np.ascontiguousarray(treat(seen, look.scale) if treat else seen)


def _contrast(seen: Pixels, _scale: float) -> Pixels:
    return np.asarray(cv2.createCLAHE(3.0, (8, 8)).apply(seen))


def _sharp(seen: Pixels, scale: float) -> Pixels:
    return np.asarray(cv2.addWeighted(seen, 3.0, cv2.GaussianBlur(seen, (0, 0), scale), -2.0, 0))


def _crisp(seen: Pixels, scale: float) -> Pixels:
    """Pale bars first made dark, then soft edges made hard."""
    return _sharp(_contrast(seen, scale), scale)


def _even(seen: Pixels, scale: float) -> Pixels:
    """Light evened out: each pixel against the mean around it. Cheap, for live frames."""
    return np.asarray(cv2.divide(seen, cv2.blur(seen, (int(30 * scale) | 1,) * 2), scale=160))


def _flat(seen: Pixels, _scale: float) -> Pixels:
    """Shadow and dusk taken out: each pixel against the paper around it."""
    soft = cv2.GaussianBlur(seen, (0, 0), 1.0)
    paper = cv2.blur(cv2.morphologyEx(soft, cv2.MORPH_CLOSE, np.ones((61, 61), np.uint8)), (61, 61))
    return np.asarray(cv2.divide(soft, paper, scale=235))


_TREATMENTS: Final = {"contrast": _contrast, "sharp": _sharp, "crisp": _crisp, "even": _even, "flat": _flat}


def read_zxing(view: View, formats: tuple[Any, ...] = MEDICAL, *, effort: bool = True) -> list[Decoded]:
    """Every code zxing-cpp sees, none confirmed yet; `effort` tries a quarter turn, half size and light-on-dark too."""
    found = _zxing(view.pixels, formats, effort=effort)
    if any(barcode.format.name == "Code39Ext" for barcode in found):
        found = _hibc_on_code39(view.pixels, found, effort=effort)
    return [_from_zxing(view, barcode) for barcode in found]


def _zxing(pixels: Pixels, formats: tuple[Any, ...], *, effort: bool) -> list[Any]:
    return list(
        zxingcpp.read_barcodes(
            pixels,
            formats=formats,
            try_rotate=effort,
            try_downscale=effort,
            try_invert=effort,
            text_mode=zxingcpp.TextMode.Plain,
        )
    )


def _hibc_on_code39(pixels: Pixels, found: list[Any], *, effort: bool) -> list[Any]:
    """Undo "+A" read as "a": zxing-cpp takes HIBC on Code 39 for Extended Code 39, which no HIBC label is."""
    plain = {_place(barcode): barcode for barcode in _zxing(pixels, (_F.Code39Std,), effort=effort)}
    return [_hibc_or(barcode, plain.get(_place(barcode))) for barcode in found]


def _hibc_or(barcode: Any, plain: Any | None) -> Any:
    """The plain Code 39 read in place of the extended one, when its only small letter stands where HIBC has a plus."""
    if plain is None or barcode.format.name != "Code39Ext" or not plain.text.startswith("+"):
        return barcode
    small = sum(character.islower() for character in barcode.text)
    return plain if small == 1 or is_hibc_checked(plain.text) else barcode


def _place(barcode: Any) -> str:
    return str(barcode.position)


def is_hibc_checked(text: str) -> bool:
    """Starts with `+` and ends with the right check character, modulo 43 (ANSI/HIBC 2.6)."""
    if not text.startswith("+") or len(text) < 3 or not set(text) <= _CODE39_ALPHABET:
        return False
    return check_character(text[:-1]) == text[-1]


def _from_zxing(view: View, barcode: Any) -> Decoded:
    name, raw = barcode.format.name, bytes(barcode.bytes)
    # Outside ASCII the library's text knows the character set; inside, the bytes are the payload with GS kept.
    text = raw.decode("ascii") if raw.isascii() else str(barcode.text)
    where = barcode.position
    corners = [(c.x, c.y) for c in (where.top_left, where.top_right, where.bottom_right, where.bottom_left)]
    code = Decoded(
        text=text,
        aim=barcode.symbology_identifier or None,
        gs1=barcode.content_type == zxingcpp.ContentType.GS1,
        format=name,
        position=view.in_picture(corners),
        linear=name not in _MATRIX_NAMES,
        confirmed=False,
    )
    return _as_upc(code)


def _as_upc(code: Decoded) -> Decoded:
    """A thirteen-digit read that starts with 0 is a UPC-A (or an expanded UPC-E): twelve digits."""
    if len(code.text) == 13 and code.text.startswith("0") and code.format in RETAIL:
        name = "UPCA" if code.format == "EAN13" else code.format
        return replace(code, text=code.text[1:], format=name)
    return code


def zbar_present() -> bool:
    """Whether the second decoder can be used on this machine (its system library is optional)."""
    return pyzbar is not None


def read_zbar(view: View) -> list[Decoded]:
    """EAN and UPC codes that zbar sees. Only these: it loses FNC1, misreads DataBar, and reads noise as other codes."""
    kinds = pyzbar.ZBarSymbol
    symbols = [kinds.EAN13, kinds.EAN8, kinds.UPCA, kinds.UPCE]
    return [_from_zbar(view, symbol) for symbol in pyzbar.decode(view.pixels, symbols=symbols)]


def _from_zbar(view: View, symbol: Any) -> Decoded:
    text = symbol.data.decode("ascii")
    left, top, width, height = symbol.rect
    corners = [(left, top), (left + width, top), (left + width, top + height), (left, top + height)]
    code = Decoded(
        text=(expand_upce(text) if symbol.type == "UPCE" else None) or text,
        aim="]E4" if symbol.type == "EAN8" else "]E0",
        gs1=False,
        format=symbol.type,
        position=view.in_picture(corners),
        linear=True,
        confirmed=False,
    )
    return _as_upc(code)
