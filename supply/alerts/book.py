"""The book of alerts: opened, refreshed, made quiet by a person, closed when their cause goes.

It knows no subject of its own: what is the matter comes as `Cause` from `monitoring`. One cause, one open row.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.alerts.audience import heard_by
from supply.alerts.models import Alert, CauseSeen
from supply.audit.chain import record
from supply.db import insert_or_ignore, table_of
from supply.errors import Conflict, NotAllowed, NotFound

_A, _S = table_of(Alert), table_of(CauseSeen)
RANKS: Mapping[str, int] = {"note": 0, "soon": 1, "short": 2, "stop": 3}
TURN_KEY = 7_033
REFRESHED = ("severity", "level", "message", "link", "verb", "role", "group_words", "group_link", "value")
GONE = "Its cause is gone."


class Acting(Protocol):
    """Who acts: a person with roles."""

    @property
    def person_id(self) -> int:
        """Number of the person."""

    @property
    def roles(self) -> Collection[str]:
        """Their roles now."""


@dataclass(frozen=True)
class Cause:
    """Something that is the matter now, about one subject.

    `message` is whole sentences: what is the matter, since when, what to do; `link` is the page that settles it and
    `verb` what its button says. `level` is a step within the kind: a higher one is told anew. `group_words` follow
    a number when several are said in one line, with `group_link`; `value` is what is at stake, in 1/10,000 of the
    currency unit.
    """

    kind: str
    subject: str
    severity: str
    message: str
    link: str
    role: str
    verb: str = "Look"
    level: int = 0
    value: int | None = None
    group_words: str = ""
    group_link: str = ""
    lasts: timedelta = timedelta(0)  # how long it must have been seen before anybody is told

    @property
    def urgency(self) -> tuple[int, int]:
        """How bad it is; more is worse."""
        return (RANKS[self.severity], self.level)


@dataclass(frozen=True)
class Changed:
    """What an update came to: ids of alerts that are new, that got worse, and that are over."""

    opened: tuple[int, ...] = ()
    risen: tuple[int, ...] = ()
    closed: tuple[int, ...] = ()

    def __add__(self, other: "Changed") -> "Changed":
        return Changed(self.opened + other.opened, self.risen + other.risen, self.closed + other.closed)


def take_turn(session: Session) -> None:
    """Checks take turns: one that saw less would close what another just opened. SQLite's writers do so anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": TURN_KEY})


def update(
    session: Session,
    *,
    kinds: Collection[str],
    causes: Sequence[Cause],
    now: datetime,
    gone: Mapping[str, str] | None = None,
    may_open: bool = True,
) -> Changed:
    """Make the open alerts of these kinds equal to `causes`: open new ones, refresh the rest, close what is over.

    `gone` says for a kind why an alert closes by itself. An acknowledged alert that gets worse speaks up again. Without
    `may_open` what stands is only followed: it is said in today's words and closed, and grows no worse.
    """
    take_turn(session)
    wanted = _worst_of_each(cause for cause in causes if cause.kind in kinds)
    standing = {(row.kind, row.subject): row for row in _open_rows(session, kinds)}
    opened = _open_new(session, kinds, wanted, standing.keys(), now) if may_open else []
    risen = [
        row.id
        for key, row in standing.items()
        if key in wanted and _refresh(session, row, wanted[key], now, may_rise=may_open)
    ]
    over = [row for key, row in standing.items() if key not in wanted]
    for row in over:
        words = (gone or {}).get(row.kind, GONE)
        session.execute(sa.update(_A).where(_A.c.id == row.id).values(closed_at=now, closed_because=words))
    session.execute(sa.update(_A).where(_A.c.closed_at.is_(None), _A.c.kind.in_(list(kinds))).values(last_seen_at=now))
    return Changed(tuple(opened), tuple(risen), tuple(row.id for row in over))


def open_subjects(session: Session, *, kinds: Collection[str]) -> list[str]:
    """What has an open alert of these kinds."""
    return list(session.scalars(sa.select(_A.c.subject).where(_A.c.closed_at.is_(None), _A.c.kind.in_(list(kinds)))))


def acknowledge(session: Session, *, alert_id: int, actor: Acting, now: datetime) -> None:
    """Somebody has seen it and takes care: it stays open and quiet until its cause goes or gets worse.

    Raises NotFound, NotAllowed for somebody it is not for, Conflict when it is closed. Twice is once.
    """
    row = _of_actor(session, alert_id, actor)
    if row.closed_at is not None:
        raise Conflict(f"This is over already: {row.closed_because}", code="alert_closed")
    if row.acknowledged_at is not None:
        return
    _note(session, row.id, actor, now, "alerts.acknowledge")
    values = {"acknowledged_at": now, "acknowledged_by_id": actor.person_id}
    session.execute(sa.update(_A).where(_A.c.id == row.id).values(values))


