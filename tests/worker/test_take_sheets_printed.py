"""Take-sheets come out by themselves where a printer is named: once, or a sentence that says why not."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from supply.devices.emulators.ipp_printer import EmulatedSystemPrinter
from supply.jobs.models import JobName, JobRun
from supply.jobs.runner import run_due
from supply.jobs.timetable import JOBS
from supply.settings import Settings, load
from supply.stations import downtime
from supply.worker.document_printing import document_printing
from tests.factories import Office

ONLY = tuple(job for job in JOBS if job.name is JobName.take_sheets)


@pytest.fixture
def system(tmp_path: Path) -> Iterator[EmulatedSystemPrinter]:
    """The office's print system with one laser printer."""
    with EmulatedSystemPrinter(tmp_path / "out", queue="laser") as system:
        yield system


@pytest.fixture
def settings(tmp_path: Path, system: EmulatedSystemPrinter) -> Settings:
    """Take-sheets go to the laser printer."""
    found = load(None, {"SUPPLY_DATA": str(tmp_path / "data")})
    named = found.downtime.model_copy(update={"printer": "laser", "host": system.host, "port": system.port})
    return found.model_copy(update={"downtime": named})


@pytest.fixture
def stocked(either_office: Office) -> Office:
    """Gloves stand on the shelf."""
    either_office.item()
    either_office.receive("OLD", "280101", 5)
    return either_office


def night(office: Office, settings: Settings, **hours: float) -> JobRun | None:
    """The worker's next look at the timetable."""
    office.later(**hours)
    came = run_due(office.db, settings, now=office.now, jobs=ONLY, print_document=document_printing(settings))
    return came[0] if came else None


def sheets(office: Office) -> list[Any]:
    with office.db.read_session() as session:
        return downtime.sheets(session)


def test_a_new_set_comes_out_once_and_counts_as_printed(
    stocked: Office, settings: Settings, system: EmulatedSystemPrinter
) -> None:
    run = night(stocked, settings)
    assert run is not None
    assert (run.outcome, run.summary) == ("done", "Take-sheets T-1: Printed on laser.")
    assert [job.document[:5] for job in system.jobs] == [b"%PDF-"]
    assert sheets(stocked)[0].printed_at is not None
    for _ in range(3):
        night(stocked, settings, days=1)
    assert len(system.jobs) == 1
    night(stocked, settings, days=7)
    assert (len(system.jobs), len(sheets(stocked))) == (2, 2)


def test_a_printer_that_is_off_makes_no_second_set_and_the_next_try_prints_the_first(
    stocked: Office, settings: Settings, system: EmulatedSystemPrinter
) -> None:
    system.unplug()
    run = night(stocked, settings)
    assert run is not None
    assert run.outcome == "failed"
    assert "is not there" in run.summary
    assert "ready to print, under Power-cut sheets" in run.summary
    assert [one.printed_at for one in sheets(stocked)] == [None]
    system.plug()
    again = night(stocked, settings, days=1)
    assert again is not None
    assert (again.outcome, len(sheets(stocked)), len(system.jobs)) == ("done", 1, 1)


def test_what_was_perhaps_printed_is_said_and_not_printed_again(
    stocked: Office, settings: Settings, system: EmulatedSystemPrinter
) -> None:
    system.tells_late = True
    system.set_faults(no_paper=True)
    run = night(stocked, settings)
    assert run is not None
    assert run.summary.startswith("Take-sheets T-1: Perhaps printed.")
    assert "It had been sent a document." in run.summary
    system.set_faults()
    night(stocked, settings, days=1)
    assert len(system.jobs) == 1


def test_without_a_named_printer_they_lie_ready(stocked: Office, settings: Settings, tmp_path: Path) -> None:
    run = night(stocked, load(None, {"SUPPLY_DATA": str(tmp_path / "other")}))
    assert run is not None
    assert run.summary == "Take-sheets T-1 are ready to print, under Power-cut sheets."
    assert sheets(stocked)[0].printed_at is None
