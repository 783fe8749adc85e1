"""PURE: reads ESC/POS as a printer does: pictures onto paper, cuts, questions. Text is passed over, not drawn.

Takes any bytes at all: what is no command is passed over, and memory stays bounded whatever comes.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Final

from PIL import Image

from supply.devices.emulators.paper_strip import PaperStrip

DLE, ESC, GS, LF = 0x10, 0x1B, 0x1D, 0x0A
LINE_DOTS: Final = 30
_SLICE: Final = 4096
# How many bytes follow a command that draws nothing here.
_ESC_ARGUMENTS: Final = {**dict.fromkeys(b"! %-=?EGKMRSTVaertu{", 1), **dict.fromkeys(b"$\\c", 2), ord("p"): 3}
_GS_ARGUMENTS: Final = {**dict.fromkeys(b"!/BEHITabfhjw", 1), **dict.fromkeys(b"$\\LPW", 2), ord("^"): 3}
_Steps = Generator[None, None, None]


@dataclass(frozen=True, slots=True)
class Cut:
    """A label came out."""

    image: Image.Image


@dataclass(frozen=True, slots=True)
class Question:
    """The printer is asked how it is: DLE EOT `number`, or with `is_of_paper` GS r."""

    number: int
    is_of_paper: bool = False


Event = Cut | Question


class EscPosReader:
    """Feed it bytes in any pieces; it gives what a printer would do about them.

    >>> reader = EscPosReader(head_dots=384)
    >>> reader.feed(bytes([0x10, 0x04])), reader.feed(bytes([4]))
    ([], [Question(number=4, is_of_paper=False)])
    """

    def __init__(self, head_dots: int) -> None:
        self._strip = PaperStrip(head_dots)
        self._buffer = bytearray()
        self._events: list[Event] = []
        self._line: list[bytes] = []  # columns of ESC * that wait for the line to be printed
        self._line_dots = LINE_DOTS
        self._stored: list[bytes] = []  # rows of GS ( L that wait to be printed
        self._steps = self._run()

    def feed(self, content: bytes) -> list[Event]:
        """What these bytes bring about, in order."""
        for start in range(0, len(content), _SLICE):
            self._buffer += content[start : start + _SLICE]
            next(self._steps)
        found, self._events = self._events, []
        return found

    def tear_off(self) -> Image.Image | None:
        """What was printed and not cut; whatever command had begun is forgotten, as when the line goes down."""
        self._buffer.clear()
        self._line, self._stored, self._steps = [], [], self._run()
        return self._strip.cut()

    def _run(self) -> _Steps:
        while True:
            first = (yield from self._take(1))[0]
            if first == DLE:
                yield from self._realtime()
            elif first == ESC:
                yield from self._escape()
            elif first == GS:
                yield from self._group()
            elif first == LF:
                self._end_line(self._line_dots)

    def _take(self, count: int) -> Generator[None, None, bytes]:
        while len(self._buffer) < count:
            yield
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        return taken

    def _skip(self, count: int) -> _Steps:
        while count > len(self._buffer):
            count -= len(self._buffer)
            self._buffer.clear()
            yield
        del self._buffer[:count]

    def _number(self, size: int) -> Generator[None, None, int]:
        return int.from_bytes((yield from self._take(size)), "little")

    def _realtime(self) -> _Steps:
        kind, argument = yield from self._take(2)
        if kind == 0x04 and 1 <= argument <= 4:
            self._events.append(Question(argument))
        elif kind == 0x14:
            yield from self._skip(2)

    def _escape(self) -> _Steps:
        command = (yield from self._take(1))[0]
        if command == ord("*"):
            yield from self._columns()
        elif command == ord("J"):
            self._end_line((yield from self._number(1)))
        elif command == ord("d"):
            self._end_line((yield from self._number(1)) * self._line_dots)
        elif command == ord("3"):
            self._line_dots = yield from self._number(1)
        elif command in b"2@":
            self._line_dots = LINE_DOTS
        elif command in b"im":
            self._cut()
        elif command == ord("D"):
            yield from self._until_zero()
        else:
            yield from self._skip(_ESC_ARGUMENTS.get(command, 0))

    def _group(self) -> _Steps:
        command = (yield from self._take(1))[0]
        if command == ord("v"):
            yield from self._raster()
        elif command in b"(8":
            yield from self._extended(2 if command == ord("(") else 4)
        elif command == ord("V"):
            if (yield from self._number(1)) >= 65:
                yield from self._skip(1)
            self._cut()
        elif command == 0x0C:
            self._cut()
        elif command == ord("r"):
            number = yield from self._number(1)
            self._events.append(Question(number, is_of_paper=True))
        elif command == ord("k"):
            yield from self._barcode()
        elif command == ord("*"):
            wide, high = yield from self._take(2)
            yield from self._skip(wide * high * 8)
        else:
            yield from self._skip(_GS_ARGUMENTS.get(command, 0))

    def _raster(self) -> _Steps:
        """GS v 0 m xL xH yL yH: rows of x bytes; m doubles width (1), height (2) or both (3)."""
        mode = (yield from self._take(2))[1]
        row_bytes = yield from self._number(2)
        rows = yield from self._number(2)
        self._end_line(0)
        if not row_bytes:
            return
        widen = _doubled if mode & 1 else bytes
        for _ in range(rows):
            row = yield from self._take(row_bytes)
            for _ in range(2 if mode & 2 else 1):
                self._add(widen(row[: self._strip.head_bytes]))

    def _columns(self) -> _Steps:
        """ESC * m nL nH: columns of 8 or 24 dots, printed with the line that they stand in."""
        mode = yield from self._number(1)
        count = yield from self._number(2)
        high = 3 if mode in {32, 33} else 1
        for _ in range(count):
            column = yield from self._take(high)
            if len(self._line) < self._strip.head_bytes * 8:
                dots = column if high == 3 else _tripled(column[0])
                self._line += [dots] * (1 if mode in {1, 33} else 2)

    def _extended(self, size: int) -> _Steps:
        """GS ( x pL pH and GS 8 L p1…p4: of all of them only graphics (L) print here."""
        kind = (yield from self._take(1))[0]
        length = yield from self._number(size)
        if kind != ord("L") or length < 2:
            yield from self._skip(length)
            return
        function = (yield from self._take(2))[1]
        length -= 2
        if function == 112 and length >= 8:
            yield from self._store(length)
            return
        yield from self._skip(length)
        if function in {2, 50}:
            self._end_line(0)
            for row in self._stored:
                self._add(row)
            self._stored = []

    def _store(self, length: int) -> _Steps:
        """a bx by c xL xH yL yH: rows of x dots, kept until they are printed."""
        head = yield from self._take(8)
        length -= 8
        row_bytes, rows = (head[4] + head[5] * 256 + 7) // 8, head[6] + head[7] * 256
        widen: Callable[[bytes], bytes] = _doubled if head[1] == 2 else bytes
        self._stored = []
        while row_bytes and rows and length >= row_bytes and len(self._stored) < 4096:
            row = widen((yield from self._take(row_bytes))[: self._strip.head_bytes])
            self._stored += [row] * (2 if head[2] == 2 else 1)
            length, rows = length - row_bytes, rows - 1
        yield from self._skip(length)

    def _barcode(self) -> _Steps:
        if (yield from self._number(1)) <= 6:
            yield from self._until_zero()
        else:
            yield from self._skip((yield from self._number(1)))

    def _until_zero(self) -> _Steps:
        while (yield from self._take(1)) != b"\0":
            pass

    def _end_line(self, feed: int) -> None:
        """Print the columns that wait and move on; never less than they are high."""
        columns, self._line = self._line, []
        if columns:
            for high in range(24):
                bits = (column[high // 8] >> (7 - high % 8) & 1 for column in columns)
                self._add(_packed(bits))
            feed = max(0, feed - 24)
        self._strip.feed(feed)

    def _add(self, row: bytes) -> None:
        self._strip.add(row)
        if self._strip.is_full:
            self._cut()

    def _cut(self) -> None:
        self._end_line(0)
        image = self._strip.cut()
        if image is not None:
            self._events.append(Cut(image))


def _doubled(row: bytes) -> bytes:
    """Every dot twice as wide."""
    spread = bytearray()
    for byte in row:
        bits = [(byte >> (7 - n)) & 1 for n in range(8)]
        spread += _packed(bit for bit in bits for _ in range(2))
    return bytes(spread)


def _tripled(column: int) -> bytes:
    """A column of 8 dots, each three times as high."""
    return _packed((column >> (7 - n)) & 1 for n in range(8) for _ in range(3))


def _packed(bits: Generator[int, None, None]) -> bytes:
    dots = list(bits)
    dots += [0] * (-len(dots) % 8)
    return bytes(
        sum(dot << (7 - n) for n, dot in enumerate(dots[start : start + 8])) for start in range(0, len(dots), 8)
    )
