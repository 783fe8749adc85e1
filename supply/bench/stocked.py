"""The product's database as large as the floor's: items with ten open lots each, ample stock, a nurse's token."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import islice
from random import Random
from uuid import UUID, uuid5

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.barcodes.gtin import check_digit
from supply.bench.floor import AMPLE, LOTS_PER_ITEM
from supply.db import Database, table_of
from supply.exchange.columns import Row
from supply.exchange.faults import Faults
from supply.exchange.items import import_items
from supply.migrations import upgrade
from supply.staff import people, tokens
from supply.staff.permissions import Actor, Role
from supply.stations.installing import install
from supply.stock import ledger
from supply.stock.ledger import Act, Posting
from supply.stock.locations import find_place
from supply.stock.lots import Expiry
from supply.stock.models import Lot, MovementKind

BATCH = 10_000
NAMESPACE = UUID("4f2b7c1a-9d53-4f0e-8f0a-6a4f0f8d2b11")
EXPIRES = date(2099, 12, 31)


@dataclass(frozen=True)
class Stocked:
    """What the clients need: the codes of the items and a nurse's token."""

    codes: tuple[str, ...]
    token: str


def stock(db: Database, *, items: int, movements: int) -> Stocked:
    """Set the database up and fill it through the product's own functions."""
    upgrade.migrate(db)
    now = datetime.now(UTC)
    local = db.transact(lambda session: install(session, stations=(), now=now))
    codes = tuple(_gtin(number) for number in range(items))
    db.transact(lambda session: _items(session, codes, local, now))
    lots = db.transact(lambda session: _lots(session, now))
    postings = _postings(db, lots, max(movements - len(lots), 0))
    number = 0
    while batch := list(islice(postings, BATCH)):
        act = Act(uuid5(NAMESPACE, str(number)), local.person_id, now, now, reason="benchmark")
        db.transact(partial(_post, act=act, batch=batch))
        number += 1
    token = db.transact(lambda session: _nurse(session, local, now))
    upgrade.analyze(db)
    return Stocked(codes, token)


def _gtin(number: int) -> str:
    payload = f"0952{number:09d}"
    return payload + check_digit(payload)


def _items(session: Session, codes: tuple[str, ...], local: Actor, now: datetime) -> None:
    rows = [
        Row(n + 2, {"sku": f"BENCH-{n:05d}", "name": f"Benchmark item {n}", "gtin": code})
        for n, code in enumerate(codes)
    ]
    import_items(
        session, rows=rows, faults=Faults(), digest="0" * 64, actor_id=local.person_id, now=now, today=now.date()
    )


def _lots(session: Session, now: datetime) -> list[tuple[int, int]]:
    """Ten open lots of each item, received on ten days: (item id, lot id)."""
    place = find_place(session, "STOREROOM")
    expiry = Expiry(EXPIRES)
    table = table_of(Lot)
    items = session.scalars(sa.text("SELECT id FROM items ORDER BY id")).all()
    rows = [
        {
            "item_id": item,
            "owner_id": place.office_id,
            "lot_number": f"L{number}",
            "expiry": expiry.on,
            "expiry_precision": expiry.precision,
            "expiry_key": expiry.key,
            "received_on": now.date() - timedelta(days=100 - number),
        }
        for item in items
        for number in range(LOTS_PER_ITEM)
    ]
    session.execute(sa.insert(table), rows)
    return [(row.item_id, row.id) for row in session.execute(sa.select(table.c.item_id, table.c.id))]


def _postings(db: Database, lots: list[tuple[int, int]], used: int) -> Iterator[Posting]:
    """A receipt of each lot, then as many uses of one unit as asked, of lots by chance."""
    with db.read_session() as session:
        place = find_place(session, "STOREROOM")
    for item, lot in lots:
        yield Posting(MovementKind.receipt, item, lot, place.virtual["supplier"], place.id, AMPLE)
    random = Random(1)  # noqa: S311 - which lot was used, not a secret
    for _ in range(used):
        item, lot = random.choice(lots)
        yield Posting(MovementKind.issue, item, lot, place.id, place.virtual["used"], 1)


def _post(session: Session, *, act: Act, batch: list[Posting]) -> None:
    ledger.post(session, act, batch, physical=ledger.physical_ids(session))


def _nurse(session: Session, local: Actor, now: datetime) -> str:
    people.add_person(session, name="bench-nurse", roles=[Role.nurse], by=local, now=now)
    return tokens.create_token(session, person_name="bench-nurse", by=local, now=now)
