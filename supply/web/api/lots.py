"""/lots: every lot ever booked, and holding, recalling and releasing one."""

from datetime import date, datetime

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from supply.staff.permissions import Action
from supply.stock import catalog
from supply.stock.lot_lines import LotLine, lot_line, lot_lines
from supply.stock.lots import set_lot_state
from supply.stock.models import LotState
from supply.web.access import allow
from supply.web.api.fields import ROW_LIMIT, Reason, Sku
from supply.web.api.operations import route
from supply.web.api.paging import Page, cut
from supply.web.context import actor, database, now
from supply.web.money import money_text
from supply.web.resource import Body, resource

lots = resource("lots", "Lots: what came in when, until when it is good, and whether it may be used")


class LotQuery(Page):
    """Which lots."""

    item: Sku | None = Field(None, description="SKU")


class LotPath(BaseModel):
    """A lot by its number here, not the maker's."""

    lot_id: int = Field(ge=1, le=ROW_LIMIT)


class Why(Body):
    """Why the lot is held, recalled or released."""

    reason: Reason


class Lot(BaseModel):
    """A lot. `on_hand` is in base units, over all places; `state` is open, held or recalled."""

    id: int
    sku: str
    name: str
    lot: str | None
    expiry: date | None
    expiry_precision: str | None
    owner: str
    received: date
    unit_cost: str | None
    state: str
    reason: str | None
    since: datetime | None
    on_hand: int

    @classmethod
    def of(cls, line: LotLine) -> "Lot":
        """The shape of a line."""
        return cls(
            id=line.id,
            sku=line.sku,
            name=line.name,
            lot=line.lot or None,
            expiry=line.expiry,
            expiry_precision=line.expiry_precision,
            owner=line.owner,
            received=line.received_on,
            unit_cost=money_text(line.unit_cost),
            state=line.state.value,
            reason=line.state_reason,
            since=line.state_since,
            on_hand=line.on_hand,
        )


class Lots(BaseModel):
    """A page of lots."""

    items: list[Lot]
    next: str | None


@route(lots, "GET", "/lots", {200: Lots})
@allow(Action.look_up)
def list_lots(query: LotQuery) -> Lots:
    """Lots of one item or of all, those without stock too."""
    with database().read_session() as session:
        item_id = catalog.find_item(session, query.item).id if query.item is not None else None
        lines = lot_lines(session, item_id=item_id, after_id=query.last_id(), limit=query.limit + 1)
    page, following = cut(lines, query.limit, lambda line: (line.id,))
    return Lots(items=[Lot.of(line) for line in page], next=following)


@route(lots, "GET", "/lots/<int:lot_id>", {200: Lot})
@allow(Action.look_up)
def show_lot(path: LotPath) -> Lot:
    """One lot."""
    with database().read_session() as session:
        return Lot.of(lot_line(session, path.lot_id))


@route(lots, "POST", "/lots/<int:lot_id>/hold", {200: Lot})
@allow(Action.hold)
def hold_lot(path: LotPath, body: Why) -> Lot:
    """Nobody may use it until it is released."""
    return _set(path, LotState.held, body)


@route(lots, "POST", "/lots/<int:lot_id>/recall", {200: Lot})
@allow(Action.hold)
def recall_lot(path: LotPath, body: Why) -> Lot:
    """The maker or the authority calls it back."""
    return _set(path, LotState.recalled, body)


@route(lots, "POST", "/lots/<int:lot_id>/release", {200: Lot})
@allow(Action.hold)
def release_lot(path: LotPath, body: Why) -> Lot:
    """It may be used again."""
    return _set(path, LotState.open, body)


def _set(path: LotPath, state: LotState, why: Why) -> Lot:
    by, moment = actor().person_id, now()

    def change(session: Session) -> Lot:
        set_lot_state(session, lot_id=path.lot_id, state=state, reason=why.reason, actor_id=by, now=moment)
        return Lot.of(lot_line(session, path.lot_id))

    return database().transact(change)
