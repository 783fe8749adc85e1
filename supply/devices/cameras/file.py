"""A camera that plays a picture or video file, once or over and over. It must never open an address."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np

from supply.barcodes.image_files import MAX_BYTES, Pixels, load_picture
from supply.barcodes.videos import is_video
from supply.devices.errors import DeviceError
from supply.errors import Invalid


class FileCamera:
    """Frames of a video in their order, or one picture again and again when `repeat` is set (else once)."""

    def __init__(self, path: Path, *, repeat: bool = False) -> None:
        self._path, self._repeat = path, repeat
        self._capture: Any = None
        self._picture: Pixels | None = None

    def open(self) -> None:
        """Begin at the first frame. Raises `DeviceError` when the file is not there or is no picture or video."""
        self.close()
        try:
            with self._path.open("rb") as file:
                content = file.read(MAX_BYTES + 1)
            if not is_video(content[:16], self._path.suffix):
                self._picture = load_picture(content)
                return
        except OSError as error:
            raise DeviceError(f"{self._path} cannot be read: {error.strerror}.", permanent=False) from None
        except Invalid as error:
            raise DeviceError(f"{self._path}: {error.message}", permanent=True) from None
        self._capture = cv2.VideoCapture(str(self._path), cv2.CAP_FFMPEG)

    def next_frame(self) -> Pixels | None:
        """The next frame, or None at the end of the file."""
        if self._capture is None:
            picture = self._picture
            self._picture = picture if self._repeat else None
            return picture
        frame = self._next_of_video()
        if frame is None and self._repeat:
            self._capture.set(cv2.CAP_PROP_POS_FRAMES, 0)
            frame = self._next_of_video()
        return frame

    def close(self) -> None:
        """Let go of the file."""
        self._picture = None
        if self._capture is not None:
            self._capture.release()
            self._capture = None

    def _next_of_video(self) -> Pixels | None:
        read, frame = self._capture.read()
        return np.asarray(frame, dtype=np.uint8) if read else None
