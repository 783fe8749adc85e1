"""The other checks: what each says, when it begins to, and that it is over when its cause is."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from supply.alerts.alert_lines import AlertLine, open_alerts
from supply.alerts.audience import EVERY
from supply.alerts.book import RANKS, Changed
from supply.audit.chain import Fault
from supply.backup.records import note_backup, note_check
from supply.errors import NotFound
from supply.labels.models import PrintJob, PrintState
from supply.monitoring.checks import CHECKS, Limits, When, run_checks
from supply.monitoring.reorder import short_cause
from supply.monitoring.waste import deadline_cause
from supply.purchasing import suggestions, suppliers
from supply.purchasing.models import ReorderSuggestion, Supplier
from supply.staff import people, training
from supply.staff.permissions import Role
from supply.staff.training import TrainingFields
from supply.stations.device_scans import note_device_state
from supply.stations.installing import StationPlan, install
from supply.stations.models import Device
from supply.stock.item_states import ItemState
from supply.stock.models import Item, LotState
from supply.waste.deadlines import Deadline
from tests.conftest import NOW
from tests.factories import GLOVES, ZONE, Office, gs1

TODAY = date(2026, 11, 23)


@pytest.fixture
def look(office: Office) -> Callable[..., Changed]:
    """Runs checks by name at the office's moment."""

    def run(*names: str) -> Changed:
        when = When(office.now, office.today, ZONE)
        return office.db.transact(lambda s: run_checks(s, names=names, when=when, limits=Limits()))

    return run


@pytest.fixture
def look_at() -> Callable[..., Changed]:
    """Runs checks by name at that office's moment."""

    def run(office: Office, *names: str) -> Changed:
        when = When(office.now, office.today, ZONE)
        return office.db.transact(lambda s: run_checks(s, names=names, when=when, limits=Limits()))

    return run


def standing(office: Office) -> list[AlertLine]:
    with office.db.read_session() as session:
        return open_alerts(session, roles=EVERY)


def test_a_check_that_does_not_exist_is_named(look: Callable[..., Changed]) -> None:
    with pytest.raises(NotFound, match="no check named 'weather'. There are: expiry"):
        look("weather")


def test_every_kind_belongs_to_one_check_and_says_why_it_closes() -> None:
    kinds = [kind for check in CHECKS.values() for kind in check.KINDS]
    assert len(kinds) == len(set(kinds))
    assert all(check.GONE[kind] for check in CHECKS.values() for kind in check.KINDS)


def state(usable: int, point: int | None = 4, **fields: Any) -> ItemState:
    values = {"item_id": 1, "sku": "GLOVE-M", "name": "Nitrile gloves M", "unit": "box", "reorder_point": point,
              "par_level": 10, "on_hand": usable, "usable": usable, "expired": 0, "soon": 0, "next_expiry": None,
              "next_precision": None}  # fmt: skip
    return ItemState(**{**values, **fields})


@pytest.mark.parametrize(
    ("item", "severity", "words"),
    [
        (state(4), None, ""),
        (state(3), "short", "Nitrile gloves M: 3 boxes left, reorder at 4 boxes. Order it."),
        (state(0), "stop", "Nitrile gloves M: none left to use. Order it now."),
        (
            state(0, expired=2),
            "stop",
            "Nitrile gloves M: none left to use. 2 boxes on the shelf have expired. Order it now.",
        ),
        (state(0, 0), None, ""),
        (state(0, None), None, ""),
    ],
)
def test_an_item_is_low_below_its_reorder_point_and_never_without_one(
    item: ItemState, severity: str | None, words: str
) -> None:
    cause = short_cause(item, None)
    assert (cause and (cause.severity, cause.message)) == (severity and (severity, words))


def test_an_item_runs_low_and_is_received(office: Office, look: Callable[..., Changed]) -> None:
    office.item(reorder_point=2)
    look("reorder")
    assert [line.severity for line in standing(office)] == ["stop"]
    office.receive("A1", "290101")
    assert look("reorder").opened == ()
    assert [line.message for line in standing(office)] == [
        "Nitrile gloves M: 1 box left, reorder at 2 boxes. Order it."
    ]
    office.receive("B2", "290101")
    assert len(look("scans").closed) == 1  # whichever check comes next sees that it is here
    assert standing(office) == []


