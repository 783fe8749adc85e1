"""A camera of this machine (by number) or of the network (by address), through OpenCV.

Waits for no camera longer than a few seconds; a password in an address never leaves it.
"""

import os
from typing import Any, Final

import cv2
import numpy as np

from supply.barcodes.image_files import Pixels
from supply.devices.cameras.addresses import checked, shown
from supply.devices.errors import DeviceError

_TIMEOUT_MS: Final = 5000
# FFmpeg writes whole addresses to stderr by itself, passwords too; -8 is "say nothing".
_QUIET: Final = {"OPENCV_FFMPEG_LOGLEVEL": "-8"}


class OpenCvCamera:
    """Frames as they come, oldest first: `NewestFrame` before it keeps a slow reader from falling behind."""

    def __init__(self, source: int | str, *, width: int = 1280, height: int = 720) -> None:
        self._source, self._size = checked(source), (width, height)
        self._capture: Any = None

    def open(self) -> None:
        """Switch the camera on. Raises `DeviceError` when it is not there or another program has it."""
        self.close()
        capture = self._opened()
        if not capture.isOpened():
            capture.release()
            raise DeviceError(
                f"The camera {shown(self._source)} cannot be opened; "
                "check that it is connected and that no other program uses it.",
                permanent=False,
            )
        capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, self._size[0])
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, self._size[1])
        self._capture = capture

    def _opened(self) -> Any:
        if isinstance(self._source, int):
            return cv2.VideoCapture(self._source)
        os.environ.update({name: os.environ.get(name, value) for name, value in _QUIET.items()})
        limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, _TIMEOUT_MS, cv2.CAP_PROP_READ_TIMEOUT_MSEC, _TIMEOUT_MS]
        return cv2.VideoCapture(self._source, cv2.CAP_FFMPEG, limits)

    def next_frame(self) -> Pixels | None:
        """The next frame. Raises `DeviceError` when the camera went away."""
        read, frame = self._capture.read() if self._capture is not None else (False, None)
        if not read:
            raise DeviceError(
                f"The camera {shown(self._source)} gives no picture any more; check its cable.", permanent=False
            )
        return np.asarray(frame, dtype=np.uint8)

    def close(self) -> None:
        """Switch the camera off."""
        if self._capture is not None:
            self._capture.release()
            self._capture = None
