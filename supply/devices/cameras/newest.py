"""Only the newest frame of a camera that gives more than are looked at: the others are dropped, never queued.

Owns the thread that keeps up with the camera. A scan is about now, not about what the shelf looked like a minute ago.
"""

import threading
from typing import Final

from supply.barcodes.image_files import Pixels
from supply.devices.cameras.frames import FrameSource
from supply.devices.errors import DeviceError

STUCK_SECONDS: Final = 10.0


class NewestFrame:
    """A `FrameSource` over another one. A camera that gives nothing for `stuck_seconds` counts as gone."""

    def __init__(self, source: FrameSource, *, stuck_seconds: float = STUCK_SECONDS) -> None:
        self._source, self._stuck_seconds = source, stuck_seconds
        self._pull: _Pull | None = None

    @property
    def dropped(self) -> int:
        """How many frames nobody looked at since the camera was opened."""
        return self._pull.dropped if self._pull else 0

    def open(self) -> None:
        """Switch the camera on. Raises `DeviceError`."""
        self.close()
        self._source.open()
        self._pull = _Pull(self._source)

    def next_frame(self) -> Pixels | None:
        """The newest frame not yet looked at; waits for one. Raises `DeviceError` when the camera went away."""
        if self._pull is None:
            raise DeviceError("The camera is not open.", permanent=False)
        return self._pull.take(self._stuck_seconds)

    def close(self) -> None:
        """Switch the camera off. A thread that hangs in the camera's library is left to end by itself."""
        pull, self._pull = self._pull, None
        if pull is not None:
            pull.stop()


class _Pull(threading.Thread):
    """Takes frames as fast as they come, and closes the source itself, for no library likes that from outside."""

    def __init__(self, source: FrameSource) -> None:
        super().__init__(name="camera", daemon=True)
        self._source = source
        self._changed = threading.Condition()
        self._frame: Pixels | None = None
        self._error: DeviceError | None = None
        self._is_ended = self._is_stopped = False
        self.dropped = 0
        self.start()

    def run(self) -> None:
        """Until the camera goes or nobody wants it any more."""
        try:
            while not self._is_stopped:
                frame = self._source.next_frame()
                if frame is None:
                    break
                with self._changed:
                    self.dropped += self._frame is not None
                    self._frame = frame
                    self._changed.notify_all()
        except DeviceError as error:
            self._error = error
        finally:
            self._source.close()
            with self._changed:
                self._is_ended = True
                self._changed.notify_all()

    def take(self, stuck_seconds: float) -> Pixels | None:
        with self._changed:
            came = self._changed.wait_for(lambda: self._frame is not None or self._is_ended, stuck_seconds)
            frame, self._frame = self._frame, None
            if frame is None and self._error is not None:
                raise self._error
        if not came:
            raise DeviceError("The camera gives no picture any more; check its cable.", permanent=False)
        return frame

    def stop(self) -> None:
        self._is_stopped = True
        self.join(timeout=2.0)
