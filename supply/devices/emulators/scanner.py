"""A serial scanner that is not there: a pseudo-terminal that types codes as a scanner does, and can be unplugged.

Owns the pseudo-terminal and the link to it. POSIX only; it must never be imported by a driver.
"""

import os
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final, Protocol

from supply.devices.emulators.pseudo_terminal import open_at
from supply.devices.errors import DeviceError

_GS_NOTATIONS: Final = ("{GS}", "\\x1d")
_WRITE_BYTES: Final = 1024
# What a scanner puts around a code, by the name of the framing that reads it.
FRAMES: Final = {
    "cr": (b"", b"\r"),
    "lf": (b"", b"\n"),
    "crlf": (b"", b"\r\n"),
    "tab": (b"", b"\t"),
    "stx-etx": (b"\x02", b"\x03"),
    "none": (b"", b""),
}


def framed(name: str) -> dict[str, bytes]:
    """The prefix and suffix of a scanner of that framing, a key of `FRAMES`, for `EmulatedScanner(link, **framed(…))`.

    Raises `DeviceError` for another name.
    """
    if name not in FRAMES:
        raise DeviceError(f"{name} is no framing; choose one of {', '.join(FRAMES)}.", permanent=True)
    prefix, suffix = FRAMES[name]
    return {"prefix": prefix, "suffix": suffix}


class EmulatedScanner:
    """Looks like a scanner at the path `link`, which is a symbolic link as udev makes them."""

    def __init__(self, link: Path, *, suffix: bytes = b"\r", prefix: bytes = b"", byte_seconds: float = 0.0) -> None:
        self.link = link
        self._suffix, self._prefix, self._byte_seconds = suffix, prefix, byte_seconds
        self._master: int | None = None
        self._slave: int | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> "EmulatedScanner":
        self.plug()
        return self

    def __exit__(self, *_: object) -> None:
        self.unplug()

    def plug(self) -> None:
        """Appear at the link. Raises `DeviceError` where there are no pseudo-terminals or the link cannot be made."""
        if self._master is not None:
            return
        self._master, self._slave = open_at(self.link, "scanner")

    def unplug(self) -> None:
        """Vanish, as when the cable is pulled: readers get an error, the link is gone."""
        with self._lock:
            master, slave, self._master, self._slave = self._master, self._slave, None, None
            if master is None or slave is None:
                return
            self.link.unlink(missing_ok=True)
            os.close(slave)
            os.close(master)

    def replug(self) -> None:
        """Come back at the same link, on another pseudo-terminal."""
        self.unplug()
        self.plug()

    def scan(self, text: str) -> None:
        """Send one code with the prefix and suffix of this scanner. GS is 0x1D."""
        self.send(self._prefix + text.encode("utf-8") + self._suffix)

    def half(self, text: str) -> None:
        """Send the first half of a code and no more: the beam left it, or the cable is about to be pulled."""
        content = text.encode("utf-8")
        self.send(self._prefix + content[: len(content) // 2])

    def dribble(self, text: str, *, byte_seconds: float = 0.005) -> None:
        """Send one code a byte at a time, as a scanner on a bad radio does."""
        for byte in self._prefix + text.encode("utf-8") + self._suffix:
            self.send(bytes([byte]))
            time.sleep(byte_seconds)

    def garbage(self, size: int = 200, *, seed: int = 0) -> None:
        """Send noise, as a wrong speed or a bad cable makes it."""
        state, noise = seed or 1, bytearray()
        for _ in range(size):
            state = (state * 1_103_515_245 + 12_345) & 0x7FFF_FFFF
            noise.append(state >> 16 & 0xFF)
        self.send(bytes(noise))

    def send(self, content: bytes) -> None:
        """Send these very bytes, at the pace of this scanner. Raises `DeviceError` while unplugged."""
        step = 1 if self._byte_seconds else _WRITE_BYTES
        for start in range(0, len(content), step):
            self._write(content[start : start + step])
            if self._byte_seconds:
                time.sleep(self._byte_seconds)

    def _write(self, chunk: bytes) -> None:
        while chunk:
            with self._lock:
                if self._master is None:
                    raise DeviceError("The emulated scanner is unplugged.", permanent=False)
                try:
                    chunk = chunk[os.write(self._master, chunk) :]
                    continue
                except BlockingIOError:
                    pass
            time.sleep(0.002)


class Played(Protocol):
    """An emulated scanner that can be told what to do, whatever its wire."""

    def scan(self, text: str) -> object: ...
    def half(self, text: str) -> object: ...
    def dribble(self, text: str) -> object: ...
    def garbage(self) -> object: ...
    def unplug(self) -> object: ...
    def replug(self) -> object: ...


def play(scanner: Played, lines: Iterable[str]) -> int:
    """Send each line as a code (`{GS}` or `\\x1d` stands for GS) and return how many were sent.

    Lines that start with `!` are acts: `!unplug`, `!replug`, `!garbage`, `!half CODE`, `!slow CODE` (a byte at a time).
    """
    sent = 0
    for line in lines:
        text = line.rstrip("\r\n")
        for notation in _GS_NOTATIONS:
            text = text.replace(notation, "\x1d")
        if text.startswith("!"):
            _act(scanner, text[1:])
        elif text:
            scanner.scan(text)
            sent += 1
    return sent


def _act(scanner: Played, wish: str) -> None:
    name, _, rest = wish.partition(" ")
    acts = {"unplug": scanner.unplug, "replug": scanner.replug, "garbage": scanner.garbage}
    if name in ("half", "slow"):
        {"half": scanner.half, "slow": scanner.dribble}[name](rest)
    elif name in acts:
        acts[name]()
    else:
        known = ", ".join(f"!{act}" for act in (*acts, "half CODE", "slow CODE"))
        raise DeviceError(f"!{name} is no act of the emulated scanner; it knows {known}.", permanent=True)
