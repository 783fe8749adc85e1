"""What every scanner driver shares: it opens, reads, loses its device, and comes back by itself.

Owns state, waiting and the making of a `Scan`. A driver must only know its wire, and never keep a torn read over a gap.
"""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import datetime

from supply.devices.errors import DeviceError
from supply.devices.model import Scan, utc_now
from supply.devices.normalise import Profile, normalise
from supply.devices.reconnect import BackOff
from supply.devices.state import DeviceState, Status


class ReconnectingScanner(ABC):
    """The scanner's contract over one wire. One thread reads it."""

    def __init__(
        self,
        *,
        name: str,
        profile: Profile | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self.name = name
        self._profile = profile or Profile()
        self._clock, self._sleep, self._now = clock, sleep, now
        self._back_off = BackOff(clock)
        self._is_open = False
        self._state = DeviceState(name)

    @abstractmethod
    def _connect(self) -> None:
        """Take the device, with nothing left of what came before. Raises `DeviceError`."""

    @abstractmethod
    def _disconnect(self) -> None:
        """Let go of the device and forget what has begun. Never raises; may be called twice."""

    @abstractmethod
    def _receive(self, wait_seconds: float) -> list[str]:
        """Whole reads that came within the time, or none. Raises `DeviceError` when the device is gone."""

    @property
    def state(self) -> DeviceState:
        """What the scanner is doing."""
        return self._state

    def open(self) -> None:
        """Open the device. Raises `DeviceError` (permanent when the settings cannot be right)."""
        if self._is_open:
            return
        before = self._state.status
        self._state.change(Status.OPENING)
        try:
            self._connect()
        except DeviceError as error:
            self._disconnect()
            self._back_off.failed()
            again = before is Status.RECONNECTING and not error.permanent
            self._state.change(Status.RECONNECTING if again else Status.FAILED, error.message)
            raise
        self._back_off.succeeded()
        self._is_open = True
        self._state.change(Status.OPEN)

    def read(self, timeout_seconds: float) -> list[Scan]:
        """Whole scans that came within the time. After a lost device it waits, tries to open it again, and reads on."""
        deadline = self._clock() + timeout_seconds
        while True:
            remaining = max(0.0, deadline - self._clock())
            scans = self._scans(remaining) if self._is_open else self._try_again(remaining)
            if scans or self._clock() >= deadline:
                return scans

    def close(self) -> None:
        """Let go of the device."""
        self._is_open = False
        self._disconnect()
        self._state.change(Status.CLOSED)

    def _scans(self, wait_seconds: float) -> list[Scan]:
        try:
            return [self._scan(raw) for raw in self._receive(wait_seconds)]
        except DeviceError as error:
            self._is_open = False
            self._disconnect()
            self._back_off.failed()
            self._state.change(Status.RECONNECTING, error.message)
            return []

    def _try_again(self, remaining_seconds: float) -> list[Scan]:
        wait = self._back_off.wait_seconds()
        self._sleep(min(wait, remaining_seconds))
        if wait <= remaining_seconds:
            try:
                self.open()
            except DeviceError as error:
                if error.permanent:
                    raise
        return []

    def _scan(self, raw: str) -> Scan:
        meaning = normalise(raw, self._profile)
        moment = self._now()
        self._state.last_scan_at = moment
        return Scan(raw, meaning.text, meaning.aim, moment, self.name, meaning.gs_trust)
