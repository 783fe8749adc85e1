"""What to order, and why: the suggestions by supplier, what is on order, and what was put off. Sends no order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from flask import Blueprint, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from supply.errors import Conflict, SupplyError
from supply.jobs.models import JobName
from supply.purchasing import accepting, suggestions
from supply.purchasing.models import Supplier
from supply.purchasing.order_lines import OrderLine, lines_of_item, open_lines
from supply.purchasing.orders import When
from supply.purchasing.run_down import run_down_of
from supply.purchasing.suggestions import SuggestionLine, explain, last_check, suggestion_lines
from supply.purchasing.suppliers import suppliers
from supply.replenishment.rule import UNUSED
from supply.staff.permissions import Action
from supply.stations import work_requests
from supply.stock.models import Item
from supply.web import notices
from supply.web.access import allow
from supply.web.context import actor, database, now, settings, today
from supply.web.entries import Entries, refuse_unreadable_address, wrong_of
from supply.web.job_lines import ask_for_run
from supply.web.pages import orders
from supply.web.problems import status_of
from supply.web.reordering import rules
from supply.web.run_down_plot import plot_of

pages = Blueprint("reorder", __name__, url_prefix="/reorder")
pages.before_request(refuse_unreadable_address)
pages.register_blueprint(orders.pages)

MOST_PACKS = 100_000
SPANS = {"30": (30, 30), "90": (90, 60), "365": (365, 60)}
HISTORY = 10
SKIP_DAYS = 28


@dataclass(frozen=True)
class Group:
    """The suggestions for one supplier (None: items that name none), and what they cost (1/10,000)."""

    supplier: Supplier | None
    lines: tuple[SuggestionLine, ...]

    @property
    def cost(self) -> int:
        """What they cost, as far as prices are known."""
        return sum(line.cost or 0 for line in self.lines)

    @property
    def unpriced(self) -> int:
        """How many have no price."""
        return sum(line.cost is None for line in self.lines)


@pages.get("")
@allow(Action.purchase)
def listing() -> str:
    """What to order, by supplier; what is on order; what was put off."""
    return _page({}, {})


@pages.post("/order")
@allow(Action.purchase)
def order() -> Response:
    """Note that one supplier's suggestions were ordered, once for each form, and show the order."""
    entries = Entries(request.form)
    again = "Open the page again and repeat it."
    supplier_id = entries.whole("supplier", again, least=1, most=2**31 - 1)
    key = entries.key()
    wrong = f"Packs are a whole number from 0 to {MOST_PACKS:,}."
    named = [name for name in request.form if name.startswith("packs-")]
    packs = {name.removeprefix("packs-"): entries.whole(name, wrong, most=MOST_PACKS) for name in named}
    when, by = When(now(), today()), actor().person_id
    try:
        entries.check()
        placed = database().transact(
            lambda session: accepting.accept(
                session, supplier_id=supplier_id, packs=packs, request_id=key, actor_id=by, when=when
            ),
            idempotent=True,
        )
    except SupplyError as error:
        page = _page(wrong_of(error, f"ordered-{supplier_id}"), request.form.to_dict())
        return make_response(page, status_of(error))
    undo = url_for("reorder.orders.take_back", number=placed.number)
    notices.leave(f"Order {placed.number} is noted. Nothing was sent: write or phone the supplier.", undo=undo)
    return redirect(url_for("reorder.orders.show", number=placed.number), 303)


@pages.post("/check")
@allow(Action.purchase)
def check() -> Response:
    """Leave the wish for the worker to look at every item now."""
    by, moment = actor(), now()

    def ask(session: Session) -> None:
        ask_for_run(session, name=JobName.reorder, actor=by, now=moment)

    try:
        database().transact(ask)
        notices.leave("Every item is looked at now. It takes a few seconds.", "waiting")
    except Conflict as refusal:
        notices.leave(refusal.message, "note")
    return redirect(url_for(".listing"), 303)


@pages.get("/items/<path:sku>")
@allow(Action.purchase)
def item(sku: str) -> str:
    """Why one item is suggested or not: how it runs down, the numbers, its orders."""
    return _item_page(sku, {}, {})


