"""A pseudo-terminal that appears at a link, as udev makes them: the wire of every emulated serial device.

Owns the link while it stands. POSIX only; it must never be imported by a driver.
"""

import os
from pathlib import Path

from supply.devices.errors import DeviceError

try:
    import pty
    import tty
except ImportError:  # pragma: no cover - Windows has no pseudo-terminals
    pty = tty = None  # type: ignore[assignment]


def open_at(link: Path, what: str) -> tuple[int, int]:
    """Both ends, master and slave, of a raw pseudo-terminal that `link` leads to; `what` is said in a refusal.

    Raises `DeviceError` where there are no pseudo-terminals or the link cannot be made.
    """
    if pty is None:  # pragma: no cover - Windows only
        raise DeviceError(f"A {what} can only be emulated on Linux and macOS.", permanent=True)
    master, slave = pty.openpty()
    tty.setraw(slave)
    os.set_blocking(master, False)
    try:
        _place(link, os.ttyname(slave))
    except OSError as error:
        os.close(master)
        os.close(slave)
        raise DeviceError(f"The {what} cannot appear at {link}: {error.strerror}.", permanent=True) from None
    return master, slave


def _place(link: Path, target: str) -> None:
    if link.exists() and not link.is_symlink():
        raise FileExistsError(17, "another file is there")
    link.parent.mkdir(parents=True, exist_ok=True)
    fresh = link.with_name(link.name + ".new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target)
    # In one step, so that a reader never finds half a link.
    os.replace(fresh, link)
