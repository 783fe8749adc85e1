"""What the working pages read, on both databases: states of items, expiry, shelves, movements, weekly use."""

from datetime import date, timedelta
from uuid import UUID

from supply.stations.settling import undo_scan
from supply.stock import expiry, item_states, ledger_lines, shelves, usage
from supply.stock.item_sheet import item_sheet
from supply.stock.models import DailyUsage, LotState, MovementKind
from tests.factories import GLOVES, SYRINGES, ZONE, Office, gs1

SOON = 30


def test_an_item_stands_as_its_lots_do(either_office: Office) -> None:
    room = either_office
    room.item(reorder_point=20, par_level=40)
    room.item("SYR", gtin=SYRINGES, name="Syringe")
    room.receive("A", "261210", 4)
    room.receive("B", "270300", 6)
    room.receive("C", "280101", 5)
    room.set_state("C", LotState.held)
    with room.db.read_session() as session:
        gloves, syringe = item_states.item_states(session, today=room.today, soon_days=SOON)
        later = item_states.item_states(session, today=date(2027, 1, 1), soon_days=SOON)[0]
    assert (gloves.on_hand, gloves.usable, gloves.expired, gloves.soon) == (15, 10, 0, 4)
    assert (gloves.next_expiry, gloves.next_precision, gloves.state) == (date(2026, 12, 10), "day", "short")
    assert (later.usable, later.expired, later.next_precision, later.state) == (6, 4, "month", "expired")
    assert (syringe.on_hand, syringe.next_expiry, syringe.state) == (0, None, "none")


def test_lots_leave_by_the_items_own_rule_and_barred_ones_last(either_office: Office) -> None:
    room = either_office
    room.item(rotation="fefo")
    for lot, day in (("LATE", "280101"), ("EARLY", "270101"), ("HELD", "261201")):
        room.receive(lot, day)
    room.set_state("HELD", LotState.held)
    with room.db.read_session() as session:
        lots = item_sheet(session, "GLOVE-M", today=room.today, soon_days=SOON).lots
    assert [(lot.number, lot.is_first, lot.state) for lot in lots] == [
        ("EARLY", True, "ok"),
        ("LATE", False, "ok"),
        ("HELD", False, "held"),
    ]
    assert lots[2].reason == "test"


def test_expiring_lots_come_earliest_first_and_page_by_page(either_office: Office) -> None:
    room = either_office
    room.item(price=20_000)
    for n in range(5):
        room.receive(f"L{n}", f"2612{20 - n:02}", n + 1)
    until = room.today + timedelta(days=SOON)
    with room.db.read_session() as session:
        first = expiry.expiring_lots(session, today=room.today, until=until, limit=3)
        rest = expiry.expiring_lots(session, today=room.today, until=until, limit=3, after=first[-1].key)
        sums = expiry.expiry_sums(session, spans={"all": (None, until), "last": (until, until)})
    assert [lot.number for lot in (*first, *rest)] == ["L4", "L3", "L2", "L1", "L0"]
    assert first[0].value == 5 * 20_000
    assert (sums["all"].rows, sums["all"].value, sums["last"].rows) == (5, 15 * 20_000, 0)


def test_shelves_are_read_in_order_without_gap_or_double(either_office: Office) -> None:
    room = either_office
    room.place("ROOM-1", "STOREROOM")
    room.item(price=10_000)
    room.item("SYR", gtin=SYRINGES, name="a syringe")
    room.receive("A", "280101", 2)
    room.receive("B", "280101", 3, location="ROOM-1")
    room.receive("C", "280101", 4, gtin=SYRINGES)
    read = {"within": None, "today": room.today, "soon_days": SOON}
    with room.db.read_session() as session:
        everything = shelves.shelf_lines(session, limit=9, **read)
        one_by_one = [everything[0]]
        while more := shelves.shelf_lines(session, limit=1, after=one_by_one[-1].key, **read):
            one_by_one += more
        sums = {place.code: place for place in shelves.place_sums(session)}
    assert [line.number for line in everything] == ["C", "A", "B"]
    assert one_by_one == everything
    storeroom, room_1 = sums["STOREROOM"], sums["ROOM-1"]
    assert (storeroom.items, storeroom.lots, storeroom.value, storeroom.depth) == (2, 3, 50_000, 0)
    assert (room_1.items, room_1.lots, room_1.value, room_1.depth) == (1, 1, 30_000, 1)


def test_a_rare_kind_is_found_through_windows_of_bounded_size(either_office: Office, monkeypatch) -> None:
    room = either_office
    room.item()
    room.receive("A", "280101", 9)
    for _ in range(5):
        room.scan(gs1(GLOVES, lot="A"))
    monkeypatch.setattr(ledger_lines, "LOOKED_AT", 2)
    with room.db.read_session() as session:
        item = item_sheet(session, "GLOVE-M", today=room.today, soon_days=SOON).item.id
        found, before, pages = [], None, 0
        while pages == 0 or before is not None:
            page = ledger_lines.latest_movements(session, item_id=item, kind=MovementKind.receipt, before=before)
            found, before, pages = [*found, *page.lines], page.next_before, pages + 1
    assert [line.kind for line in found] == [MovementKind.receipt]
    assert pages == 4


def test_weekly_use_takes_off_what_came_back_or_was_undone(either_office: Office) -> None:
    room = either_office
    room.item()
    room.receive("A", "290101", 50)
    room.scan(gs1(GLOVES, lot="A"), quantity=10)
    room.later(days=7)
    room.scan(gs1(GLOVES, lot="A"), quantity=4)
    room.scan(gs1(GLOVES, lot="A"), "return", quantity=1)
    undone = room.scan(gs1(GLOVES, lot="A"), quantity=7)
    room.scan(gs1(GLOVES, lot="A"), "discard", quantity=2, reason="broken")
    undo(room, undone.answer["request_id"])
    with room.db.read_session() as session:
        item = item_sheet(session, "GLOVE-M", today=room.today, soon_days=SOON).item.id
        weeks = usage.weekly_use(session, item_id=item, today=room.today, zone=ZONE, weeks=3)
    assert [(week.monday, week.quantity) for week in weeks] == [
        (date(2026, 11, 16), 0),
        (date(2026, 11, 23), 10),
        (date(2026, 11, 30), 3),
    ]


def test_a_day_in_the_history_counts_by_it(either_office: Office) -> None:
    room = either_office
    item, place = room.item().id, 0
    room.receive("A", "290101", 50)
    room.scan(gs1(GLOVES, lot="A"), quantity=10)
    with room.db.read_session() as session:
        place = {one.code: one.id for one in shelves.place_sums(session)}["STOREROOM"]
    for day, quantity in ((room.today, 12), (date(2026, 11, 17), 5)):
        row = DailyUsage(item_id=item, used_on=day, location_id=place, department="", quantity=quantity)
        room.db.transact(lambda session, row=row: session.add(row))
    with room.db.read_session() as session:
        weeks = usage.weekly_use(session, item_id=item, today=room.today, zone=ZONE, weeks=2)
        none = usage.weekly_use(session, item_id=item, today=date(2028, 1, 1), zone=ZONE, weeks=2)
    assert [week.quantity for week in weeks] == [5, 12]
    assert none == []


def undo(room: Office, request_id: str) -> None:
    """Take a scan back."""
    room.db.transact(lambda s: undo_scan(s, request_id=UUID(request_id), by=room.local, now=room.now, rules=room.rules))
