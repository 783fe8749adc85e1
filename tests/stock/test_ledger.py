"""The ledger proves itself: three guards that do not trust each other, and a proof that finds tampering."""

from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from supply.audit.models import AuditEntry
from supply.db import Database, table_of
from supply.stock import ledger
from supply.stock.ledger import Act, Posting, ShortStock
from supply.stock.models import Balance, Location, Movement, MovementKind
from tests.factories import GLOVES, Office


def act(office: Office) -> Act:
    return Act(uuid4(), office.local.person_id, office.now, office.now)


def used_place(office: Office) -> int:
    with office.db.read_session() as session:
        return session.scalars(sa.select(Location.id).where(Location.code == "USED")).one()


def test_a_balance_never_falls_below_zero(either_office: Office) -> None:
    office = either_office
    office.item()
    office.receive("A1", "280101", 2)
    (row,) = office.movements()
    used = used_place(office)
    posting = Posting(MovementKind.issue, row.item_id, row.lot_id, row.to_location_id, used, 3)

    with pytest.raises(ShortStock):
        office.db.transact(lambda s: ledger.post(s, act(office), [posting], physical=ledger.physical_ids(s)))

    assert office.stock() == {"A1": 2}
    assert office.faults() == []


def test_the_database_itself_refuses_a_negative_balance(either_office: Office) -> None:
    office = either_office
    office.item()
    office.receive("A1", "280101", 2)
    with pytest.raises(sa.exc.IntegrityError):
        office.db.transact(lambda s: s.execute(sa.update(Balance).values(quantity=-1)))


@pytest.mark.parametrize("model", [Movement, AuditEntry])
@pytest.mark.parametrize("verb", ["update", "delete"])
def test_the_database_itself_refuses_to_change_history(either_office: Office, model: Any, verb: str) -> None:
    office = either_office
    office.item()
    office.receive("A1", "280101", 2)
    column = {Movement: "quantity", AuditEntry: "action"}[model]
    change = sa.delete(model) if verb == "delete" else sa.update(model).values({column: 1})
    with pytest.raises(sa.exc.DBAPIError, match="append-only"):
        office.db.transact(lambda s: s.execute(change))
    assert office.faults() == []


@pytest.mark.parametrize("wrong", [{"quantity": 0}, {"to_location_id": 1, "from_location_id": 1}])
def test_a_movement_moves_at_least_one_unit_somewhere_else(office: Office, wrong: dict[str, int]) -> None:
    values = {"item_id": 1, "lot_id": 1, "from_location_id": 1, "to_location_id": 2, "quantity": 1, **wrong}
    with pytest.raises(AssertionError):
        office.db.transact(
            lambda s: ledger.post(s, act(office), [Posting(MovementKind.issue, **values)], physical=frozenset())
        )


def test_many_rows_are_posted_and_proved_together(either_office: Office) -> None:
    office = either_office
    office.item()
    office.receive("A1", "280101", 2)
    (row,) = office.movements()
    used = used_place(office)
    out = Posting(MovementKind.issue, row.item_id, row.lot_id, row.to_location_id, used, 1)
    back = Posting(MovementKind.put_back, row.item_id, row.lot_id, used, row.to_location_id, 1)

    posted = office.db.transact(
        lambda s: ledger.post(s, act(office), [out, out, back], physical=ledger.physical_ids(s))
    )

    assert [p.posting for p in posted] == [out, out, back]
    assert sorted(p.id for p in posted) == [p.id for p in posted]
    assert office.stock() == {"A1": 1}
    assert office.faults() == []


def _without_triggers(db: Database, *statements: Any) -> None:
    """Change history as somebody with the file could: past the triggers."""
    with db.writer.begin() as connection:
        if db.is_sqlite:
            for (name,) in connection.execute(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
                connection.execute(sa.text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(sa.text("ALTER TABLE movements DISABLE TRIGGER ALL"))
            connection.execute(sa.text("ALTER TABLE audit_entries DISABLE TRIGGER ALL"))
        for statement in statements:
            connection.execute(statement)


M, B, A = table_of(Movement), table_of(Balance), table_of(AuditEntry)


@pytest.mark.parametrize(
    ("tampering", "check"),
    [
        (sa.update(M).where(M.c.id == 1).values(quantity=7), "balance"),
        (sa.delete(M).where(M.c.id == 2), "balance"),
        (sa.update(B).values(quantity=B.c.quantity + 1), "balance"),
        (sa.delete(B), "balance"),
        (sa.update(A).where(A.c.seq == 2).values(details="{}"), "audit_hash"),
        (sa.update(A).where(A.c.seq == 2).values(actor_id=None), "audit_hash"),
        (sa.delete(A).where(A.c.seq == 2), "audit_gap"),
        (sa.delete(A).where(A.c.seq > 2), "audit_head"),
    ],
)
def test_tampering_is_found(either_office: Office, tampering: Any, check: str) -> None:
    office = either_office
    office.item()
    office.receive("A1", "280101", 3)
    office.scan(GLOVES)
    assert office.faults() == []

    _without_triggers(office.db, tampering)

    assert check in {fault.check for fault in office.faults()}  # type: ignore[attr-defined]


def test_what_a_rolled_back_act_noted_never_reaches_the_chain(office: Office) -> None:
    with office.db.read_session() as session:
        before = session.scalar(sa.select(sa.func.max(AuditEntry.seq)))
    office.item(lot_required=True)
    office.scan(GLOVES, "receive")  # refused after the item was found
    with office.db.read_session() as session:
        rows = session.scalars(sa.select(AuditEntry.action).where(AuditEntry.seq > (before or 0))).all()
    assert rows == ["item.add", "item.code"]
    assert office.faults() == []
