"""What should be ordered, from the office's own books."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from supply.audit import chain
from supply.errors import Invalid, NotFound
from supply.purchasing import suggestions
from supply.purchasing.models import ReorderSkip
from supply.purchasing.suggestions import explain, last_check, suggestion_lines, suggestions_at
from supply.purchasing.suppliers import suppliers
from supply.stock.models import Item, LotState
from supply.stock.rolling_up import last_settled_movement, roll_up
from tests.factories import GLOVES, ZONE
from tests.purchasing.buying import HARBOR, RULES, Buying


def skip(buying: Buying, sku: str, until: date, reason: str = "a box was found") -> None:
    by, now, today = buying.office.local.person_id, buying.office.now, buying.today
    buying.office.db.transact(
        lambda s: suggestions.skip(s, sku=sku, reason=reason, until=until, actor_id=by, now=now, today=today)
    )


def test_an_item_that_runs_low_is_suggested_with_its_reason_and_cost(either_buying: Buying) -> None:
    buying = either_buying
    buying.item()
    buying.arrives("GLOVE-M", 20)
    assert buying.check() == 1
    line = buying.line()
    assert (line.supplier, line.packs, line.quantity, line.cost) == (HARBOR, 4, 40, 200_000)
    assert (line.usable, line.days_left) == (20, 10.0)
    assert line.reason == (
        "20 left, about 10 days of use; order below 39, for the supplier says 7 days; "
        "4 packs would last until 2026-DEC-23."
    )
    assert line.is_open


def test_never_looked_at_is_told_apart_from_nothing_to_order(buying: Buying) -> None:
    with buying.office.db.read_session() as session:
        assert last_check(session) is None
    buying.item()
    buying.arrives("GLOVE-M", 500)
    assert buying.check() == 0
    with buying.office.db.read_session() as session:
        assert last_check(session) == buying.office.now


def test_a_check_replaces_the_one_before(buying: Buying) -> None:
    buying.item()
    buying.check()
    buying.arrives("GLOVE-M", 500)
    buying.check()
    assert (buying.open_skus(), buying.line().usable) == ([], 500)


@pytest.mark.parametrize("barred", ["expired", "held", "recalled", "programme"])
def test_what_may_not_be_used_counts_as_nothing(buying: Buying, barred: str) -> None:
    buying.item(gtin=GLOVES)
    owner = {}
    if barred == "programme":
        buying.office.owner("vfc")
        owner = {"owner": "vfc"}
        buying.arrives("GLOVE-M", 1)  # the office's own
    buying.office.receive("A1", "261130", quantity=300, **owner)
    if barred == "expired":
        buying.office.later(days=10)
    elif barred != "programme":
        buying.office.set_state("A1", LotState(barred))
    buying.check()
    assert buying.line().usable == (1 if barred == "programme" else 0)
    assert buying.open_skus() == ["GLOVE-M"]


def test_what_is_only_ever_given_is_not_bought(buying: Buying) -> None:
    buying.item(reorder_point=50)
    buying.office.owner("vfc")
    buying.arrives("GLOVE-M", 1, owner="vfc")
    buying.check()
    assert buying.open_skus() == []


def test_an_item_without_use_waits_for_the_minimum_of_the_manager(buying: Buying) -> None:
    buying.item("QUIET", per_day=0)
    buying.item("KIT", per_day=0, reorder_point=2, par_level=4, pack_quantity=1)
    assert buying.check() == 1
    assert (buying.open_skus(), buying.line("KIT").packs) == (["KIT"], 4)
    assert "your minimum is 2" in buying.line("KIT").reason


def test_a_closed_item_is_not_looked_at(buying: Buying) -> None:
    buying.item()
    buying.office.db.transact(lambda s: s.execute(sa.update(Item).values(is_active=False)))
    assert buying.check() == 0
    assert buying.open_skus() == []


def test_suppliers_that_only_items_name_are_made_once(buying: Buying) -> None:
    buying.item("A", supplier="Harbor Medical")
    buying.item("B", supplier="harbor  MEDICAL ")
    buying.item("C", supplier=None)
    buying.check()
    buying.check()
    with buying.office.db.read_session() as session:
        assert [one.name for one in suppliers(session)] == ["Harbor Medical"]
    assert [buying.line(sku).supplier for sku in "ABC"] == ["Harbor Medical", "Harbor Medical", None]


def test_scanned_use_counts_from_the_day_the_office_began_to_scan(buying: Buying) -> None:
    buying.item(per_day=0, gtin=GLOVES)
    buying.office.receive("A1", quantity=400)
    for _ in range(30):
        assert buying.office.scan(f"01{GLOVES}10A1", "use", quantity=3).status == 201
        buying.office.later(days=1)

    def add_up(session: sa.orm.Session) -> None:
        roll_up(session, upto=last_settled_movement(session), zone=ZONE)

    buying.office.db.transact(add_up)
    buying.check()
    assert buying.line().numbers["demand"]["days"] == 30
    assert buying.line().numbers["demand"]["per_day"] == pytest.approx(3)


def test_use_of_a_programme_is_not_the_offices(buying: Buying) -> None:
    buying.item(per_day=0, gtin=GLOVES)
    buying.office.owner("vfc")
    buying.office.receive("OWN", quantity=50)
    buying.office.receive("VFC", quantity=150, owner="vfc")
    for lot in ("OWN", "VFC", "VFC", "VFC"):
        owner = {"owner": "vfc"} if lot == "VFC" else {}
        assert buying.office.scan(f"01{GLOVES}10{lot}", "use", quantity=40, **owner).status == 201
    buying.office.later(days=40)
    buying.office.db.transact(lambda s: roll_up(s, upto=last_settled_movement(s), zone=ZONE) and None)
    buying.check()
    assert buying.line().numbers["demand"]["per_day"] == pytest.approx(1)


def test_an_item_put_off_waits_until_its_day(buying: Buying) -> None:
    buying.item()
    buying.check()
    until = buying.today + timedelta(days=5)
    skip(buying, "GLOVE-M", until)
    buying.check()
    assert buying.open_skus() == []
    assert (buying.line().skipped_until, buying.line().skip_reason) == (until, "a box was found")
    buying.office.later(days=5)
    buying.check()
    assert buying.open_skus() == ["GLOVE-M"]
    with buying.office.db.read_session() as session:
        assert session.scalars(sa.select(ReorderSkip)).all() == []


def test_an_item_is_taken_up_again_at_once(buying: Buying) -> None:
    buying.item()
    buying.check()
    skip(buying, "GLOVE-M", buying.today + timedelta(days=5))
    by, now = buying.office.local.person_id, buying.office.now
    buying.office.db.transact(lambda s: suggestions.unskip(s, sku="GLOVE-M", actor_id=by, now=now))
    assert buying.open_skus() == ["GLOVE-M"]
    with pytest.raises(NotFound, match="not put off"):
        buying.office.db.transact(lambda s: suggestions.unskip(s, sku="GLOVE-M", actor_id=by, now=now))


@pytest.mark.parametrize(("days", "reason"), [(0, "x"), (-3, "x"), (400, "x"), (5, " "), (5, "x" * 301), (5, "a\x07b")])
def test_a_day_or_a_reason_that_says_nothing_is_refused(buying: Buying, days: int, reason: str) -> None:
    buying.item()
    with pytest.raises(Invalid):
        skip(buying, "GLOVE-M", buying.today + timedelta(days=days), reason)


def test_a_day_gone_by_is_looked_at_as_it_was(buying: Buying) -> None:
    buying.item()
    buying.arrives("GLOVE-M", 20)
    buying.check()
    then = buying.today
    buying.order({"GLOVE-M": 3})
    buying.office.later(days=6)
    buying.arrives("GLOVE-M", 30)

    def position(day: date) -> tuple[int, int]:
        with buying.office.db.read_session() as session:
            ((_, said),) = suggestions_at(session, today=day, now=buying.office.now, zone=ZONE, rules=RULES)
        return said.usable, said.coming

    assert position(then - timedelta(days=1)) == (0, 0)
    assert position(then) == (20, 30)
    assert position(then + timedelta(days=2)) == (20, 30)
    assert position(buying.today) == (50, 0)


def test_one_item_is_explained_with_what_happened_since_the_check(buying: Buying) -> None:
    buying.item()
    buying.check()
    buying.arrives("GLOVE-M", 300)
    with buying.office.db.read_session() as session:
        found = explain(session, "glove-m", now=buying.office.now, today=buying.today, zone=ZONE, rules=RULES)
        assert (found.suggestion.usable, found.suggestion.quantity) == (300, 0)
        with pytest.raises(NotFound):
            explain(session, "NOPE", now=buying.office.now, today=buying.today, zone=ZONE, rules=RULES)


def test_the_number_of_statements_does_not_follow_the_number_of_items(buying: Buying) -> None:
    def statements() -> int:
        counted: list[str] = []
        engine = buying.office.db.writer

        def count(_c: object, _cursor: object, statement: str, *_: object) -> None:
            counted.append(statement)

        event.listen(engine, "before_cursor_execute", count)
        buying.check()
        event.remove(engine, "before_cursor_execute", count)
        return len(counted)

    buying.item("A")
    statements()  # makes the supplier
    few = statements()
    for number in range(30):
        buying.item(f"B{number}", days=1)
    assert statements() == few


def test_everything_a_person_does_is_in_the_audit_trail(buying: Buying) -> None:
    buying.item()
    buying.check()
    order = buying.order()
    buying.take_back(str(order.number))
    skip(buying, "GLOVE-M", buying.today + timedelta(days=5))
    with buying.office.db.read_session() as session:
        said = set(session.execute(sa.text("SELECT action, subject FROM audit_entries")).tuples())
        assert list(chain.verify(session)) == []
    assert {
        ("supplier.add", f"supplier {HARBOR}"),
        ("order.place", f"order {order.number}"),
        ("order.cancel", f"order {order.number}"),
        ("reorder.skip", "item GLOVE-M"),
    } <= said


def test_lines_are_by_supplier_and_the_most_urgent_first(buying: Buying) -> None:
    buying.item("LATER", supplier="Bluebird")
    buying.arrives("LATER", 20)
    buying.item("SOON", supplier="Bluebird")
    buying.item("NOBODY", supplier=None)
    buying.item("OTHER", supplier="Alpha")
    buying.check()
    with buying.office.db.read_session() as session:
        assert [line.sku for line in suggestion_lines(session)] == ["OTHER", "SOON", "LATER", "NOBODY"]
