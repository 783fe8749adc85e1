"""The contract of every camera: where frames come from. It must never read a code."""

from typing import Protocol

from supply.barcodes.image_files import Pixels


class FrameSource(Protocol):
    """Frames one after another, as fast as they are asked for."""

    def open(self) -> None:
        """Begin. Raises `DeviceError`."""

    def next_frame(self) -> Pixels | None:
        """The next frame, or None when there is none any more. Raises `DeviceError` when the camera went away."""

    def close(self) -> None:
        """Let go of the camera."""
