"""From simulated moves to the ledger: an act for each day, kind and department, posted in the order of the days."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from itertools import groupby
from uuid import UUID, uuid5

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.demo.places import KIOSK, RECEIVING
from supply.demo.simulation import Move, Stream
from supply.demo.staffing import Hired
from supply.staff.permissions import Role
from supply.stations.sessions import find_station
from supply.stock import ledger, lots
from supply.stock.departments import ensure_department
from supply.stock.ledger import Act, Posting
from supply.stock.lots import Expiry
from supply.stock.models import Item, Location, LotKnown, MovementKind, Owner

NAMESPACE = UUID("d0e5f0ce-0000-4952-8952-0d3300ff1ce0")


@dataclass(frozen=True)
class _Manner:
    """How a kind of move is posted: its ledger kind, the hour of the day, who does it where, and a reason."""

    kind: MovementKind
    hour: int
    role: Role
    station: str | None = None
    reason: str | None = None


MANNERS = {
    "opening": _Manner(MovementKind.adjustment, 7, Role.manager, reason="opening stock"),
    "receipt": _Manner(MovementKind.receipt, 8, Role.receiver, RECEIVING),
    "disposal": _Manner(MovementKind.disposal, 9, Role.manager, reason="expired"),
    "transfer": _Manner(MovementKind.transfer, 10, Role.receiver),
    "issue": _Manner(MovementKind.issue, 13, Role.nurse, KIOSK),
}
ORDER = list(MANNERS)


@dataclass(frozen=True)
class Clerk:
    """Ids of everything that moves name."""

    session: Session
    staff: dict[Role, Hired]
    zone: tzinfo
    items: dict[str, int]
    places: dict[str, int]
    owners: dict[str, int]
    stations: dict[str, int]

    @classmethod
    def of(cls, session: Session, staff: dict[Role, Hired], zone: tzinfo) -> "Clerk":
        """A clerk who knows the office as it is now."""
        return cls(
            session=session,
            staff=staff,
            zone=zone,
            items={row.sku: row.id for row in session.execute(sa.select(Item.sku, Item.id))},
            places={row.code: row.id for row in session.execute(sa.select(Location.code, Location.id))},
            owners={row.code: row.id for row in session.execute(sa.select(Owner.code, Owner.id))},
            stations={code: find_station(session, code).id for code in (KIOSK, RECEIVING)},
        )


def post_streams(clerk: Clerk, streams: Sequence[Stream]) -> None:
    """Open every lot and post every move, oldest first."""
    physical = ledger.physical_ids(clerk.session)
    lot_ids = [_open_lots(clerk, stream) for stream in streams]
    departments = {
        code: ensure_department(clerk.session, code)
        for code in sorted({move.department for stream in streams for move in stream.moves if move.department})
    }
    for key, moves in groupby(_ordered(streams), key=lambda pair: _key(pair[1])):
        postings = [_posting(clerk, streams[n], lot_ids[n], move) for n, move in moves]
        ledger.post(clerk.session, _act(clerk, key, departments), postings, physical=physical)


def _key(move: Move) -> tuple[date, int, str]:
    return (move.day, ORDER.index(move.kind), move.department or "")


def _ordered(streams: Sequence[Stream]) -> Iterator[tuple[int, Move]]:
    pairs = [(number, move) for number, stream in enumerate(streams) for move in stream.moves]
    return iter(sorted(pairs, key=lambda pair: _key(pair[1])))


def _open_lots(clerk: Clerk, stream: Stream) -> list[int]:
    opened = []
    for number, lot in enumerate(stream.lots):
        layer = "" if lot.number else str(uuid5(NAMESPACE, f"{stream.item.sku}/{stream.owner}/{number}"))
        opened.append(
            lots.open_lot(
                clerk.session,
                item_id=clerk.items[stream.item.sku],
                owner_id=clerk.owners[stream.owner],
                lot_number=lot.number,
                expiry=Expiry(lot.expiry, lot.precision) if lot.expiry else None,
                layer=layer,
                received_on=lot.received_on,
                unit_cost=stream.item.unit_cost,
            )
        )
    return opened


def _posting(clerk: Clerk, stream: Stream, lot_ids: list[int], move: Move) -> Posting:
    named = bool(stream.lots[move.lot].number)
    return Posting(
        kind=MANNERS[move.kind].kind,
        item_id=clerk.items[stream.item.sku],
        lot_id=lot_ids[move.lot],
        from_location_id=clerk.places[move.source],
        to_location_id=clerk.places[move.target],
        quantity=move.quantity,
        lot_known=LotKnown.read if named else LotKnown.assumed,
        unit_cost=stream.item.unit_cost,
    )


def _act(clerk: Clerk, key: tuple[date, int, str], departments: dict[str, int]) -> Act:
    day, order, department = key
    kind = ORDER[order]
    manner = MANNERS[kind]
    moment = datetime.combine(day, time(manner.hour, 5), clerk.zone)
    return Act(
        request_id=uuid5(NAMESPACE, f"{kind}/{day}/{department}"),
        actor_id=clerk.staff[manner.role].actor.person_id,
        occurred_at=moment,
        recorded_at=moment,
        station_id=clerk.stations[manner.station] if manner.station else None,
        department_id=departments.get(department),
        reason=manner.reason,
    )
