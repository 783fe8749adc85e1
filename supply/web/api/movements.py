"""/movements: the ledger to read, and a manager's correction of it."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from flask import Response
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from supply.errors import Invalid
from supply.staff.permissions import Action
from supply.stock import catalog, corrections
from supply.stock.corrections import MOST_UNITS
from supply.stock.ledger_lines import MovementLine, movement_lines
from supply.stock.models import MovementKind
from supply.web.access import allow
from supply.web.api.fields import AddressNumber, Code, Reason, RowNumber, Sku
from supply.web.api.operations import answered, route
from supply.web.api.paging import NUMBER_LIMIT, Page, cut
from supply.web.context import actor, database, may, now
from supply.web.money import money_text
from supply.web.resource import Body, WholeNumber, resource

movements = resource("movements", "The ledger: every change of quantity, never changed afterwards")


class MovementQuery(Page):
    """Which rows of the ledger."""

    item: Sku | None = Field(None, description="SKU")
    lot: RowNumber | None = Field(None, description="The lot's id")
    after: AddressNumber | None = Field(None, ge=0, le=NUMBER_LIMIT, description="Rows after this id")

    def last_id(self) -> int:
        """The row to go on after. Raises Invalid (bad_field) for two different answers."""
        if self.after is not None and self.cursor is not None:
            raise Invalid("Send after or cursor, not both.", code="bad_field")
        return self.after if self.after is not None else self.keys(1)[0]


class Correction(Body):
    """The book was wrong by `difference` base units of this lot at this place; counts once for each request_id."""

    kind: Literal["adjustment"]
    lot_id: WholeNumber = Field(ge=1, le=2**31 - 1)
    location: Code
    difference: WholeNumber = Field(ge=-MOST_UNITS, le=MOST_UNITS)
    reason: Reason
    request_id: UUID


class Movement(BaseModel):
    """A row of the ledger: `quantity` base units of one lot from one place to another."""

    id: int
    kind: str
    sku: str
    lot_id: int
    lot: str | None
    expiry: date | None
    lot_known: str
    from_: str = Field(serialization_alias="from")
    to: str
    quantity: int
    unit_cost: str | None
    department: str | None
    request_id: UUID | None = Field(description="null for a correction, unless one may correct or audit")
    occurred_at: datetime
    recorded_at: datetime
    actor: str
    offline: bool
    reason: str | None
    reverses: int | None

    @classmethod
    def of(cls, line: MovementLine) -> "Movement":
        """The shape of a line."""
        return cls(
            id=line.id,
            kind=line.kind.value,
            sku=line.sku,
            lot_id=line.lot_id,
            lot=line.lot or None,
            expiry=line.expiry,
            lot_known=line.lot_known.value,
            from_=line.from_code,
            to=line.to_code,
            quantity=line.quantity,
            unit_cost=money_text(line.unit_cost),
            department=line.department,
            request_id=line.request_id if _may_see_key(line) else None,
            occurred_at=line.occurred_at,
            recorded_at=line.recorded_at,
            actor=line.actor,
            offline=line.is_offline,
            reason=line.reason,
            reverses=line.reverses_id,
        )


class Movements(BaseModel):
    """A page of the ledger, oldest first."""

    items: list[Movement]
    next: str | None


def _may_see_key(line: MovementLine) -> bool:
    """A scan sent with the key of somebody's correction could take that back, so the key is not for everybody."""
    return line.kind != MovementKind.adjustment or may(Action.adjust) or may(Action.audit_read)


@route(movements, "GET", "/movements", {200: Movements})
@allow(Action.look_up)
def list_movements(query: MovementQuery) -> Movements:
    """Rows of the ledger in the order in which they were written."""
    with database().read_session() as session:
        item_id = catalog.find_item(session, query.item).id if query.item is not None else None
        lines = movement_lines(
            session, item_id=item_id, lot_id=query.lot, after_id=query.last_id(), limit=query.limit + 1
        )
    page, following = cut(lines, query.limit, lambda line: (line.id,))
    return Movements(items=[Movement.of(line) for line in page], next=following)


@route(movements, "POST", "/movements", {201: Movement, 200: Movement})
@allow(Action.adjust)
def post_correction(body: Correction) -> Response:
    """Correct the book by hand: 201 when it is written now, 200 when the same correction came before."""
    wanted = corrections.Correction(body.request_id, body.lot_id, body.location, body.reason, actor(), now())

    def correct(session: Session) -> tuple[Movement, int]:
        done = corrections.correct_by(session, wanted, body.difference)
        line = movement_lines(session, after_id=done.movement_id - 1, limit=1)[0]
        return Movement.of(line), 201 if done.is_new else 200

    return answered(*database().transact(correct, idempotent=True))
