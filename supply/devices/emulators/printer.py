"""A label printer that is not there: answers how it is, and turns what it is sent into PNG files, one for each cut.

Owns the folder's pictures and the socket. It must never be imported by a driver.
"""

import contextlib
import os
import select
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Final, Protocol

from PIL import Image

from supply.devices.emulators import zpl_reader
from supply.devices.emulators.escpos_reader import Cut, EscPosReader, Question
from supply.devices.emulators.zpl_reader import ZplReader
from supply.devices.errors import DeviceError

MOST_HELD: Final = 32
# The languages that it may speak, with who reads them for a head of so many dots.
READERS: Final[dict[str, Callable[[int], EscPosReader | ZplReader]]] = {"escpos": EscPosReader, "zpl": ZplReader}
_GARBAGE: Final = b"\xff\x00\x81"


@dataclass(frozen=True)
class Faults:
    """What is wrong with the printer now; nothing unless said.

    With `busy` it takes no label for now. After `gone_after_bytes` of a connection it hangs up, after `labels_left` the
    roll is empty; a byte takes `byte_seconds`.
    """

    mute: bool = False
    no_paper: bool = False
    paper_near_end: bool = False
    cover_open: bool = False
    offline: bool = False
    error: bool = False
    busy: bool = False
    garbage: bool = False
    gone_after_bytes: int | None = None
    labels_left: int | None = None
    byte_seconds: float = 0.0

    @property
    def stops_paper(self) -> bool:
        """Whether nothing comes out now."""
        return self.no_paper or self.cover_open or self.offline or self.error


class Mechanics:
    """The printer behind its wire: bytes in, answers out, labels into a folder. One thread feeds it, any may look."""

    def __init__(
        self, folder: Path, *, faults: Faults | None = None, head_dots: int = 576, language: str = "escpos"
    ) -> None:
        self.folder = folder
        self._faults = faults or Faults()
        self._reader = READERS[language](head_dots)
        self.received = 0  # bytes, since it was made
        self._held: list[Image.Image] = []  # received and not printed: comes out when the trouble is over
        self._lock = threading.RLock()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DeviceError(f"Labels cannot be put into {folder}: {error.strerror}.", permanent=True) from None

    @property
    def faults(self) -> Faults:
        """What is wrong with it now."""
        return self._faults

    def set_faults(self, **faults: Any) -> None:
        """From now on exactly these are wrong; none: all is well, and what was held up comes out."""
        with self._lock:
            self._faults = Faults(**faults)
            self._release()

    def labels(self) -> list[Path]:
        """The labels that were cut, oldest first."""
        return sorted(self.folder.glob("label-*.png"))

    def torn(self) -> list[Path]:
        """What came out and was never cut: the line went down in the middle, or the printer has no cutter."""
        return sorted(self.folder.glob("uncut-*.png"))

    def wait_for(self, count: int, *, seconds: float = 15.0) -> list[Path]:
        """The labels, once there are so many. Raises TimeoutError."""
        deadline = time.monotonic() + seconds
        while len(self.labels()) < count:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{len(self.labels())} of {count} labels came out")
            time.sleep(0.02)
        return self.labels()

    def take(self, content: bytes) -> bytes:
        """What the printer answers to these bytes; labels that are finished come out."""
        with self._lock:
            self.received += len(content)
            answers = b""
            for event in self._reader.feed(content):
                if isinstance(event, Question):
                    answers += self._answer(event)
                elif isinstance(event, Cut):
                    self._come_out(event.image)
            return answers

    def hang_up(self) -> None:
        """The line went down: what is half printed is torn off."""
        with self._lock:
            rest = self._reader.tear_off()
            if rest is not None and not self._faults.stops_paper:
                self._write("uncut", rest)

    def switch_off(self) -> None:
        """What was received and not printed is lost."""
        with self._lock:
            self._reader.tear_off()
            self._held.clear()

    def _come_out(self, image: Image.Image) -> None:
        if self._faults.stops_paper:
            self._held = [*self._held, image][:MOST_HELD]
            return
        self._write("label", image)
        left = self._faults.labels_left
        if left is not None:
            self._faults = replace(self._faults, labels_left=max(0, left - 1), no_paper=left <= 1)

    def _release(self) -> None:
        held, self._held = self._held, []
        for image in held:
            self._come_out(image)

    def _write(self, kind: str, image: Image.Image) -> None:
        taken = [int(p.stem.split("-")[1]) for p in self.folder.glob("*-[0-9]*.png") if p.stem.split("-")[1].isdigit()]
        path = self.folder / f"{kind}-{max(taken, default=0) + 1:04d}.png"
        beside = path.with_suffix(".part")
        image.save(beside, "PNG")
        os.replace(beside, path)  # in one step: whoever looks never finds half a picture

    def _answer(self, question: Question) -> bytes:
        now = self._faults
        if now.mute:
            return b""
        if now.garbage:
            return _GARBAGE
        if question.number == zpl_reader.HOST_STATUS:
            return zpl_reader.host_status(
                paper_out=now.no_paper, paused=now.offline, full=now.busy, head_open=now.cover_open,
                waiting=len(self._held),
            )  # fmt: skip
        if question.number == zpl_reader.ERRORS:
            return zpl_reader.errors(
                paper_out=now.no_paper, head_open=now.cover_open, paused=now.offline, broken=now.error,
                near_end=now.paper_near_end,
            )  # fmt: skip
        if question.is_of_paper:
            return bytes([0x0C if now.no_paper else 0x03 if now.paper_near_end else 0])
        bits = {
            1: 0x08 if now.stops_paper or now.busy else 0,
            2: (0x04 if now.cover_open else 0) | (0x20 if now.no_paper else 0) | (0x40 if now.error else 0),
            3: 0x20 if now.error else 0,
            4: (0x6C if now.no_paper else 0) | (0x0C if now.paper_near_end else 0),
        }
        return bytes([0x12 | bits[question.number]])


