"""Devices that do not work, and agents that are silent. A station where nobody scans is no trouble and never told."""

from datetime import timedelta

from sqlalchemy.orm import Session

from supply.alerts.audience import ADMIN
from supply.alerts.book import Cause
from supply.monitoring.limits import Limits, When
from supply.stations.agents import MISSED, AgentHeard, agents_heard
from supply.stations.station_lines import DeviceLine, device_lines

KINDS = ("device", "agent")
GONE = {
    "device": "It works again, or was taken away.",
    "agent": "It is heard again, or nothing is left for it to run.",
}
BROKEN = frozenset({"failed", "reconnecting"})
LINK = "/alerts?kind=device"
AGENT_LINK = "/devices"


def causes(session: Session, when: When, limits: Limits) -> list[Cause]:
    """Devices that nobody can use, and agents that are silent."""
    broken = [device_cause(device, limits) for device in device_lines(session) if device.state in BROKEN]
    silent = [one for one in agents_heard(session).values() if one.is_silent(when.now)]
    return [*broken, *(agent_cause(one, when, limits) for one in silent)]


def agent_cause(agent: AgentHeard, when: When, limits: Limits) -> Cause:
    """What is to be said of a silent agent, once it was silent for a while by this server's own watch. PURE."""
    since = f"{agent.since.astimezone(when.zone):%Y-%m-%d %H:%M}"
    words = (
        f"Nothing was heard of the agent at {agent.station_name} since {since}"
        if agent.heard_at
        else f"The agent at {agent.station_name} was enrolled {since} and was not heard of yet"
    )
    return Cause(
        kind="agent",
        subject=f"agent at {agent.station}",
        severity="short",
        message=f"{words}. See that its computer is on, and that supply agent runs there.",
        link=AGENT_LINK,
        role=ADMIN,
        verb="See the devices",
        group_words="agents are silent",
        group_link=AGENT_LINK,
        lasts=max(timedelta(0), limits.agent_silent - MISSED),
    )


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
