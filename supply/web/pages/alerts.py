"""What people must be told, most urgent first: made quiet and loud again here, settled where each one leads."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from supply.alerts import book
from supply.alerts.alert_lines import LIST_ROWS, AlertLine, closed_alerts, open_alerts, open_counts
from supply.alerts.audience import heard_by, read_by
from supply.errors import Conflict, Invalid
from supply.staff import people
from supply.web import notices
from supply.web.access import anybody_signed_in
from supply.web.context import actor, database, now
from supply.web.decision_words import chip, first_and_rest, leads_somewhere, next_check
from supply.web.entries import refuse_unreadable_address
from supply.web.pages import alert_mail
from supply.web.security import safe_next

pages = Blueprint("alerts", __name__, url_prefix="/alerts")
pages.before_request(refuse_unreadable_address)
pages.register_blueprint(alert_mail.pages)

CLOSED_DAYS = 30
OPEN, QUIET, CLOSED = "open", "quiet", "closed"
WORDS = {OPEN: "Open", QUIET: "Seen", CLOSED: f"Over, {CLOSED_DAYS} days"}


@dataclass(frozen=True)
class Together:
    """Alerts of one urgency and one sort, said together where there are several."""

    heading: str | None
    lines: tuple[AlertLine, ...]

    @property
    def ids(self) -> str:
        """Their numbers, as a form carries them."""
        return "-".join(str(line.id) for line in self.lines)


@pages.get("")
@anybody_signed_in
def listing() -> str:
    """The alerts for this person's roles: loud, seen, or over; of one kind if the address names one."""
    asked = request.args.get("show", "")
    show, kind = asked if asked in WORDS else OPEN, request.args.get("kind") or None
    roles = read_by(actor().roles)
    with database().read_session() as session:
        counts = open_counts(session, roles=roles)
        if show == CLOSED:
            since = now() - timedelta(days=CLOSED_DAYS)
            lines = closed_alerts(session, roles=roles, since=since, kind=kind)
        else:
            lines = open_alerts(session, roles=roles, kind=kind, is_acknowledged=show == QUIET)
        names = people.display_names(session, {line.acknowledged_by_id for line in lines if line.acknowledged_by_id})
    return render_template(
        "alerts/listing.html",
        groups=list(_together(lines)) if show == OPEN else [Together(None, tuple(lines))] if lines else [],
        show=show,
        kind=kind,
        presets=[(OPEN, counts.loud), (QUIET, counts.quiet), (CLOSED, None)],
        words=WORDS,
        names=names,
        may_settle=heard_by(actor().roles),
        most=LIST_ROWS if len(lines) == LIST_ROWS else None,
        chip=chip,
        leads_somewhere=leads_somewhere,
        first_and_rest=first_and_rest,
        next_check=next_check(),
    )


@pages.post("/acknowledge")
@anybody_signed_in
def acknowledge() -> Response:
    """Make alerts quiet: seen, and taken care of."""
    numbers = _numbers(request.form.get("ids", ""))
    quieted, over = _settle(numbers, book.acknowledge)
    undo = url_for(".speak_up", ids="-".join(map(str, quieted)), next=request.form.get("next"))
    if quieted:
        many = f"{len(quieted):,} alerts are quiet until they get worse."
        notices.leave("The alert is quiet until it gets worse." if len(quieted) == 1 else many, undo=undo)
    elif over:
        notices.leave("That is over already; there is nothing left to do.", "note")
    return redirect(safe_next(request.form.get("next") or url_for(".listing")), 303)


@pages.post("/speak-up")
@anybody_signed_in
def speak_up() -> Response:
    """Make quiet alerts loud again."""
    _settle(_numbers(request.values.get("ids", "")), book.speak_up)
    notices.leave("Back on the list.")
    return redirect(safe_next(request.values.get("next") or url_for(".listing")), 303)


def _settle(numbers: list[int], change: Callable[..., None]) -> tuple[list[int], list[int]]:
    """Change these alerts in one transaction; which were changed, and which are over by now."""
    by, moment = actor(), now()

    def all_of_them(session: Session) -> tuple[list[int], list[int]]:
        done, over = [], []
        for number in numbers:
            try:
                change(session, alert_id=number, actor=by, now=moment)
                done.append(number)
            except Conflict:
                over.append(number)
        return done, over

    return database().transact(all_of_them, idempotent=True)


def _numbers(text: str) -> list[int]:
    """The numbers of a form. Raises Invalid for anything else."""
    parts = text.split("-")
    if not parts or len(parts) > LIST_ROWS or not all(p.isascii() and p.isdigit() and len(p) <= 15 for p in parts):
        raise Invalid("This form is incomplete. Open the page again and repeat it.", code="bad_form")
    return sorted({int(part) for part in parts})


def _together(lines: list[AlertLine]) -> Iterator[Together]:
    """Neighbours of one urgency and sort; the order by urgency stays."""
    found: dict[tuple[str, str], list[AlertLine]] = {}
    for line in lines:
        key = (line.severity, line.group_words or f"{line.kind} {line.id}")
        found.setdefault(key, []).append(line)
    for (_severity, words), group in found.items():
        yield Together(f"{len(group):,} {words}" if len(group) > 1 else None, tuple(group))
