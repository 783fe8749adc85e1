"""PURE: reads ZPL II as a printer does: pictures (^GF in all its forms) onto labels, questions. Text is passed over.

Takes any bytes at all: what is no command is passed over, and memory stays bounded whatever comes.
"""

import base64
import binascii
import re
import zlib
from dataclasses import dataclass
from typing import Final

from PIL import Image

from supply.devices.emulators.escpos_reader import Cut, Event, Question

HOST_STATUS: Final = 101  # the numbers of questions, which have none in ZPL
ERRORS: Final = 102
MOST_HELD: Final = 4_000_000
MOST_ROWS: Final = 12_000
MOST_COPIES: Final = 32
_FLIPPED: Final = bytes(byte ^ 0xFF for byte in range(256))
_PREFIX: Final = re.compile(rb"[\^~]")
_PACKED: Final = re.compile(rb":([BZ])64:([A-Za-z0-9+/=\s]*):([0-9A-Fa-f]{4})\s*")


@dataclass
class _Label:
    """What a format has said so far, in dots."""

    width: int
    length: int | None = None
    home: tuple[int, int] = (0, 0)
    origin: tuple[int, int] = (0, 0)
    copies: int = 1
    drawn: tuple[tuple[int, int, Image.Image], ...] = ()


class ZplReader:
    """Feed it bytes in any pieces; it gives what a printer would do about them.

    >>> ZplReader(832).feed(b"~HS")
    [Question(number=101, is_of_paper=False)]
    """

    def __init__(self, head_dots: int) -> None:
        self._head = head_dots
        self._buffer = b""
        self._label: _Label | None = None

    def feed(self, content: bytes) -> list[Event]:
        """What these bytes bring about, in order."""
        self._buffer += content
        if len(self._buffer) > MOST_HELD:
            self._buffer, self._label = b"", None
        events: list[Event] = []
        while (command := self._next()) is not None:
            events += self._done(*command)
        return events

    def tear_off(self) -> Image.Image | None:
        """Whatever had begun is forgotten, as when the line goes down: of a format without its end nothing prints."""
        self._buffer, self._label = b"", None
        return None

    def _next(self) -> tuple[bytes, bytes] | None:
        """The next whole command and what follows its name; None until more has come."""
        start = _PREFIX.search(self._buffer)
        self._buffer = self._buffer[start.start() :] if start else b""
        if len(self._buffer) < 3:
            return None
        name = self._buffer[:3].upper()
        if name == b"~HQ":
            return self._cut(name, 5) if len(self._buffer) >= 5 else None
        if name in (b"~HS", b"~JA", b"^XA", b"^XZ", b"^FS"):
            return self._cut(name, 3)
        if name == b"^GF" and self._buffer[3:4].upper() in (b"B", b"C"):
            head = re.match(rb"\^GF.,(\d{1,9}),(\d{1,9}),(\d{1,9}),", self._buffer, re.IGNORECASE | re.DOTALL)
            if head is not None:
                end = head.end() + min(int(head[1]), MOST_HELD)
                return self._cut(name, end) if len(self._buffer) >= end else None
        end_at = _PREFIX.search(self._buffer, 3)
        return self._cut(name, end_at.start()) if end_at else None

    def _cut(self, name: bytes, end: int) -> tuple[bytes, bytes]:
        told, self._buffer = self._buffer[3:end], self._buffer[end:]
        return name, told

    def _done(self, name: bytes, told: bytes) -> list[Event]:
        if name == b"~HS":
            return [Question(HOST_STATUS)]
        if name == b"~HQ":
            return [Question(ERRORS)] if told.upper() == b"ES" else []
        if name in (b"^XA", b"~JA"):
            self._label = _Label(self._head) if name == b"^XA" else None
        elif self._label is not None:
            if name == b"^XZ":
                return self._printed(self._label)
            self._set(self._label, name, told)
        return []

    def _set(self, label: _Label, name: bytes, told: bytes) -> None:
        numbers = [int(part) if part.strip().isdigit() else 0 for part in told.split(b",")[:4]]
        first, second = (*numbers, 0, 0)[:2]
        if name == b"^PW" and first:
            label.width = min(first, self._head)
        elif name == b"^LL":
            label.length = min(first, MOST_ROWS)
        elif name == b"^LH":
            label.home = first, second
        elif name in (b"^FO", b"^FT"):
            label.origin = first, second
        elif name == b"^PQ":
            label.copies = min(max(1, first), MOST_COPIES)
        elif name == b"^GF" and len(label.drawn) < MOST_COPIES:
            picture = graphic(told)
            if picture is not None:
                x, y = label.home[0] + label.origin[0], label.home[1] + label.origin[1]
                label.drawn = (*label.drawn, (x, y, picture))

    def _printed(self, label: _Label) -> list[Event]:
        self._label = None
        if not label.drawn:
            return []
        length = label.length or max(y + picture.height for _, y, picture in label.drawn)
        paper = Image.new("1", (label.width, max(1, min(length, MOST_ROWS))), 1)
        for x, y, picture in label.drawn:
            paper.paste(picture, (x, y))
        return [Cut(paper)] * label.copies