def suggestion(item_id: int, supplier_id: int | None, **fields: Any) -> ReorderSuggestion:
    values = {"item_id": item_id, "supplier_id": supplier_id, "computed_at": NOW, "computed_for": TODAY, "quantity": 20,
              "packs": 2, "usable": 3, "on_order": 0, "days_left": None, "lead_days": 5.0, "price": 10_000,
              "reason": "Few left.", "flags": "", "numbers": {"pack": 10, "remarks": []}}  # fmt: skip
    return ReorderSuggestion(**{**values, **fields})


def test_suggestions_are_one_line_with_their_cost_until_all_are_answered(
    either_office: Office, look_at: Callable[..., Changed]
) -> None:
    office = either_office
    items = [office.item(f"S{n}", gtin=None, name=f"Item {n}", reorder_point=5) for n in range(3)]

    def suggest(session: Any) -> None:
        suppliers.ensure_suppliers(session, ["ACME"], actor_id=None, now=office.now)
        found = session.scalar(sa.select(Supplier.id))
        session.add_all([suggestion(items[0].id, found), suggestion(items[1].id, None, price=None)])
        session.add(suggestion(items[2].id, found, quantity=0, packs=0, on_order=9))

    office.db.transact(suggest)
    look_at(office, "reorder")
    said = {line.subject: (line.message, line.value, line.severity) for line in standing(office)}
    assert said["reorder"] == ("2 items to order from 1 supplier. Look them through and order.", 20_000, "note")
    assert said["item S0"][2] == "stop"
    assert said["item S2"][0] == "Item 2: none left to use. 9 boxes on order."
    assert said["item S2"][2] == "short"
    office.db.transact(
        lambda s: suggestions.skip(
            s, sku="S0", reason="Not now", until=date(2026, 12, 1), actor_id=office.local.person_id, now=office.now,
            today=office.today,
        )
    )  # fmt: skip
    office.db.transact(
        lambda s: s.execute(sa.delete(ReorderSuggestion).where(ReorderSuggestion.item_id == items[1].id))
    )
    assert len(look_at(office, "scans").closed) == 2  # put off, and nothing left to suggest
    assert {line.subject for line in standing(office)} == {"item S1", "item S2"}


def test_scans_that_wait_a_day_are_told_with_their_number(office: Office, look: Callable[..., Changed]) -> None:
    office.scan("0104006381333931")
    office.later(hours=1)
    office.scan("0104006381333948")
    look("scans")
    assert standing(office) == []
    office.later(hours=23)
    look("scans")
    (line,) = standing(office)
    assert line.message == ("2 scans of codes that nothing here knows wait, since 2026-NOV-23. Say what each code is.")
    assert (line.subject, line.link, line.role) == ("unresolved", "/scans/unresolved", "manager")


def test_what_was_used_against_a_rule_is_told_at_once(office: Office, look: Callable[..., Changed]) -> None:
    office.item()
    office.receive("A1", "290101")
    office.set_state("A1", LotState.recalled)
    office.scan(gs1(GLOVES, lot="A1", expiry="290101"), "use", reason="already_used")
    look("scans")
    assert [(line.subject, line.severity) for line in standing(office)] == [("exception", "short")]


@pytest.fixture
def device(office: Office) -> Callable[..., None]:
    """Says what the worker sees of the one scanner."""
    plan = StationPlan("kiosk-1", "Kiosk", "STOREROOM", "use", [("scanner-1", "serial", {"port": "/dev/x"})])
    office.db.transact(lambda s: install(s, stations=[plan], now=office.now))

    def say(state: str, words: str = "") -> None:
        def note(session: Any) -> None:
            number = session.scalar(sa.select(Device.id))
            note_device_state(session, device_id=number, state=state, words=words, last_activity_at=None)

        office.db.transact(note)

    return say


def test_a_device_that_fails_for_ten_minutes_is_told_and_one_that_comes_back_is_not(
    office: Office, look: Callable[..., Changed], device: Callable[..., None]
) -> None:
    opened = []
    for minute, state in enumerate(["failed", "open", "reconnecting", "failed", "failed", "failed"]):
        device(state, "No such port.")
        opened.append((minute * 5, len(look("stations").opened)))
        office.later(minutes=5)
    assert opened == [(0, 0), (5, 0), (10, 0), (15, 0), (20, 1), (25, 0)]
    (line,) = standing(office)
    assert line.message == "scanner-1 at kiosk-1 does not work: No such port. Check its cable and its power."
    device("open")
    assert len(look("stations").closed) == 1


def test_a_station_where_nobody_scans_is_no_trouble(
    office: Office, look: Callable[..., Changed], device: Callable[..., None]
) -> None:
    device("closed")
    office.later(days=30)
    assert look("stations") == Changed()