@pages.post("/items/<path:sku>/skip")
@allow(Action.purchase)
def skip(sku: str) -> Response:
    """Put one item off, with a reason, until a day."""
    entries = Entries(request.form)
    reason = entries.text("reason", "Say why it is not ordered.", most=250)
    until = entries.day("until", "Write the day as 2027-MAR-14.")
    if until is None and "until" not in entries.wrong:
        entries.wrong["until"] = "Say until when, as 2027-MAR-14."
    by, moment, day = actor().person_id, now(), today()

    def put_off(session: Session) -> str:
        assert until is not None
        suggestions.skip(session, sku=sku, reason=reason, until=until, actor_id=by, now=moment, today=day)
        return str(session.scalar(sa.select(Item.name).where(Item.sku_key == sku.strip().casefold())))

    try:
        entries.check()
        name = database().transact(put_off)
    except SupplyError as error:
        page = _item_page(sku, wrong_of(error, "until"), request.form.to_dict())
        return make_response(page, status_of(error))
    notices.leave(f"Not now: {name}.", undo=url_for(".unskip", sku=sku))
    return redirect(url_for(".listing"), 303)


@pages.post("/items/<path:sku>/suggest-again")
@allow(Action.purchase)
def unskip(sku: str) -> Response:
    """Suggest an item again that was put off."""
    by, moment = actor().person_id, now()
    database().transact(lambda session: suggestions.unskip(session, sku=sku, actor_id=by, now=moment))
    notices.leave("It is suggested again.")
    return redirect(url_for(".listing"), 303)


def _page(problems: dict[str, str], values: dict[str, str]) -> str:
    with database().read_session() as session:
        lines = suggestion_lines(session)
        coming = open_lines(session, now=now())
        checked_at = last_check(session)
        waiting = work_requests.unfinished(session, kind=work_requests.JOB)
        by_id = {one.id: one for one in suppliers(session)}
    waiting_now = [line for line in lines if line.is_open]
    return render_template(
        "reorder/listing.html",
        groups=_groups(waiting_now, by_id),
        to_order=waiting_now,
        coming=coming,
        late=[line for line in coming if line.is_late(today())],
        skipped=[line for line in lines if line.skipped_until and line.quantity],
        checked_at=checked_at,
        is_busy=any(one.subject == JobName.reorder for one in waiting),
        is_without_use=bool(lines) and all(UNUSED in line.flags for line in lines),
        problems=problems,
        values=values,
        new_key=uuid4,
        most_packs=MOST_PACKS,
    )


def _groups(lines: Sequence[SuggestionLine], by_id: dict[int, Supplier]) -> list[Group]:
    """Lines come by supplier; the group without one is the last."""
    order = dict.fromkeys(line.supplier_id for line in lines)
    return [
        Group(by_id.get(supplier_id or 0), tuple(line for line in lines if line.supplier_id == supplier_id))
        for supplier_id in order
    ]


def _item_page(sku: str, problems: dict[str, str], values: dict[str, Any]) -> str:
    span = request.args.get("days", "")
    back, ahead = SPANS.get(span, SPANS["30"])
    with database().read_session() as session:
        explained = explain(session, sku, now=now(), today=today(), zone=settings().zone, rules=rules())
        entry = explained.gathered.entry
        history = lines_of_item(session, entry.id, now=now(), limit=HISTORY)
        coming: list[OrderLine] = [line for line in history if line.left]
        run = run_down_of(
            session, explained, coming, today=today(), zone=settings().zone, days_back=back, days_ahead=ahead
        )
        line = next(iter(suggestion_lines(session, item_ids=[entry.id])), None)
    said = explained.suggestion
    return render_template(
        "reorder/item.html",
        entry=entry,
        explained=explained,
        said=said,
        plot=plot_of(run, unit=entry.unit, order_at=said.order_at, par=entry.par),
        unit=entry.unit,
        history=history,
        line=line,
        span=span if span in SPANS else "30",
        spans=SPANS,
        problems=problems,
        values={"until": (today() + timedelta(days=SKIP_DAYS)).isoformat(), **values},
    )
