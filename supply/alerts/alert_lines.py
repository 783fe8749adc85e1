"""Alerts as lists show them, and gathered into few decision lines. Reads only; its cost follows what is open."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.alerts.book import RANKS
from supply.alerts.models import Alert
from supply.db import table_of
from supply.errors import NotFound

_A = table_of(Alert).c
LIST_ROWS = 200
URGENT = "stop"
_BY_URGENCY = (sa.case(RANKS, value=_A.severity).desc(), _A.level.desc(), _A.opened_at, _A.id)
_LOUD = (_A.closed_at.is_(None), _A.acknowledged_at.is_(None))


@dataclass(frozen=True)
class AlertLine:
    """One alert. `risen_at` is when it was last new: opened, or got worse."""

    id: int
    kind: str
    subject: str
    severity: str
    level: int
    message: str
    link: str
    verb: str
    role: str
    group_words: str
    group_link: str
    value: int | None
    opened_at: datetime
    risen_at: datetime
    last_seen_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by_id: int | None
    closed_at: datetime | None
    closed_because: str | None


_NAMES = tuple(AlertLine.__dataclass_fields__)
_LINES = sa.select(*(_A[name] for name in _NAMES))


def open_alerts(
    session: Session,
    *,
    roles: Collection[str],
    kind: str | None = None,
    is_acknowledged: bool | None = None,
    limit: int = LIST_ROWS,
) -> list[AlertLine]:
    """What is open for these audiences, most urgent first; quiet ones, loud ones, or both."""
    statement = _LINES.where(_A.closed_at.is_(None), _for(roles)).order_by(*_BY_URGENCY).limit(limit)
    if kind is not None:
        statement = statement.where(_A.kind == kind)
    if is_acknowledged is not None:
        seen = _A.acknowledged_at.is_not(None)
        statement = statement.where(seen if is_acknowledged else ~seen)
    return _read(session, statement)


def closed_alerts(
    session: Session, *, roles: Collection[str], since: datetime, kind: str | None = None, limit: int = LIST_ROWS
) -> list[AlertLine]:
    """What is over since a moment, the latest first."""
    statement = _LINES.where(_A.closed_at.is_not(None), _A.closed_at >= since, _for(roles))
    if kind is not None:
        statement = statement.where(_A.kind == kind)
    return _read(session, statement.order_by(_A.closed_at.desc(), _A.id.desc()).limit(limit))


def alerts_after(
    session: Session, *, roles: Collection[str], state: str, kind: str | None, after_id: int, limit: int
) -> list[AlertLine]:
    """Alerts in the order in which they opened, for a program that pages: `open`, `acknowledged`, `closed` or `all`."""
    statement = _LINES.where(_A.id > after_id, _for(roles)).order_by(_A.id).limit(limit)
    if kind is not None:
        statement = statement.where(_A.kind == kind)
    if state == "closed":
        statement = statement.where(_A.closed_at.is_not(None))
    elif state != "all":
        statement = statement.where(_A.closed_at.is_(None))
        if state == "acknowledged":
            statement = statement.where(_A.acknowledged_at.is_not(None))
    return _read(session, statement)


def alert_line(session: Session, alert_id: int, *, roles: Collection[str]) -> AlertLine:
    """One alert that these audiences may read. Raises NotFound."""
    for line in _read(session, _LINES.where(_A.id == alert_id, _for(roles))):
        return line
    raise NotFound("There is no such alert.", code="alert_unknown")


@dataclass(frozen=True)
class Open:
    """How many are open: loud, and acknowledged."""

    loud: int
    quiet: int


def open_counts(session: Session, *, roles: Collection[str]) -> Open:
    """How many alerts are open for these audiences."""
    quiet = sa.func.count(_A.acknowledged_at)
    row = session.execute(sa.select(sa.func.count(), quiet).where(_A.closed_at.is_(None), _for(roles))).one()
    return Open(int(row[0]) - int(row[1]), int(row[1]))


def last_change(session: Session, *, roles: Collection[str], since: datetime) -> datetime | None:
    """When the last alert of these audiences closed or was acknowledged, if later than `since`: from then on there was
    nothing to decide."""
    closed = sa.select(_A.closed_at).where(_A.closed_at.is_not(None), _A.closed_at >= since, _for(roles))
    quiet = sa.select(_A.acknowledged_at).where(_A.closed_at.is_(None), _A.acknowledged_at >= since, _for(roles))
    latest = (closed.order_by(_A.closed_at.desc()).limit(1), quiet.order_by(_A.acknowledged_at.desc()).limit(1))
    return max((moment for one in latest if (moment := session.scalar(one)) is not None), default=None)


def has_news(session: Session, *, roles: Collection[str], since: datetime | None) -> bool:
    """Whether something loud opened or got worse since a moment (None: ever), or is urgent and still waits."""
    news = sa.true() if since is None else (_A.severity == URGENT) | (_A.risen_at > since)
    return session.scalar(sa.select(_A.id).where(*_LOUD, _for(roles), news).limit(1)) is not None


@dataclass(frozen=True)
class Decision:
    """One line to decide on: a single alert in its words, or several of a sort as one (`alert_id` is None then)."""

    severity: str
    kind: str
    words: str
    link: str
    verb: str
    count: int
    value: int | None
    opened_at: datetime
    risen_at: datetime
    alert_id: int | None = None


@dataclass(frozen=True)
class Decisions:
    """The lines, how many alerts they and all others stand for, and how many of those found no line."""

    lines: tuple[Decision, ...]
    total: int
    beyond: int


def decisions(session: Session, *, roles: Collection[str], most: int) -> Decisions:
    """What is open and not acknowledged, most urgent first, in at most `most` lines: each by itself while that fits,
    else those of one sort and urgency in one line, and the least urgent counted as beyond."""
    total = open_counts(session, roles=roles).loud
    if total <= most:
        alone = open_alerts(session, roles=roles, is_acknowledged=False, limit=most)
        return Decisions(tuple(map(_alone, alone)), total, 0)
    groups = session.execute(_groups(roles, most)).all()
    ids = [row.first_id for row in groups if row.number == 1]
    single = {line.id: line for line in _read(session, _LINES.where(_A.id.in_(ids)))}
    lines = tuple(_alone(single[row.first_id]) if row.first_id in single else _together(row) for row in groups)
    return Decisions(lines, total, total - sum(line.count for line in lines))


def _groups(roles: Collection[str], most: int) -> sa.Select[Any]:
    """Alerts of one urgency and one sort in one row; those without words for many count as one sort."""
    moment = _A.opened_at.type
    return (
        sa.select(
            _A.severity,
            _A.group_words,
            sa.func.count().label("number"),
            sa.func.min(_A.id).label("first_id"),
            sa.func.min(_A.kind).label("kind"),
            sa.func.min(_A.group_link).label("link"),
            sa.func.min(_A.verb).label("verb"),
            sa.func.sum(_A.value).label("value"),
            sa.func.min(_A.opened_at, type_=moment).label("opened_at"),
            sa.func.max(_A.risen_at, type_=moment).label("risen_at"),
        )
        .where(*_LOUD, _for(roles))
        .group_by(_A.severity, _A.group_words)
        .order_by(sa.case(RANKS, value=_A.severity).desc(), sa.func.max(_A.level).desc(), sa.func.min(_A.id))
        .limit(most)
    )


def _alone(line: AlertLine) -> Decision:
    return Decision(
        line.severity,
        line.kind,
        line.message,
        line.link,
        line.verb,
        1,
        line.value,
        line.opened_at,
        line.risen_at,
        line.id,
    )


def _together(row: Any) -> Decision:
    words, value = row.group_words or "other things to look at", int(row.value) if row.value is not None else None
    return Decision(
        row.severity,
        row.kind,
        f"{row.number:,} {words}",
        row.link or "/alerts",
        row.verb if row.link else "Look",
        row.number,
        value,
        row.opened_at,
        row.risen_at,
    )


def _for(roles: Collection[str]) -> sa.ColumnElement[bool]:
    return _A.role.in_(sorted(roles))


def _read(session: Session, statement: sa.Select[Any]) -> list[AlertLine]:
    return [AlertLine(*row) for row in session.execute(statement)]