def test_labels_that_wait_for_a_person_are_one_alert_for_each_printer(
    office: Office, look: Callable[..., Changed]
) -> None:
    def queue(session: Any) -> None:
        attention, unknown, printed = PrintState.attention, PrintState.unknown, PrintState.printed
        stuck_at = [(9, attention), (9, unknown), (9, attention), (8, unknown), (7, printed)]
        for n, (host, stuck) in enumerate(stuck_at):
            address = f"10.0.0.{host}:9100"
            words = "The paper is out." if stuck is attention else ""
            session.add(
                PrintJob(
                    request_id=UUID(int=n), template="lot", payload={}, subject=f"lot {n}", copies=1,
                    address=address, state=stuck, state_words=words, queued_at=office.now,
                    queued_by_id=office.local.person_id,
                )
            )  # fmt: skip

    office.db.transact(queue)
    look("printing")
    both = (
        "2 labels at 10.0.0.9:9100 did not come out: The paper is out. "
        "1 label at 10.0.0.9:9100 may or may not have come out. Look, and say which."
    )
    assert [(line.subject, line.message) for line in standing(office)] == [
        ("printer 10.0.0.8:9100", "1 label at 10.0.0.8:9100 may or may not have come out. Look, and say which."),
        ("printer 10.0.0.9:9100", both),
    ]


def test_a_printer_that_fails_is_told_once_a_label_waited_ten_minutes_and_is_over_when_it_prints(
    office: Office, look: Callable[..., Changed]
) -> None:
    settings = {"host": "127.0.0.1", "port": 9100}
    plan = StationPlan("desk-1", "Desk", "STOREROOM", "receive", [("printer-1", "escpos-network", settings)])
    office.db.transact(lambda s: install(s, stations=[plan], now=office.now))

    def say(state: str, words: str) -> None:
        office.db.transact(
            lambda s: note_device_state(
                s, device_id=s.scalar(sa.select(Device.id)), state=state, words=words, last_activity_at=None
            )
        )

    def queue(session: Any) -> None:
        number = session.scalar(sa.select(Device.id))
        session.add(
            PrintJob(
                request_id=UUID(int=1), template="lot", payload={}, subject="lot 1", copies=1, device_id=number,
                state=PrintState.queued, queued_at=office.now, queued_by_id=office.local.person_id,
            )
        )  # fmt: skip

    say("failed", "printer-1 has no paper. Put in a roll; it goes on by itself.")
    office.later(hours=1)
    assert look("printing") == Changed(), "nobody waits for it"
    office.db.transact(queue)
    office.later(minutes=10)
    assert look("printing") == Changed(), "a roll is being changed"
    office.later(minutes=1)
    assert len(look("printing").opened) == 1
    (line,) = standing(office)
    assert (line.kind, line.subject) == ("printer", "printer printer-1 at desk-1")
    assert (line.role, line.link) == ("receiver", "/labels/queue")
    assert line.message == (
        "1 label waits at printer-1, desk-1: printer-1 has no paper. Put in a roll; it goes on by itself."
    )
    say("open", "printer-1 is ready.")
    assert len(look("printing").closed) == 1


def test_a_training_is_told_at_60_30_and_0_days_and_a_renewal_ends_it(
    office: Office, look: Callable[..., Changed]
) -> None:
    wes = office.person("wes", Role.waste)

    def train(day: date) -> None:
        fields = TrainingFields("hazmat", day, 1, "Packaging and papers", "A. Trainer", "1 Main St")
        office.db.transact(
            lambda s: training.record_training(
                s, person_id=wes.person_id, fields=fields, by=office.local, now=office.now, today=office.today
            )
        )

    train(date(2026, 1, 26))
    found = []
    for _ in range(66):
        changed = look("staff")
        if changed.opened or changed.risen:
            found.append((office.today.isoformat(), standing(office)[0].severity))
        office.later(days=1)
    end = training_end(office, wes.person_id)
    assert found == [
        ((end - timedelta(days=days)).isoformat(), severity)
        for days, severity in ((60, "note"), (30, "soon"), (0, "short"), (-1, "stop"))
    ]
    assert "no paper may be signed" in standing(office)[0].message
    train(office.today)
    look("staff")
    assert standing(office) == []


def training_end(office: Office, person_id: int) -> date:
    with office.db.read_session() as session:
        held = training.current(session, person_id=person_id, kind="hazmat", today=office.today)
    assert held is not None
    assert held.valid_until is not None
    return held.valid_until


