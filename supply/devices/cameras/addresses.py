"""How a camera is named: the number of one on this machine, or an address. Its password is never shown or logged."""

from typing import Final
from urllib.parse import urlsplit

from supply.devices.errors import DeviceError

SCHEMES: Final = ("rtsp://", "rtsps://", "http://", "https://")


def checked(source: int | str) -> int | str:
    """The source, if it can be a camera. Raises `DeviceError` (permanent)."""
    if isinstance(source, str) and not source.startswith(SCHEMES):
        said = source if "@" not in source else "This address"
        raise DeviceError(
            f"{said} is no camera: give its number (0 is the first) or an address with rtsp:// or http://.",
            permanent=True,
        )
    return source


def shown(source: int | str) -> str:
    """The camera in words: its number, or its address without user, password and query, where keys stand too.

    >>> shown("rtsp://admin:secret@10.0.0.7:554/stream?token=abc")
    'rtsp://10.0.0.7:554/stream'
    """
    if isinstance(source, int):
        return f"number {source}"
    try:
        parts = urlsplit(source)
    except ValueError:
        return "at its address"
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