class EmulatedPrinter(Mechanics):
    """Listens on TCP and serves one client at a time, as real ones do: a second one is connected and waits.

    `language`: escpos or zpl.
    """

    def __init__(
        self,
        folder: Path,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        faults: Faults | None = None,
        head_dots: int = 576,
        language: str = "escpos",
    ) -> None:
        super().__init__(folder, faults=faults, head_dots=head_dots, language=language)
        self.host, self.port = host, port
        self._listener: socket.socket | None = None
        self._client: socket.socket | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> "EmulatedPrinter":
        self.plug()
        return self

    def __exit__(self, *_: object) -> None:
        self.unplug()

    @property
    def address(self) -> str:
        """Where it listens, as HOST:PORT."""
        return f"{self.host}:{self.port}"

    def plug(self) -> None:
        """Listen at `port`, or where that is 0 at a free one, which `port` then says. Raises `DeviceError`."""
        if self._listener is not None:
            return
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            # A small buffer, inherited by connections, so that a slow printer is slow for whoever sends.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            listener.bind((self.host, self.port))
            listener.listen(5)
        except OSError as error:
            listener.close()
            raise DeviceError(f"No printer can listen at {self.address}: {error.strerror}.", permanent=True) from None
        self.port = listener.getsockname()[1]
        self._listener = listener
        self._thread = threading.Thread(target=self._serve, args=(listener,), name="emulated printer", daemon=True)
        self._thread.start()

    def unplug(self) -> None:
        """Switch it off: hang up, listen no more, and lose what was received and not printed."""
        listener, self._listener = self._listener, None
        if listener is None or self._thread is None:
            return
        self._thread.join(timeout=10)
        listener.close()
        self.switch_off()

    def _serve(self, listener: socket.socket) -> None:
        while self._listener is listener:
            if not select.select([listener], [], [], 0.05)[0]:
                continue
            client, _ = listener.accept()
            with client, contextlib.suppress(OSError):  # whoever prints may go at any moment
                self._talk(client, listener)
            self.hang_up()

    def _talk(self, client: socket.socket, listener: socket.socket) -> None:
        received = 0
        while self._listener is listener:
            if not select.select([client], [], [], 0.05)[0]:
                continue
            limit = self._faults.gone_after_bytes
            most = 4096 if limit is None else max(0, min(4096, limit - received))
            if self._faults.byte_seconds:
                most = min(most, 16)
            content = client.recv(most) if most else b""
            if not content:
                if limit is not None and received >= limit:
                    reset(client)
                return
            received += len(content)
            time.sleep(self._faults.byte_seconds * len(content))
            answers = self.take(content)
            if answers:
                client.settimeout(1.0)  # a client that never reads its answers is hung up on
                client.sendall(answers)


def reset(client: socket.socket) -> None:
    """Hang up at once, as a printer that loses its power: what is still on its way gets no answer but a reset."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


_WORDS: Final = {field.name.replace("_", "-"): field.name for field in fields(Faults)}


def parse_fault(text: str) -> dict[str, Any]:
    """One fault as people write it: `no-paper`, `labels-left=3`, `gone-after-bytes=1000`, `byte-seconds=0.01`.

    Raises `DeviceError` naming those that there are.
    """
    word, _, value = text.strip().partition("=")
    name = _WORDS.get(word)
    numbers = {"gone_after_bytes": int, "labels_left": int, "byte_seconds": float}
    try:
        if name in numbers and float(value) >= 0:
            return {name: numbers[name](value)}
        if name is not None and name not in numbers and not value:
            return {name: True}
    except ValueError:
        pass
    known = ", ".join(f"{word}=NUMBER" if name in numbers else word for word, name in _WORDS.items())
    raise DeviceError(f"{text.strip()!r} is no fault of a printer; it knows {known}.", permanent=True)


class CanFail(Protocol):
    """An emulated printer of any kind."""

    def set_faults(self, **faults: Any) -> None:
        """From now on exactly these are wrong."""


def play_faults(printer: CanFail, lines: Iterable[str]) -> None:
    """Each line says what is wrong from then on: faults with spaces between, or `ok`. Raises `DeviceError`."""
    for line in lines:
        words = line.split()
        if words:
            given = [] if words == ["ok"] else [parse_fault(word) for word in words]
            printer.set_faults(**{name: value for fault in given for name, value in fault.items()})
