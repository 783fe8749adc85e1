"""A camera that serves as a scanner at a station: looks at frames, and scans what enough of them agree on."""

from typing import Any

from supply.barcodes.images import Consensus, decode_frame
from supply.devices.cameras.frames import FrameSource
from supply.devices.scanners.reconnecting import ReconnectingScanner


class CameraScanner(ReconnectingScanner):
    """The scanner's contract over any camera. Looks at `frames_per_second` at most, for others need the processor."""

    def __init__(self, source: FrameSource, *, name: str, frames_per_second: float = 10.0, **shared: Any) -> None:
        super().__init__(name=name, **shared)
        self._source = source
        self._pause_seconds = 1.0 / frames_per_second
        self._consensus = Consensus()
        self._next_frame_at = 0.0

    def _connect(self) -> None:
        self._source.open()

    def _disconnect(self) -> None:
        self._source.close()

    def _receive(self, wait_seconds: float) -> list[str]:
        moment = self._clock()
        wait = self._next_frame_at - moment
        if wait > 0:
            self._sleep(max(0.0, min(wait, wait_seconds)))
            return []
        self._next_frame_at = moment + self._pause_seconds
        frame = self._source.next_frame()
        if frame is None:
            return []
        return [code.scan_text for code in self._consensus.add(decode_frame(frame), now=moment)]
