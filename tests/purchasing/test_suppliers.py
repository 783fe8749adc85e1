"""Suppliers: added, changed, and found by code or name."""

from typing import Any

import pytest

from supply.errors import Conflict, Invalid, NotFound
from supply.purchasing.models import Supplier
from supply.purchasing.suppliers import add_supplier, change_supplier, ensure_suppliers, find_supplier
from tests.factories import Office


def add(office: Office, code: str = "HARBOR", name: str = "Harbor Medical", **fields: Any) -> Supplier:
    by, now = office.local.person_id, office.now
    return office.db.transact(lambda s: add_supplier(s, code=code, name=name, actor_id=by, now=now, **fields))


def test_a_supplier_is_found_by_code_and_by_name_whatever_the_capitals(office: Office) -> None:
    row = add(office, email="orders@harbor.example", phone="+1 555 0100", lead_time_days=4)
    with office.db.read_session() as session:
        assert find_supplier(session, " harbor ").id == find_supplier(session, "HARBOR  medical").id == row.id
        with pytest.raises(NotFound):
            find_supplier(session, "Bluebird")


def test_a_code_goes_before_a_name(office: Office) -> None:
    add(office, "A", "B")
    second = add(office, "B", "Other")
    with office.db.read_session() as session:
        assert find_supplier(session, "b").id == second.id
    known = office.db.transact(lambda s: ensure_suppliers(s, ["B", "a"], actor_id=None, now=office.now))
    assert known["b"] == second.id


def test_a_code_is_taken_once(office: Office) -> None:
    add(office)
    other = add(office, "BLUE", "Bluebird")
    with pytest.raises(Conflict, match="already a supplier"):
        add(office, "harbor")
    with pytest.raises(Conflict, match="already a supplier"):
        office.db.transact(
            lambda s: change_supplier(s, supplier=s.merge(other), actor_id=1, now=office.now, code="Harbor")
        )


def test_what_is_not_named_stays(office: Office) -> None:
    row = add(office, phone="+1 555 0100")

    def change(session: Any) -> Supplier:
        known = find_supplier(session, "harbor")
        return change_supplier(session, supplier=known, actor_id=1, now=office.now, name="Harbor Inc", email=None)

    changed = office.db.transact(change)
    assert (changed.id, changed.name, changed.phone, changed.email) == (row.id, "Harbor Inc", "+1 555 0100", None)
    with office.db.read_session() as session:
        assert find_supplier(session, "harbor inc").id == row.id


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": ""},
        {"code": "x" * 61},
        {"name": "a\x00b"},
        {"email": "no address"},
        {"email": "a@b@c"},
        {"phone": "1" * 41},
        {"lead_time_days": -1},
        {"lead_time_days": 731},
        {"lead_time_days": True},
    ],
)
def test_what_cannot_be_is_refused(office: Office, wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        add(office, **wrong)
