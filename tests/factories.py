"""Short words for what tests need: an office in which items exist, boxes arrive and people scan."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from supply.audit import chain
from supply.barcodes.parse import parse
from supply.db import Database
from supply.staff import badges, people
from supply.staff.permissions import Actor, Role
from supply.stations.fields import ScanRules
from supply.stations.scans import Stored, handle_scan
from supply.stock import catalog, ledger, locations, lots, on_hand, owners
from supply.stock.models import Item, Lot, LotState, Movement, OwnerKind

ZONE = ZoneInfo("America/New_York")
GLOVES = "09520123456788"  # a GTIN-14 under prefix 952, which GS1 keeps for demonstrations
SYRINGES = "09521101530001"
PASSWORD = "correct horse battery"


def gs1(gtin: str, *, lot: str | None = None, expiry: str | None = None) -> str:
    """The element string of a GS1 DataMatrix: `expiry` as YYMMDD, the lot last so that no separator is needed."""
    return f"01{gtin}" + (f"17{expiry}" if expiry else "") + (f"10{lot}" if lot else "")


@dataclass
class Office:
    """An installed office on one database."""

    db: Database
    now: datetime

    def __post_init__(self) -> None:
        self.rules = ScanRules(zone=ZONE)
        with self.db.read_session() as session:
            self.local = people.local_actor(session)

    @property
    def today(self) -> date:
        """The office's date."""
        return self.now.astimezone(ZONE).date()

    def later(self, **amount: float) -> None:
        """Let time pass."""
        self.now += timedelta(**amount)

    def item(
        self, sku: str = "GLOVE-M", *, gtin: str | None = GLOVES, received: int = 1, used: int = 1, **fields: Any
    ) -> Item:
        """A catalogue entry with a code."""
        fields.setdefault("name", "Nitrile gloves M")
        fields.setdefault("unit", "box")

        def add(session: Any) -> Item:
            row = catalog.add_item(session, sku=sku, actor_id=self.local.person_id, now=self.now, **fields)
            if gtin:
                self._code(session, row, f"(01){gtin}", received, used)
            return row

        return self.db.transact(add)

    def code(self, sku: str, text: str, *, received: int = 1, used: int = 1) -> None:
        """Teach an item another code."""
        self.db.transact(lambda s: self._code(s, catalog.find_item(s, sku), text, received, used))

    def _code(self, session: Any, item: Item, text: str, received: int, used: int) -> None:
        catalog.add_code(
            session, item=item, barcode=parse(text, today=self.today), actor_id=self.local.person_id, now=self.now,
            units_received=received, units_used=used,
        )  # fmt: skip

    def place(self, code: str, parent: str | None = None) -> None:
        """A physical place."""
        self.db.transact(
            lambda s: locations.add_location(
                s, code=code, name=code.title(), parent_code=parent, actor_id=self.local.person_id, now=self.now
            )
        )

    def owner(self, code: str, kind: OwnerKind = OwnerKind.programme) -> int:
        """An owner of stock."""
        return self.db.transact(lambda s: owners.ensure_owner(s, code=code, name=code, kind=kind))

    def person(self, name: str, *roles: Role, password: str | None = None) -> Actor:
        """Somebody with these roles."""

        def add(session: Any) -> Actor:
            people.add_person(session, name=name, roles=roles, password=password, by=self.local, now=self.now)
            return people.find_actor(session, name)

        return self.db.transact(add)

    def badge(self, name: str) -> str:
        """The text of a new badge of this person."""

        def issue(session: Any) -> str:
            person = people.person_named(session, name)
            return badges.issue_badge(session, person_id=person.id, by=self.local, now=self.now)

        return self.db.transact(issue)

    def scan(self, barcode: str, action: str = "use", *, by: Actor | None = None, **fields: Any) -> Stored:
        """One scan, through the same entrance as every scanner."""
        body = {"request_id": str(uuid4()), "barcode": barcode, "action": action, **fields}
        return self.send(body, by=by)

    def send(self, body: dict[str, Any], *, by: Actor | None = None) -> Stored:
        """One scan with this very body."""
        return self.db.transact(
            lambda s: handle_scan(s, body=body, sender=by or self.local, now=self.now, rules=self.rules),
            idempotent=True,
        )

    def receive(self, lot: str | None = "A1", expiry: str | None = None, quantity: int = 1, **fields: Any) -> Stored:
        """A box of gloves comes in, through a scan; it must be accepted."""
        stored = self.scan(
            gs1(fields.pop("gtin", GLOVES), lot=lot, expiry=expiry), "receive", quantity=quantity, **fields
        )
        assert stored.status == 201, stored.answer
        return stored

    def set_state(self, lot_number: str, state: LotState) -> None:
        """Hold, recall or release a lot by its number."""

        def change(session: Any) -> None:
            lot_id = session.scalar(sa.select(Lot.id).where(Lot.lot_number == lot_number))
            lots.set_lot_state(
                session, lot_id=lot_id, state=state, reason="test", actor_id=self.local.person_id, now=self.now
            )

        self.db.transact(change)

    def stock(self, sku: str = "GLOVE-M", location: str | None = None) -> dict[str | None, int]:
        """Units on hand by lot number."""
        with self.db.read_session() as session:
            lines = on_hand.stock_lines(session, today=self.today, zone=ZONE, sku=sku, location=location)
        found: dict[str | None, int] = {}
        for line in lines:
            found[line.lot] = found.get(line.lot, 0) + line.quantity
        return found

    def movements(self, request_id: str | UUID | None = None) -> list[Movement]:
        """Rows of the ledger, oldest first."""
        statement = sa.select(Movement).order_by(Movement.id)
        if request_id:
            statement = statement.where(Movement.request_id == UUID(str(request_id)))
        with self.db.read_session() as session:
            return list(session.scalars(statement))

    def faults(self) -> list[object]:
        """What `supply verify` would say."""
        with self.db.read_session() as session:
            return [*ledger.verify(session), *chain.verify(session)]
