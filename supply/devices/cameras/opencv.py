"""A camera of this machine (by number) or of the network (by address), through OpenCV."""

from typing import Any, Final

import cv2
import numpy as np

from supply.barcodes.image_files import Pixels
from supply.devices.errors import DeviceError

_SCHEMES: Final = ("rtsp://", "http://", "https://")


class OpenCvCamera:
    """Frames as they come. Old ones are not queued where the camera lets us say so: a scan is about now."""

    def __init__(self, source: int | str, *, width: int = 1280, height: int = 720) -> None:
        if isinstance(source, str) and not source.startswith(_SCHEMES):
            raise DeviceError(
                f"{source} is no camera: give its number (0 is the first) or an address with rtsp:// or http://.",
                permanent=True,
            )
        self._source, self._size = source, (width, height)
        self._capture: Any = None

    def open(self) -> None:
        """Switch the camera on. Raises `DeviceError` when it is not there or another program has it."""
        self.close()
        capture = cv2.VideoCapture(self._source)
        if not capture.isOpened():
            capture.release()
            name = f"number {self._source}" if isinstance(self._source, int) else self._source
            raise DeviceError(
                f"The camera {name} cannot be opened; check that it is connected and that no other program uses it.",
                permanent=False,
            )
        capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, self._size[0])
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, self._size[1])
        self._capture = capture

    def next_frame(self) -> Pixels | None:
        """The next frame. Raises `DeviceError` when the camera went away."""
        read, frame = self._capture.read() if self._capture is not None else (False, None)
        if not read:
            raise DeviceError("The camera gives no picture any more; check its cable.", permanent=False)
        return np.asarray(frame, dtype=np.uint8)

    def close(self) -> None:
        """Switch the camera off."""
        if self._capture is not None:
            self._capture.release()
            self._capture = None
