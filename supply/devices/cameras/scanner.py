"""A camera that serves as a scanner at a station: looks at frames, and scans what enough of them agree on."""

import time
from collections.abc import Callable
from datetime import datetime

from supply.barcodes.images import Consensus, decode_frame
from supply.devices.cameras.frames import FrameSource
from supply.devices.errors import DeviceError
from supply.devices.model import Scan, utc_now
from supply.devices.reconnect import BackOff
from supply.devices.state import DeviceState, Status


class CameraScanner:
    """The scanner's contract over any camera. Looks at `frames_per_second` at most, for others need the processor."""

    def __init__(
        self,
        source: FrameSource,
        *,
        name: str,
        frames_per_second: float = 10.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self.name = name
        self._source = source
        self._pause_seconds = 1.0 / frames_per_second
        self._clock, self._sleep, self._now = clock, sleep, now
        self._consensus = Consensus()
        self._back_off = BackOff(clock)
        self._is_open = False
        self._next_frame_at = 0.0
        self._state = DeviceState(name)

    @property
    def state(self) -> DeviceState:
        """What the camera is doing."""
        return self._state

    def open(self) -> None:
        """Switch the camera on. Raises `DeviceError`."""
        if self._is_open:
            return
        before = self._state.status
        self._state.change(Status.OPENING)
        try:
            self._source.open()
        except DeviceError as error:
            self._back_off.failed()
            again = before is Status.RECONNECTING and not error.permanent
            self._state.change(Status.RECONNECTING if again else Status.FAILED, error.message)
            raise
        self._back_off.succeeded()
        self._is_open = True
        self._state.change(Status.OPEN)

    def read(self, timeout_seconds: float) -> list[Scan]:
        """Scans that came within the time; after a lost camera it waits and tries again."""
        deadline = self._clock() + timeout_seconds
        while True:
            scans = self._look(deadline) if self._is_open else self._try_again(deadline)
            if scans or self._clock() >= deadline:
                return scans

    def close(self) -> None:
        """Switch the camera off."""
        self._is_open = False
        self._source.close()
        self._state.change(Status.CLOSED)

    def _look(self, deadline: float) -> list[Scan]:
        moment = self._clock()
        wait = self._next_frame_at - moment
        if wait > 0:
            self._sleep(max(0.0, min(wait, deadline - moment)))
            return []
        self._next_frame_at = moment + self._pause_seconds
        try:
            frame = self._source.next_frame()
        except DeviceError as error:
            self._lose(error)
            return []
        if frame is None:
            return []
        return [self._scan(code.scan_text, code.aim) for code in self._consensus.add(decode_frame(frame), now=moment)]

    def _try_again(self, deadline: float) -> list[Scan]:
        wait, remaining = self._back_off.wait_seconds(), max(0.0, deadline - self._clock())
        self._sleep(min(wait, remaining))
        if wait <= remaining:
            try:
                self.open()
            except DeviceError as error:
                if error.permanent:
                    raise
        return []

    def _lose(self, error: DeviceError) -> None:
        self._is_open = False
        self._source.close()
        self._back_off.failed()
        self._state.change(Status.RECONNECTING, error.message)

    def _scan(self, raw: str, aim: str | None) -> Scan:
        scan = Scan(raw=raw, aim=aim, read_at=self._now(), device=self.name)
        self._state.last_scan_at = scan.read_at
        return scan