def speak_up(session: Session, *, alert_id: int, actor: Acting, now: datetime) -> None:
    """Take an acknowledgement back. Raises NotFound and NotAllowed; on a closed or loud alert it changes nothing."""
    row = _of_actor(session, alert_id, actor)
    if row.closed_at is not None or row.acknowledged_at is None:
        return
    _note(session, row.id, actor, now, "alerts.speak_up")
    session.execute(sa.update(_A).where(_A.c.id == row.id).values(acknowledged_at=None, acknowledged_by_id=None))


def _of_actor(session: Session, alert_id: int, actor: Acting) -> Any:
    row = session.execute(sa.select(_A).where(_A.c.id == alert_id).with_for_update()).one_or_none()
    if row is None:
        raise NotFound("There is no such alert.", code="alert_unknown")
    if row.role not in heard_by(actor.roles):
        raise NotAllowed(f"This alert is for the {row.role}. Only they can settle it.", code="not_allowed")
    return row


def _note(session: Session, alert_id: int, actor: Acting, now: datetime, action: str) -> None:
    record(session, at=now, actor_id=actor.person_id, action=action, subject=f"alert {alert_id}", details={})


def _worst_of_each(causes: Iterable[Cause]) -> dict[tuple[str, str], Cause]:
    found: dict[tuple[str, str], Cause] = {}
    for cause in causes:
        key = (cause.kind, cause.subject)
        if key not in found or found[key].urgency < cause.urgency:
            found[key] = cause
    return found


def _open_new(
    session: Session,
    kinds: Collection[str],
    wanted: Mapping[tuple[str, str], Cause],
    standing: Collection[tuple[str, str]],
    now: datetime,
) -> list[int]:
    young = _too_young(session, kinds, wanted, now)
    opened = (_open(session, cause, now) for key, cause in wanted.items() if key not in standing and key not in young)
    return [number for number in opened if number is not None]


def _too_young(
    session: Session, kinds: Collection[str], wanted: Mapping[tuple[str, str], Cause], now: datetime
) -> set[tuple[str, str]]:
    """Causes that have not lasted long enough to be told; remembers since when each lasts, forgets what is gone."""
    seen = {
        (row.kind, row.subject): row.first_seen_at
        for row in session.execute(sa.select(_S).where(_S.c.kind.in_(list(kinds))))
    }
    for kind, subject in seen.keys() - wanted.keys():
        session.execute(sa.delete(_S).where(_S.c.kind == kind, _S.c.subject == subject))
    young = set()
    for key, cause in wanted.items():
        if not cause.lasts:
            continue
        if key not in seen:
            row = {"kind": cause.kind, "subject": cause.subject, "first_seen_at": now}
            session.execute(insert_or_ignore(session, _S).values(row))
        if now - seen.get(key, now) < cause.lasts:
            young.add(key)
    return young


def _open_rows(session: Session, kinds: Collection[str]) -> Sequence[Any]:
    return session.execute(sa.select(_A).where(_A.c.closed_at.is_(None), _A.c.kind.in_(list(kinds)))).all()


def _open(session: Session, cause: Cause, now: datetime) -> int | None:
    row = {**_values(cause), "kind": cause.kind, "subject": cause.subject}
    row |= {"opened_at": now, "risen_at": now, "last_seen_at": now}
    found: int | None = session.execute(insert_or_ignore(session, _A).values(row).returning(_A.c.id)).scalar()
    return found


def _refresh(session: Session, row: Any, cause: Cause, now: datetime, *, may_rise: bool) -> bool:
    """Write what changed; True when it got worse."""
    values = _values(cause)
    has_risen = (RANKS[row.severity], row.level) < cause.urgency
    if has_risen and not may_rise:
        return False  # told anew at its own hour, all of it
    if has_risen:
        values |= {"risen_at": now, "acknowledged_at": None, "acknowledged_by_id": None}
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    if changed:
        session.execute(sa.update(_A).where(_A.c.id == row.id).values(changed))
    return has_risen


def _values(cause: Cause) -> dict[str, Any]:
    values = asdict(cause)
    return {name: _cut(values[name], _A.c[name].type) for name in REFRESHED}


def _cut(value: Any, kind: Any) -> Any:
    """Text as long as its column is: what is told is never lost for being long."""
    most = getattr(kind, "length", None)
    return f"{value[: most - 1]}…" if isinstance(value, str) and most and len(value) > most else value
