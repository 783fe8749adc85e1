"""The expiry ladder: each lot is one alert that rises through the steps, on its day, in words for the person."""

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest

from supply.alerts.alert_lines import AlertLine, open_alerts
from supply.alerts.audience import EVERY
from supply.alerts.book import Changed, acknowledge
from supply.monitoring.checks import Limits, When, run_checks
from supply.monitoring.expiry import expiry_cause
from supply.stock.expiry import ExpiringLot
from supply.stock.models import LotState
from tests.factories import ZONE, Office

LADDER = (90, 60, 30, 7, 0)


def lot(days_left: int, **fields: object) -> ExpiringLot:
    values = {
        "lot_id": 7, "sku": "GLOVE-M", "name": "Nitrile gloves M", "unit": "box", "number": "A1",
        "expiry": date(2026, 11, 23) + timedelta(days=days_left), "precision": "day", "location": "STOREROOM",
        "place": "Storeroom", "owner": "office", "quantity": 3, "unit_cost": 20_000, "state": "open", "location_id": 1,
        "days_left": days_left,
    }  # fmt: skip
    return ExpiringLot(**{**values, **fields})


def look(office: Office, ladder: tuple[int, ...] = LADDER) -> Changed:
    when = When(office.now, office.today, ZONE)
    return office.db.transact(lambda s: run_checks(s, names=("expiry",), when=when, limits=Limits(expiry_days=ladder)))


def standing(office: Office) -> list[AlertLine]:
    with office.db.read_session() as session:
        return open_alerts(session, roles=EVERY)


@pytest.mark.parametrize(
    ("days_left", "severity", "level", "group"),
    [
        (91, None, 0, ""),
        (90, "note", 1, "lots expire in 61 to 90 days"),
        (61, "note", 1, "lots expire in 61 to 90 days"),
        (60, "note", 2, "lots expire in 31 to 60 days"),
        (30, "soon", 3, "lots expire in 8 to 30 days"),
        (8, "soon", 3, "lots expire in 8 to 30 days"),
        (7, "short", 4, "lots expire in 1 to 7 days"),
        (1, "short", 4, "lots expire in 1 to 7 days"),
        (0, "stop", 5, "lots expire today"),
        (-1, "stop", 5, "lots have expired and still stand on a shelf"),
        (-400, "stop", 5, "lots have expired and still stand on a shelf"),
    ],
)
def test_each_day_has_its_step(days_left: int, severity: str | None, level: int, group: str) -> None:
    cause = expiry_cause([lot(days_left)], LADDER)
    if severity is None:
        assert cause is None
    else:
        assert cause is not None
        assert (cause.severity, cause.level, cause.group_words) == (severity, level, group)


@pytest.mark.parametrize(("ladder", "days_left", "told"), [((14,), 20, False), ((14,), 14, True), ((14,), -1, True)])
def test_a_ladder_of_the_offices_own_decides_and_what_has_expired_is_always_told(
    ladder: tuple[int, ...], days_left: int, told: bool
) -> None:
    cause = expiry_cause([lot(days_left)], ladder)
    assert (cause is not None) == told
    if days_left < 0:
        assert cause is not None
        assert cause.severity == "stop"


def test_the_words_say_what_where_and_what_to_do() -> None:
    soon = expiry_cause([lot(27), lot(27, place="Exam 1", location_id=2, quantity=1)], LADDER)
    assert soon is not None
    assert soon.message == (
        "Nitrile gloves M, lot A1, expires 2026-DEC-20, within 30 days. 4 boxes in Storeroom, Exam 1. Use it first."
    )
    assert (soon.link, soon.value, soon.role) == ("/expiry?show=30", 80_000, "manager")
    over = expiry_cause([lot(-3, precision="month", expiry=date(2026, 11, 20), owner="VFC", number="")], LADDER)
    assert over is not None
    assert over.message == (
        "Nitrile gloves M, no lot number, of VFC, expired 2026-NOV (last day). 3 boxes in Storeroom. "
        "Do not use it; throw it out."
    )
    assert (over.link, over.verb, over.role) == ("/expiry?show=expired", "Throw out", "nurse")
    today = expiry_cause([lot(0)], LADDER)
    assert today is not None
    assert "expires today" in today.message
    many = expiry_cause([lot(5, place=f"Room {n}", location_id=n, unit="each") for n in range(5)], LADDER)
    assert many is not None
    assert "15 of them in Room 0, Room 1, Room 2 and 2 more places." in many.message


def test_a_lot_is_one_alert_that_rises_on_the_day_of_each_step(office: Office) -> None:
    office.item()
    office.receive("A1", "270301")  # 98 days ahead
    risen: list[tuple[int, str]] = []
    for _ in range(110):
        changed = look(office)
        if changed.opened or changed.risen:
            (line,) = standing(office)
            risen.append(((date(2027, 3, 1) - office.today).days, line.severity))
            see = partial(acknowledge, alert_id=line.id, actor=office.local, now=office.now)
            office.db.transact(see)
        office.later(days=1)
    assert risen == [(90, "note"), (60, "note"), (30, "soon"), (7, "short"), (0, "stop")]
    (line,) = standing(office)
    assert line.opened_at == datetime(2026, 12, 1, 15, tzinfo=UTC)
    assert line.message.startswith("Nitrile gloves M, lot A1, expired 2027-MAR-01.")
    office.scan("0109520123456788" + "17270301" + "10A1", "discard")
    assert len(look(office).closed) == 1
    assert standing(office) == []


def test_a_date_without_a_day_is_the_last_of_its_month(office: Office) -> None:
    office.item()
    office.receive("A1", "261200")
    look(office)
    (line,) = standing(office)
    assert "expires 2026-DEC (last day), within 60 days" in line.message  # 38 days to December 31
    assert line.level == 2


def test_the_last_day_is_the_offices_not_the_clocks_of_the_world(office: Office) -> None:
    office.item()
    office.receive("A1", "261124")
    office.now = datetime(2026, 11, 25, 4, 30, tzinfo=UTC)  # 23:30 on November 24 in New York
    look(office)
    assert "expires today" in standing(office)[0].message
    office.later(hours=1)
    look(office)
    assert "expired 2026-NOV-24" in standing(office)[0].message


def test_a_recalled_lot_on_the_shelf_is_told_as_recalled_only(office: Office) -> None:
    office.item()
    office.receive("A1", "261130")
    office.set_state("A1", LotState.recalled)
    look(office)
    (line,) = standing(office)
    assert (line.kind, line.severity, line.role) == ("recall", "stop", "nurse")
    assert line.message == (
        "Nitrile gloves M, lot A1, is recalled. 1 box in Storeroom. "
        "Do not use it; put it on the hold shelf or throw it out."
    )
    office.set_state("A1", LotState.open)
    look(office)
    assert [line.kind for line in standing(office)] == ["expiry"]


def test_other_checks_close_what_was_thrown_out_but_open_and_raise_nothing(office: Office) -> None:
    office.item()
    office.receive("A1", "261124")
    office.receive("B2", "261226")
    look(office)
    office.receive("C3", "261125")
    office.scan("010952012345678817261124" + "10A1", "discard")
    office.later(days=10)
    when = When(office.now, office.today, ZONE)
    changed = office.db.transact(lambda s: run_checks(s, names=("scans",), when=when))
    assert (len(changed.closed), changed.opened, changed.risen) == (1, (), ())
    (line,) = standing(office)
    assert (line.subject, line.severity) == ("lot 2", "note")  # it is within 30 days by now; expiry says so at its hour
