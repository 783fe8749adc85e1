"""/alerts: what people must be told, and saying that it was seen."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from supply.alerts import book
from supply.alerts.alert_lines import AlertLine, alert_line, alerts_after
from supply.alerts.audience import read_by
from supply.web.access import anybody_signed_in
from supply.web.api.fields import ROW_LIMIT, Code
from supply.web.api.operations import empty_body, route
from supply.web.api.paging import Page, cut
from supply.web.context import actor, database, now
from supply.web.money import money_text
from supply.web.resource import resource

alerts = resource("alerts", "Alerts: what people must be told")


class AlertQuery(Page):
    """Which alerts: `open` ones, those `acknowledged` and still open, `closed` ones, or `all`."""

    state: Literal["open", "acknowledged", "closed", "all"] = "open"
    kind: Code | None = None


class AlertPath(BaseModel):
    """An alert by its number."""

    alert_id: int = Field(ge=1, le=ROW_LIMIT)


class Alert(BaseModel):
    """One alert. `severity` is stop, short, soon or note; `value` what is at stake; `link` the page that settles it."""

    id: int
    kind: str
    subject: str
    severity: str
    message: str
    link: str
    role: str
    value: str | None
    opened_at: datetime
    risen_at: datetime
    last_seen_at: datetime
    acknowledged: bool
    acknowledged_at: datetime | None
    closed_at: datetime | None
    closed_because: str | None

    @classmethod
    def of(cls, line: AlertLine) -> "Alert":
        """The shape of a line."""
        return cls(
            id=line.id,
            kind=line.kind,
            subject=line.subject,
            severity=line.severity,
            message=line.message,
            link=line.link,
            role=line.role,
            value=money_text(line.value),
            opened_at=line.opened_at,
            risen_at=line.risen_at,
            last_seen_at=line.last_seen_at,
            acknowledged=line.acknowledged_at is not None,
            acknowledged_at=line.acknowledged_at,
            closed_at=line.closed_at,
            closed_because=line.closed_because,
        )


class Alerts(BaseModel):
    """A page of alerts."""

    items: list[Alert]
    next: str | None


@route(alerts, "GET", "/alerts", {200: Alerts})
@anybody_signed_in
def list_alerts(query: AlertQuery) -> Alerts:
    """Alerts for one's own roles, in the order in which they opened."""
    with database().read_session() as session:
        lines = alerts_after(
            session,
            roles=read_by(actor().roles),
            state=query.state,
            kind=query.kind,
            after_id=query.last_id(),
            limit=query.limit + 1,
        )
    page, following = cut(lines, query.limit, lambda line: (line.id,))
    return Alerts(items=[Alert.of(line) for line in page], next=following)


@route(alerts, "POST", "/alerts/<int:alert_id>/acknowledge", {200: Alert})
@anybody_signed_in
def acknowledge_alert(path: AlertPath) -> Alert:
    """Seen and taken care of: it stays open and quiet until its cause goes or gets worse. Twice is once."""
    empty_body()
    by, moment = actor(), now()
    database().transact(
        lambda session: book.acknowledge(session, alert_id=path.alert_id, actor=by, now=moment), idempotent=True
    )
    with database().read_session() as session:
        return Alert.of(alert_line(session, path.alert_id, roles=read_by(by.roles)))