def graphic(told: bytes) -> Image.Image | None:
    """The picture of what follows ^GF: `a,b,c,d,` and rows of d bytes, of c in all; None for one that cannot be right.

    a: A is text (hexadecimal, packed hexadecimal, :B64: or :Z64: with their checksum), B is bytes as they are.
    """
    parts = told.split(b",", 4)
    if len(parts) < 5 or not all(part.strip().isdigit() for part in parts[1:4]):
        return None
    whole, row_bytes = int(parts[2]), int(parts[3])
    if not row_bytes or not whole or whole > MOST_HELD or whole // row_bytes > MOST_ROWS:
        return None
    kind = parts[0].strip().upper()
    dots = parts[4] if kind == b"B" else _unpacked(parts[4], whole, row_bytes) if kind == b"A" else None
    if dots is None:
        return None
    rows = whole // row_bytes
    black = dots[: rows * row_bytes].ljust(rows * row_bytes, b"\0")
    return Image.frombytes("1", (row_bytes * 8, rows), black.translate(_FLIPPED))


def _unpacked(text: bytes, whole: int, row_bytes: int) -> bytes | None:
    packed = _PACKED.match(text)
    if packed is None:
        return None if text.startswith((b":B64:", b":Z64:")) else _hexadecimal(text, whole, row_bytes)
    kind, content, checksum = packed.groups()
    if binascii.crc_hqx(content, 0) != int(checksum, 16):
        return None
    try:
        raw = base64.b64decode(content)
        if kind == b"B":
            return raw
        return zlib.decompressobj().decompress(raw, whole)
    except (ValueError, zlib.error):
        return None


def _hexadecimal(text: bytes, whole: int, row_bytes: int) -> bytes:
    """Hexadecimal text with its counts (G to Y, g to z), fills (, and !) and repeated rows (:)."""
    digits, most, row_digits = bytearray(), whole * 2, row_bytes * 2
    count = 0
    for letter in text:
        if len(digits) >= most:
            break
        left = row_digits - len(digits) % row_digits
        if chr(letter) in "0123456789abcdefABCDEF" and not (chr(letter).islower() and chr(letter) > "f"):
            digits += bytes([letter]) * min(max(1, count), most - len(digits))
            count = 0
        elif ord("G") <= letter <= ord("Y"):
            count += letter - ord("F")
        elif ord("g") <= letter <= ord("z"):
            count += (letter - ord("f")) * 20
        elif letter in b",!":
            digits += (b"0" if letter == ord(",") else b"F") * left
        elif letter == ord(":"):
            digits += digits[-row_digits:] if len(digits) >= row_digits else b"0" * row_digits
    return bytes.fromhex(bytes(digits[:most]).ljust(most, b"0").decode())


def host_status(*, paper_out: bool, paused: bool, full: bool, head_open: bool, waiting: int) -> bytes:
    """What a printer answers to ~HS."""
    first = f"030,{paper_out:d},{paused:d},0256,{min(waiting, 999):03d},{full:d},0,0,000,0,0,0"
    second = f"000,0,{head_open:d},0,0,2,4,0,00000000,1,000"
    return b"".join(b"\x02" + line.encode() + b"\x03\r\n" for line in (first, second, "1234,0"))


def errors(*, paper_out: bool, head_open: bool, paused: bool, broken: bool, near_end: bool) -> bytes:
    """What a printer answers to ~HQES."""
    bits = paper_out * 0x1 + head_open * 0x4 + broken * 0x80 + paused * 0x10000
    lines = (
        "PRINTER STATUS",
        f" ERRORS:         {bool(bits):d} 00000000 {bits:08X}",
        f" WARNINGS:       {near_end:d} 00000000 {near_end * 8:08X}",
    )
    return b"\x02\r\n\r\n" + "\r\n".join(lines).encode() + b"\r\n\x03\r\n"
