"""Labels that print as boxes come in: queued with the receipt, once for each scan, and never in its way."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from supply.labels import print_jobs
from supply.labels.content import from_payload
from supply.labels.models import PrintJob, PrintState
from supply.stations import sessions
from supply.stations.models import Device
from supply.stations.receipt_labels import MOST_AT_ONCE, receipt_labels
from supply.stations.scans import Stored, handle_scan
from supply.stations.settling import undo_scan
from tests.factories import GLOVES, Office, gs1


@pytest.fixture
def office(either_office: Office) -> Office:
    """An office on each database, with gloves, a receiving bench with a printer and a kiosk without one."""
    office = either_office
    office.item()
    office.rules = replace(office.rules, labels_at_receipt=True)

    def furnish(session: Any) -> None:
        who: dict[str, Any] = {"actor_id": office.local.person_id, "now": office.now}
        for code, mode in (("receiving-1", "receive"), ("kiosk-1", "use")):
            sessions.add_station(session, code=code, name=code, location="STOREROOM", mode=mode, **who)
        bench = sessions.find_station(session, "receiving-1")
        settings = {"host": "127.0.0.1", "paper": "57x32"}
        sessions.add_device(session, station=bench, name="printer-1", driver="escpos-network", settings=settings, **who)

    office.db.transact(furnish)
    return office


def jobs(office: Office) -> list[PrintJob]:
    with office.db.read_session() as session:
        return list(session.scalars(sa.select(PrintJob).order_by(PrintJob.id)))


def receive(office: Office, lot: str = "A1", **fields: Any) -> Stored:
    return office.scan(gs1(GLOVES, lot=lot, expiry="280101"), "receive", station="receiving-1", **fields)


def undo(office: Office, stored: Stored) -> None:
    key = stored.answer["request_id"]
    office.db.transact(
        lambda s: undo_scan(s, request_id=UUID(key), by=office.local, now=office.now, rules=office.rules)
    )


def test_a_box_that_comes_in_queues_a_label_of_its_lot_at_the_stations_printer(office: Office) -> None:
    stored = receive(office)
    (job,) = jobs(office)
    label = from_payload(job.payload)
    assert (stored.status, stored.answer["warnings"]) == (201, [])
    assert (job.state, job.copies, job.template) == (PrintState.queued, 1, "lot")
    assert label.barcode.text == gs1(GLOVES, lot="A1", expiry="280101")
    with office.db.read_session() as session:
        assert session.get_one(Device, job.device_id).name == "printer-1"


def test_each_box_gets_its_label_and_several_at_once_get_as_many(office: Office) -> None:
    receive(office)
    receive(office)
    receive(office, quantity=8)
    assert [job.copies for job in jobs(office)] == [1, 1, 8]


def test_the_same_scan_sent_again_prints_nothing_again(office: Office) -> None:
    body = {
        "request_id": str(uuid4()),
        "barcode": gs1(GLOVES, lot="A1", expiry="280101"),
        "action": "receive",
        "station": "receiving-1",
    }
    for _ in range(3):
        office.send(body)
    assert len(jobs(office)) == 1


@pytest.mark.parametrize("station", [None, "kiosk-1", "nowhere"])
def test_a_station_without_a_printer_prints_nothing_and_says_nothing(office: Office, station: str | None) -> None:
    fields = {"station": station} if station else {}
    stored = office.scan(gs1(GLOVES, lot="A1", expiry="280101"), "receive", **fields)
    assert (stored.status, stored.answer["warnings"]) == (201, [])
    assert jobs(office) == []


def test_an_office_that_wants_no_labels_at_receipt_gets_none(office: Office) -> None:
    office.rules = replace(office.rules, labels_at_receipt=False)
    receive(office)
    assert jobs(office) == []


def test_only_what_comes_in_is_labelled(office: Office) -> None:
    receive(office)
    office.scan(gs1(GLOVES, lot="A1"), "use", station="receiving-1")
    refused = office.scan(gs1(GLOVES, lot="OLD", expiry="200101"), "receive", station="receiving-1")
    assert refused.status == 422
    assert len(jobs(office)) == 1


def test_a_label_that_cannot_be_queued_is_a_warning_and_the_box_is_in_all_the_same(office: Office) -> None:
    stored = receive(office, quantity=MOST_AT_ONCE + 1)
    (warning,) = stored.answer["warnings"]
    assert stored.status == 201
    assert (warning["code"], "too many" in warning["message"]) == ("label_not_printed", True)
    assert office.stock()["A1"] == MOST_AT_ONCE + 1
    assert jobs(office) == []


def test_a_full_queue_is_a_warning_too(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(print_jobs, "MOST_WAITING", 1)
    receive(office)
    stored = receive(office)
    assert [one["code"] for one in stored.answer["warnings"]] == ["label_not_printed"]
    assert office.stock()["A1"] == 2
    assert office.faults() == []


def test_undoing_the_receipt_cancels_a_label_that_still_waits(office: Office) -> None:
    stored = receive(office)
    undo(office, stored)
    assert [job.state for job in jobs(office)] == [PrintState.cancelled]


def test_undoing_leaves_a_label_that_is_being_printed_or_out(office: Office) -> None:
    for end in (False, True):
        stored = receive(office)
        device = jobs(office)[-1].device_id
        job = office.db.transact(lambda s, d=device: print_jobs.take_next(s, device_id=d, now=office.now))
        if end:
            office.db.transact(lambda s, j=job.id: print_jobs.printed(s, job_id=j, now=office.now))
        undo(office, stored)
    assert [job.state for job in jobs(office)] == [PrintState.sending, PrintState.printed]


def test_how_the_labels_of_receipts_got_on_is_told_by_their_scans_with_the_latest_reprint(office: Office) -> None:
    first, second = (UUID(receive(office, lot).answer["request_id"]) for lot in ("A1", "B2"))
    office.db.transact(
        lambda s: print_jobs.reprint(
            s, request_id=uuid4(), job_id=jobs(office)[0].id, actor_id=office.local.person_id, now=office.now
        )
    )
    with office.db.read_session() as session:
        lines = receipt_labels(session, [first, second, uuid4()])
    assert set(lines) == {first, second}
    assert (lines[first].reprint_of, lines[first].first) == (jobs(office)[0].id, jobs(office)[0].id)
    assert (lines[second].words, lines[second].printer) == ("Lot B2, 2028-JAN-01", "printer-1")


def test_the_receipt_and_its_label_are_one_transaction(office: Office) -> None:
    """What fails after both leaves neither."""
    body = {
        "request_id": str(uuid4()),
        "barcode": gs1(GLOVES, lot="A1", expiry="280101"),
        "action": "receive",
        "station": "receiving-1",
    }

    def fail(session: Any) -> None:
        handle_scan(session, body=body, sender=office.local, now=office.now, rules=office.rules)
        raise RuntimeError("the power goes")

    with pytest.raises(RuntimeError):
        office.db.transact(fail)
    assert jobs(office) == []
    assert office.movements() == []
