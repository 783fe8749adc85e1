"""One order: what was noted as ordered, as a list to print, what came of it, and taking it or a line of it back."""

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from supply.errors import Conflict
from supply.purchasing import accepting
from supply.purchasing import orders as book
from supply.purchasing.models import OrderState, Supplier
from supply.purchasing.order_lines import lines_of_order
from supply.staff import people
from supply.staff.permissions import Action
from supply.web import notices
from supply.web.access import allow
from supply.web.context import actor, database, now, settings, today
from supply.web.reordering import rules

pages = Blueprint("orders", __name__, url_prefix="/orders")


@pages.get("/<number>")
@allow(Action.purchase)
def show(number: str) -> str:
    """One order with its lines."""
    with database().read_session() as session:
        order = book.find_order(session, number)
        lines = lines_of_order(session, order.id, now=now())
        supplier = session.get_one(Supplier, order.supplier_id)
        by = people.display_names(session, [order.placed_by_id])[order.placed_by_id]
    return render_template(
        "reorder/order.html",
        order=order,
        lines=lines,
        supplier=supplier,
        by=by,
        is_open=order.state == OrderState.open,
        is_here=order.state != OrderState.cancelled and not any(line.left for line in lines),
        may_take_back=order.state == OrderState.open and not any(line.received for line in lines),
        late=[line for line in lines if line.is_late(today())],
        cost=sum(line.cost or 0 for line in lines),
    )


@pages.post("/<number>/take-back")
@allow(Action.purchase)
def take_back(number: str) -> Response:
    """Undo an order of which nothing has come; its items are suggested again."""
    by, moment, zone, set_by_office = actor().person_id, now(), settings().zone, rules()
    try:
        database().transact(
            lambda session: accepting.take_back(
                session, number=number, reason="undone", actor_id=by, now=moment, zone=zone, rules=set_by_office
            )
        )
    except Conflict as refusal:
        notices.leave(refusal.message, "note")
        return redirect(url_for(".show", number=number), 303)
    notices.leave(f"Order {number} is taken back. If the supplier knows of it, tell them.")
    return redirect(url_for("reorder.listing"), 303)


@pages.post("/lines/<int:line_id>/cancel")
@allow(Action.purchase)
def cancel_line(line_id: int) -> Response:
    """Expect no more of one line."""
    by, moment, zone = actor().person_id, now(), settings().zone
    order = database().transact(
        lambda session: book.cancel_line(session, line_id=line_id, actor_id=by, now=moment, zone=zone)
    )
    notices.leave("Nothing more of it is expected. It is suggested again at the next check if it is needed.")
    return redirect(url_for(".show", number=order.number), 303)
