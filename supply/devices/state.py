"""What a device is doing, for screens and the log. It must never write the log for a state that did not change."""

import enum
import logging
from datetime import datetime
from typing import Final

_LOG: Final = logging.getLogger("supply.devices")


class Status(enum.Enum):
    """Where a device stands."""

    CLOSED = "closed"
    OPENING = "opening"
    OPEN = "open"
    RECONNECTING = "reconnecting"
    FAILED = "failed"


class DeviceState:
    """Status, last error in words and last scan of one device. One thread writes it, any thread reads it."""

    def __init__(self, device: str) -> None:
        self.device = device
        self.status = Status.CLOSED
        self.error: str | None = None
        self.last_scan_at: datetime | None = None
        self._logged: tuple[Status, str | None] = (Status.CLOSED, None)

    def change(self, status: Status, error: str | None = None) -> None:
        """Take the new status; it is logged once, not at every attempt to reconnect."""
        self.status, self.error = status, error
        if status is Status.OPENING or (status, error) == self._logged:
            return
        self._logged = (status, error)
        if error is None:
            _LOG.info("device %s is %s", self.device, status.value)
        else:
            _LOG.warning("device %s is %s: %s", self.device, status.value, error)

    def note(self, what: str) -> None:
        """Log something odd that the device sent; its status does not change."""
        _LOG.warning("device %s: %s", self.device, what)