def test_who_has_left_needs_no_training(office: Office, look: Callable[..., Changed]) -> None:
    wes = office.person("wes", Role.waste)
    fields = TrainingFields("hazmat", date(2025, 11, 1), 1, "Papers", "A. Trainer", "1 Main St")
    office.db.transact(
        lambda s: training.record_training(
            s, person_id=wes.person_id, fields=fields, by=office.local, now=office.now, today=office.today
        )
    )
    assert len(look("staff").opened) == 1
    office.db.transact(lambda s: people.disable_person(s, person_id=wes.person_id, by=office.local, now=office.now))
    assert len(look("staff").closed) == 1


def test_a_backup_older_than_26_hours_is_told_with_why_and_ends_with_a_good_one(
    office: Office, look: Callable[..., Changed]
) -> None:
    def backup(failed: str | None = None) -> None:
        office.db.transact(lambda s: note_backup(s, at=office.now, path=Path("x.db"), failed=failed))

    backup()
    office.later(hours=26)
    assert look("backup") == Changed()
    backup("The disk is full.")
    office.later(minutes=1)
    look("backup")
    (line,) = standing(office)
    assert (line.severity, line.role) == ("stop", "admin")
    assert "The last good backup is of 2026-NOV-23 10:00. The last try failed: The disk is full." in line.message
    backup()
    assert len(look("backup").closed) == 1


def test_an_office_without_any_backup_is_told_after_its_first_day(office: Office, look: Callable[..., Changed]) -> None:
    assert look("backup") == Changed()
    office.later(hours=27)
    look("backup")
    assert standing(office)[0].message.startswith("There is no good backup yet.")


def test_books_that_do_not_add_up_are_told_until_they_do(office: Office, look: Callable[..., Changed]) -> None:
    def check(*faults: Fault) -> None:
        office.db.transact(lambda s: note_check(s, at=office.now, faults=faults))

    check(Fault("balance", "lot 3 at STOREROOM", "says 4, adds up to 5"))
    look("backup")
    (line,) = standing(office)
    assert "found 1 fault at 2026-NOV-23 10:00. The first: lot 3 at STOREROOM: says 4, adds up to 5." in line.message
    check()
    assert len(look("backup").closed) == 1


def deadline(kind: str, state: str, subject: str = "container W-000001") -> Deadline:
    return Deadline(kind, subject, TODAY, TODAY, state, 0, "It must be done: today.", False, None)


@pytest.mark.parametrize(
    ("kind", "soon", "late"),
    [
        ("storage", "short", "stop"),
        ("pickup_missed", "soon", "short"),
        ("copy", "soon", "short"),
        ("exception", "short", "stop"),
        ("registration", "soon", "stop"),
    ],
)
def test_a_deadline_of_waste_gets_worse_when_it_passes(kind: str, soon: str, late: str) -> None:
    found = {state: deadline_cause(deadline(kind, state)) for state in ("fine", "soon", "overdue")}
    assert found["fine"] is None
    before, after = found["soon"], found["overdue"]
    assert before is not None
    assert after is not None
    assert (before.severity, after.severity) == (soon, late)
    assert RANKS[after.severity] > RANKS[before.severity]
    assert after.urgency > before.urgency
    assert (after.kind, after.role, after.message[:20]) == (before.kind, "waste", "It must be done: tod")


def test_a_deadline_leads_to_its_container_and_says_when_the_rule_is_unconfirmed() -> None:
    cause = deadline_cause(Deadline("storage", "container W-000012", TODAY, TODAY, "soon", 0, "Due.", True, None))
    assert cause is not None
    assert cause.link == "/waste/containers/W-000012"
    assert cause.message == "Due. Book a pickup. Nobody here has confirmed this rule yet: verify it."
    assert deadline_cause(deadline("training", "overdue", "training of Wes")) is None


def test_a_whole_catalogue_is_looked_at_in_little_time(office: Office, look: Callable[..., Changed]) -> None:
    rows = [
        {"sku": f"S{n}", "sku_key": f"s{n}", "name": f"Item {n}", "unit": "each", "reorder_point": 0}
        for n in range(5_000)
    ]
    office.db.transact(lambda s: s.execute(sa.insert(Item), rows))
    office.item(reorder_point=2)
    began = datetime.now()
    assert len(look("reorder").opened) == 1
    assert (datetime.now() - began).total_seconds() < 5
