"""PURE: the bytes of ZPL II that a label needs: one picture by ^GFA, its size, how many, the questions to the printer.

It must never send text, a native barcode or a name: all of it is the picture, so no ^ or ~ of ours is ever in a field.
"""

import base64
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from PIL import Image

from supply.devices.printers.dots import dots_of, row_bytes_of

HOST_STATUS: Final = b"~HS"
ERRORS: Final = b"~HQES"
PIECE: Final = 4096
CODINGS: Final = ("z64", "hex")
MODES: Final = {"gap": b"^MNY", "roll": b"^MNN"}
ENDS: Final = {"partial": b"^MMC", "full": b"^MMC", "gap": b"^MMT", "none": b"^MMT"}


@dataclass(frozen=True, slots=True)
class ZplSettings:
    """What only ZPL printers have. `coding`: `z64` (packed) or `hex` for those that know no Z64.

    `darkness`: 0 to 30, `speed`: inches a second; None leaves what is set at the printer.
    """

    coding: str = "z64"
    darkness: int | None = None
    speed: int | None = None


def label(image: Image.Image, settings: ZplSettings, *, cut: str, is_roll: bool) -> Iterator[bytes]:
    """One label, in pieces that a small buffer holds. Raises Invalid for a picture that is not 1-bit."""
    row_bytes, dots = row_bytes_of(image), dots_of(image)
    head = [b"^XA", MODES["roll" if is_roll else "gap"], ENDS[cut], b"^PON^LRN^PMN^LS0"]
    head += [f"^PW{row_bytes * 8}^LL{image.height}^LH0,0".encode()]
    if settings.speed is not None:
        head.append(f"^PR{settings.speed}".encode())
    if settings.darkness is not None:
        head.insert(0, f"~SD{settings.darkness:02d}".encode())
    graphic = f"^FO0,0^GFA,{len(dots)},{len(dots)},{row_bytes},".encode() + coded(dots, settings.coding)
    whole = b"".join(head) + graphic + b"^FS^PQ1,0,1,N^XZ"
    for start in range(0, len(whole), PIECE):
        yield whole[start : start + PIECE]


def coded(dots: bytes, coding: str) -> bytes:
    """Rows of dots as text: hexadecimal, or Z64 (zlib, base 64, CRC-16/XMODEM over the text), as in ZPL II ^GF.

    >>> coded(bytes([255, 0]), "hex")
    b'FF00'
    """
    if coding == "hex":
        return dots.hex().upper().encode()
    packed = base64.b64encode(zlib.compress(dots, 9))
    return b":Z64:" + packed + f":{crc(packed):04X}".encode()


def crc(content: bytes) -> int:
    """CRC-16 with the polynomial 0x1021 from 0, as printers check :Z64: and :B64: with.

    >>> hex(crc(b"123456789"))
    '0x31c3'
    """
    found = 0
    for byte in content:
        found = (found << 8 & 0xFF00) ^ _TABLE[found >> 8 ^ byte]
    return found


def _entry(value: int) -> int:
    value <<= 8
    for _ in range(8):
        value = (value << 1 ^ 0x1021 if value & 0x8000 else value << 1) & 0xFFFF
    return value


_TABLE: Final = tuple(_entry(value) for value in range(256))
