"""What the pages of waste share: the rules that hold here, the age of a container as a ring, its next step in words."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from supply.staff.permissions import Actor
from supply.stock.lots import expiry_words
from supply.waste.container_lines import ContainerLine
from supply.waste.deadlines import OVERDUE, SOON, Deadline
from supply.waste.models import ContainerState
from supply.waste.rules import StateRules
from supply.waste.watch import rules_here
from supply.web.context import actor, database, now, settings, today

Found = TypeVar("Found")
HERE = frozenset({ContainerState.new, ContainerState.open, ContainerState.full, ContainerState.sealed})
CLOCKS = {
    "first_item": "since the first thing went in",
    "first_nonsharps_item": "since the first thing that is no sharps went in",
    "sealed": "since it was sealed",
    "full": "since it was full",
    "full_or_sealed": "since it was full or sealed",
    "ready_for_disposal": "since it was ready for disposal",
    "generated": "since the waste arose",
    "shipped": "from the pickup",
    "accepted": "from the day the transporter took it",
    "completed": "from the day it was completed",
}


@dataclass(frozen=True)
class Age:
    """A container's age against its limit. `state` is running, near, over or none; `share` is the arc in percent."""

    state: str
    share: int
    inside: str
    words: str
    limit: str
    needs_verification: bool


NO_AGE = Age("none", 0, "–", "Its clock has not started", "No limit runs yet", False)


def law_folder() -> str:
    """Where the office's own rules lie; empty for none."""
    return settings().waste.law_folder


def rules_now(session: Session) -> StateRules:
    """The rules that hold for this office, with who confirmed them."""
    return rules_here(session, law_folder=law_folder(), zone=settings().zone)


def age_of(line: ContainerLine) -> Age:
    """The ring of a container: what its storage deadline leaves."""
    deadline = line.deadline
    if deadline is None:
        return NO_AGE
    limit = deadline.rule.value if deadline.rule and deadline.rule.unit == "days" else None
    left = deadline.days_left
    left_words = f"{_days(-left)} over" if left < 0 else "last day today" if left == 0 else f"{_days(left)} left"
    state = {OVERDUE: "over", SOON: "near"}.get(deadline.state, "running")
    if limit is None:
        until = expiry_words(deadline.due_on)
        return Age(
            state, 100 if left < 0 else 50, f"{left} d", left_words, f"Until {until}", deadline.needs_verification
        )
    used = max(0, limit - left)
    clock = CLOCKS.get(_clock_start(line, deadline), "")
    return Age(
        state=state,
        share=min(100, round(100 * used / max(1, limit))),
        inside=f"{used} d",
        words=f"{used} of {_days(limit)} used, {left_words}",
        limit=f"Limit {_days(limit)} {clock}".strip(),
        needs_verification=deadline.needs_verification,
    )


def _clock_start(line: ContainerLine, deadline: Deadline) -> str:
    """What the days are counted from: of a container with nothing but sharps, its sealing."""
    start = deadline.rule.clock_start if deadline.rule else ""
    return "sealed" if start == "first_nonsharps_item" and line.first_nonsharps_at is None else start


def next_step(line: ContainerLine) -> str:
    """The one thing to do with a container now."""
    late = line.deadline is not None and line.deadline.state in (SOON, OVERDUE)
    if line.state is ContainerState.new:
        return "Put it in use"
    if line.state is ContainerState.open:
        return "Seal it and book a pickup" if late else "Throw in what belongs here"
    if line.state is ContainerState.full:
        return "Seal it"
    if line.state is ContainerState.sealed:
        return f"Goes with pickup {line.pickup}" if line.pickup else "Book a pickup"
    return line.state_words


def worst_first(line: ContainerLine) -> tuple[int, int, int]:
    """The order of the board: over the limit, near it, then the least days left; those without a clock last."""
    if line.deadline is None:
        return (3, 0, line.id)
    return ({OVERDUE: 0, SOON: 1}.get(line.deadline.state, 2), line.deadline.days_left, line.id)


def change(function: Callable[..., Found], **fields: Any) -> Found:
    """Carry out one verb of waste in the name of whoever is asking, at this moment."""
    by, moment = actor(), now()
    return database().transact(lambda session: function(session, by=by, now=moment, **fields))


def change_today(function: Callable[..., Found], **fields: Any) -> Found:
    """The same for a verb that asks for the office's date too."""
    return change(function, today=today(), **fields)


def change_by_rules(function: Callable[..., Found], **fields: Any) -> Found:
    """The same for a verb that asks for the rules and the office's clock too."""
    by, moment, zone = actor(), now(), settings().zone

    def act(session: Session) -> Found:
        return function(session, by=by, now=moment, rules=rules_now(session), zone=zone, **fields)

    return database().transact(act)


def name_of(person: Actor) -> str:
    """How somebody is called on papers."""
    return person.display_name or person.name


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count:,} days"
