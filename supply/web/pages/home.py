"""The start page: what is to be decided, most urgent first, and what this person can do next."""

from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, current_app, render_template, url_for

from supply.alerts.alert_lines import Decisions, decisions, last_change, open_counts
from supply.alerts.audience import heard_by
from supply.staff.permissions import Action
from supply.stations.scan_lines import claimed_count, unsettled_counts
from supply.stock.expiry import expiry_sums
from supply.web.access import anybody_signed_in
from supply.web.context import actor, database, may, now, settings, today
from supply.web.decision_words import chip, first_and_rest, leads_somewhere, next_check
from supply.web.formatting import moment_at
from supply.web.scanning import soon_days

pages = Blueprint("home", __name__)

MOST_LINES = 7
FEW_LINES = 3  # for whoever comes to take or to receive: their next act is scanning
REMEMBERED_DAYS = 30

# endpoint, action (None: anybody), icon, heading, sentence; the first that a person may do is the large one
WAYS: tuple[tuple[str, Action | None, str, str, str], ...] = (
    ("kiosk.screen", Action.take, "barcode", "Take or put back", "Scan a box; that is all."),
    ("receiving.start", Action.receive, "truck", "Receive a delivery", "Scan what came, check it, shelve it."),
    (
        "scans.unsettled",
        Action.settle_scans,
        "question",
        "Settle scans",
        "Codes that nothing here knew, and short shelves.",
    ),
    ("reorder.listing", Action.purchase, "box", "Order supplies", "What runs low, how much to order, and why."),
    ("waste.board", Action.containers_seal, "state-waiting", "Waste", "Containers, pickups and their papers."),
    ("stock.listing", Action.look_up, "shelves", "See the stock", "What is here, where, and of which lot."),
    ("expiry.listing", Action.look_up, "calendar", "What expires", "Lots to use first, and lots past their date."),
    ("items.listing", Action.look_up, "box", "Find an item", "By name, number or code."),
    ("people.listing", Action.administer, "person", "People", "Who works here, and what they may do."),
    ("account.show", None, "key", "Your account", "Your roles, password and keys for programs."),
)


@dataclass(frozen=True)
class Way:
    """One large way to go on."""

    address: str
    icon: str
    heading: str
    sentence: str


@dataclass(frozen=True)
class Waiting:
    """A number of things that wait for somebody, and the list of them."""

    count: int
    words: str
    state: str
    address: str


@pages.get("/")
@anybody_signed_in
def start() -> str:
    """Show the start page."""
    hour = now().astimezone(settings().zone).hour
    part_of_day = "morning" if hour < 12 else "afternoon" if hour < 18 else "evening"
    found = _to_decide()
    return render_template(
        "home/start.html",
        found=found,
        quiet_since=_quiet_since() if found is not None and not found.total else None,
        next_check=next_check(),
        ways=_ways(),
        waiting=_waiting(),
        part_of_day=part_of_day,
        chip=chip,
        leads_somewhere=leads_somewhere,
        first_and_rest=first_and_rest,
    )


def _to_decide() -> Decisions | None:
    """What this person has to decide, in few lines; None for a role that decides nothing."""
    roles = heard_by(actor().roles)
    if not roles:
        return None
    comes_to_scan = may(Action.throw_out) and not may(Action.containers_seal)
    with database().read_session() as session:
        return decisions(session, roles=roles, most=FEW_LINES if comes_to_scan else MOST_LINES)


def _quiet_since() -> str:
    """Since when there is nothing to decide, in words, with what was seen and is still open."""
    roles = heard_by(actor().roles)
    with database().read_session() as session:
        since = last_change(session, roles=roles, since=now() - timedelta(days=REMEMBERED_DAYS))
        quiet = open_counts(session, roles=roles).quiet
    seen = f" {quiet:,} that you have seen {'is' if quiet == 1 else 'are'} still open." if quiet else ""
    return f"{f' since {moment_at(since, settings().zone)}' if since else ''}.{seen}"


def _waiting() -> list[Waiting] | None:
    """What waits for this person, most urgent first; None for whoever has nothing to decide here."""
    if not may(Action.look_up):
        return None
    days = soon_days()
    spans = {"past": (None, today() - timedelta(days=1)), "soon": (today(), today() + timedelta(days=days))}
    with database().read_session() as session:
        sums = expiry_sums(session, spans=spans)
        scans = sum(unsettled_counts(session).values()) if may(Action.settle_scans) else 0
        claimed = claimed_count(session, actor_id=actor().person_id)
    listing = url_for("expiry.listing")
    found = [
        Waiting(sums["past"].rows, "past their date, still on a shelf", "stop", f"{listing}?show=expired"),
        Waiting(claimed, "scans in your name: yours?", "note", f"{url_for('account.show')}#claims"),
        Waiting(scans, "scans to settle", "note", url_for("scans.unsettled") if scans else ""),
        Waiting(sums["soon"].rows, f"lots to use within {days} days", "soon", f"{listing}?show={days}"),
    ]
    return [one for one in found if one.count]


def _ways() -> list[Way]:
    return [
        Way(url_for(endpoint), icon, heading, sentence)
        for endpoint, action, icon, heading, sentence in WAYS
        if endpoint in current_app.view_functions and (action is None or may(action))
    ]
