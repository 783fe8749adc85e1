"""Devices that do not work. A station where nobody scans is no trouble and never told."""

from sqlalchemy.orm import Session

from supply.alerts.audience import ADMIN
from supply.alerts.book import Cause
from supply.monitoring.limits import Limits, When
from supply.stations.station_lines import DeviceLine, device_lines

KINDS = ("device",)
GONE = {"device": "It works again, or was taken away."}
BROKEN = frozenset({"failed", "reconnecting"})
LINK = "/alerts?kind=device"


def causes(session: Session, when: When, limits: Limits) -> list[Cause]:
    """Devices that the worker cannot use."""
    return [device_cause(device, limits) for device in device_lines(session) if device.state in BROKEN]


def device_cause(device: DeviceLine, limits: Limits) -> Cause:
    """What is to be said of one broken device once it has been broken for a while. PURE."""
    words = device.state_words.rstrip(". ") or "it does not answer"
    return Cause(
        kind="device",
        subject=f"device {device.name}",
        severity="short",
        message=f"{device.name} at {device.station} does not work: {words}. Check its cable and its power.",
        link=LINK,
        role=ADMIN,
        verb="Look",
        group_words="devices do not work",
        group_link=LINK,
        lasts=limits.device_down,
    )
