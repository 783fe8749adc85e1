"""What goes wrong with a printer, for every language with an emulator: the right state in the queue, none twice."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from supply.devices.emulators.ipp_printer import EmulatedSystemPrinter
from supply.devices.emulators.printer import EmulatedPrinter
from supply.devices.emulators.serial_printer import EmulatedSerialPrinter
from supply.devices.printers.ipp import Operation
from supply.labels import print_jobs
from supply.labels.models import PrintJob
from supply.stations.models import Device
from supply.worker.printing import Printing
from tests.devices.printer_rigs import on_paper
from tests.factories import Office
from tests.worker.bench import PrintBench

DRIVERS = ("escpos-network", "zpl-network", "escpos-serial", "zpl-serial", "system")
# Silence is waited for shortly where it is the failure; elsewhere a busy machine must not be taken for one.
SILENT = ("mute", "garbage", "offline", "gone_after_bytes")
# What is wrong, how the label stands then, words of it, and how many labels are out in the end: none by itself twice.
FAILURES: list[tuple[dict[str, Any], str, str]] = [
    ({"mute": True}, "queued", ""),
    ({"garbage": True}, "queued", ""),
    ({"offline": True}, "queued", "is offline"),
    ({"no_paper": True}, "queued", "has no paper"),
    ({"cover_open": True}, "queued", "has its cover open"),
    ({"error": True}, "queued", "reports an error"),
    ({"busy": True}, "queued", ""),
    ({"gone_after_bytes": 500}, "unknown", "Look whether it came out"),
    ({"byte_seconds": 0.00001}, "printed", ""),
]
# On a cable the same languages say the same: only what the wire itself changes is tried there.
OF_THE_WIRE = {"mute", "gone_after_bytes"}
ROWS = [
    pytest.param(driver, failure, id=f"{driver}-{name}")
    for driver in DRIVERS
    for failure in FAILURES
    for name in failure[0]
    if "serial" not in driver or name in OF_THE_WIRE
]


@dataclass
class Wired:
    """A printer of an office, and the emulator behind it."""

    bench: PrintBench
    printer: Any
    driver: str

    def out(self) -> int:
        """How many labels came out whole."""
        if self.driver == "system":
            return len(self.printer.documents())
        return len(self.printer.labels())


@pytest.fixture
def wired(request: pytest.FixtureRequest, bench: PrintBench, tmp_path: Path) -> Iterator[Wired]:
    """One language on one wire."""
    driver, folder = request.param, tmp_path / "labels"
    language, _, wire = driver.partition("-")
    with ExitStack() as stack:
        if driver == "system":
            printer: Any = stack.enter_context(EmulatedSystemPrinter(folder))
            at: dict[str, Any] = {"printer": printer.queue, "host": printer.host, "port": printer.port}
        elif wire == "network":
            printer = stack.enter_context(EmulatedPrinter(folder, language=language))
            at = {"host": printer.host, "port": printer.port}
        else:
            printer = stack.enter_context(EmulatedSerialPrinter(folder, tmp_path / "port", language=language))
            at = {"port": str(printer.link), "baud": 115_200}
        silent = any(name in request.node.callspec.id for name in SILENT)
        bench.add("printer-1", driver, **{**at, "timeout_seconds": 0.5 if silent else 5.0})
        yield Wired(bench, printer, driver)


@pytest.mark.parametrize(("wired", "failure"), ROWS, indirect=["wired"])
def test_each_failure_leaves_the_label_in_its_state_and_never_prints_it_twice(
    wired: Wired, failure: tuple[dict[str, Any], str, str]
) -> None:
    faults, state, words = failure
    bench = wired.bench
    wired.printer.set_faults(**faults)
    job = bench.queue()
    with bench.working():
        if state == "queued":
            bench.until(lambda: bench.device()[0] == "failed" or "takes no labels" in bench.job(job).state_words)
            assert words in bench.device()[1] + bench.job(job).state_words
            bench.until(lambda: bench.state(job) == "queued")
            assert wired.out() == 0
        else:
            bench.until(lambda: bench.state(job) == state)
            assert words in bench.job(job).state_words
        if state == "unknown" and wired.driver != "system":
            wired.printer.switch_off()  # it lost its power: what it had begun is gone
        wired.printer.set_faults()
        if state == "unknown":
            after = bench.queue(number=8)
            bench.until(lambda: bench.state(after) == "printed")
            assert (bench.state(job), wired.out()) == ("unknown", 1), "it waits for a person"
        else:
            bench.until(lambda: bench.state(job) == "printed")
            assert wired.out() == 1


@pytest.mark.parametrize("language", ["escpos", "zpl"])
def test_while_another_program_prints_there_the_label_waits(bench: PrintBench, tmp_path: Path, language: str) -> None:
    with EmulatedPrinter(tmp_path / "labels", language=language) as printer:
        bench.add("printer-1", f"{language}-network", host=printer.host, port=printer.port, timeout_seconds=0.3)
        with socket.create_connection((printer.host, printer.port)) as other:
            other.sendall(b"\n")
            time.sleep(0.1)
            job = bench.queue()
            with bench.working():
                bench.until(lambda: "no other program prints there" in bench.job(job).state_words)
                assert bench.state(job) == "queued"
                other.close()
                bench.until(lambda: bench.state(job) == "printed")
        assert len(printer.labels()) == 1


def test_an_address_outside_the_allowed_networks_waits_for_its_settings_and_is_never_reached(
    bench: PrintBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[object] = []
    monkeypatch.setattr(socket, "create_connection", lambda *args, **_: tried.append(args))
    bench.add("printer-1", host="169.254.169.254", port=80)
    job = bench.queue()
    with bench.working():
        bench.until(lambda: "no printer is allowed" in bench.job(job).state_words)
    assert (bench.state(job), tried) == ("queued", [])


def test_labels_for_one_sheet_are_gathered_and_come_out_together(
    bench: PrintBench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("supply.devices.printers.loop.GATHER_SECONDS", 0.3)
    with EmulatedSystemPrinter(tmp_path / "out") as system:
        bench.add("printer-1", "system", printer="labels", host=system.host, port=system.port, sheet="a4-21")
        jobs = [bench.queue(number=number, copies=copies) for number, copies in ((1, 1), (2, 3), (3, 2))]
        with bench.working():
            bench.until(lambda: [bench.state(job) for job in jobs] == ["printed"] * 3)
        assert len(system.documents()) == 1
        system.tells_late = True
        system.set_faults(no_paper=True)
        more = [bench.queue(number=number) for number in (4, 5)]
        with bench.working():
            bench.until(lambda: [bench.state(job) for job in more] == ["unknown"] * 2)
        assert len(system.documents()) == 1
        assert [len(on_paper(path.read_bytes(), 50)) for path in system.documents()] == [1]


def test_labels_for_a_printer_at_another_computer_are_left_to_it(bench: PrintBench, printer: EmulatedPrinter) -> None:
    device = bench.add_network("printer-1", printer)
    bench.office.db.transact(lambda s: s.execute(sa.update(Device).where(Device.id == device).values(runs_at="agent")))
    bench.add_network("printer-2", printer)
    there, here = bench.queue("printer-1"), bench.queue("printer-2")
    with bench.working():
        bench.until(lambda: bench.state(here) == "printed")
    assert (bench.state(there), bench.job(there).state_words) == ("queued", "")
    assert len(printer.labels()) == 1


def test_settings_that_change_while_a_label_is_under_way_wait_for_it(bench: PrintBench, tmp_path: Path) -> None:
    with EmulatedPrinter(tmp_path / "one") as one, EmulatedPrinter(tmp_path / "two") as two:
        one.set_faults(byte_seconds=0.0003)
        device = bench.add_network("printer-1", one)
        first, second = bench.queue(number=1), bench.queue(number=2)
        with bench.working():
            bench.until(lambda: bench.state(first) == "sending")
            settings = f'{{"host": "{two.host}", "port": {two.port}, "mm_per_second": 3000}}'
            bench.office.db.transact(
                lambda s: s.execute(sa.update(Device).where(Device.id == device).values(settings=settings))
            )
            bench.until(lambda: [bench.state(job) for job in (first, second)] == ["printed"] * 2)
        assert (len(one.labels()), len(two.labels())) == (1, 1)


def test_two_workers_at_one_printer_print_nothing_twice(either_office: Office, tmp_path: Path) -> None:
    """As when a lease was lost: the second asks about what the first has in hand, and never sends it again."""
    bench = PrintBench(either_office, tmp_path)
    with EmulatedPrinter(tmp_path / "labels") as printer:
        bench.add_network("printer-1", printer)
        jobs = [bench.queue(number=number) for number in range(1, 7)]
        with bench.working(), bench.working():
            bench.until(lambda: all(bench.state(job) in {"printed", "unknown"} for job in jobs), seconds=30)
        assert len(printer.labels()) + len(printer.torn()) <= len(jobs)
        assert [bench.state(job) for job in jobs].count("printed") <= len(printer.labels())
    assert either_office.faults() == []


def test_a_badge_is_forgotten_when_its_label_is_out(bench: PrintBench, printer: EmulatedPrinter) -> None:
    from supply.errors import Conflict
    from supply.labels.content import BadgeLabel
    from supply.labels.symbols import Symbol
    from supply.stations.print_lines import print_line

    device = bench.add_network("printer-1", printer)
    key, badge = uuid4(), BadgeLabel(name="Dana", words="Nurse", barcode=Symbol(text="SUPB7K2Q", human="SUPB7K2Q"))

    def ask(session: sa.orm.Session) -> int:
        return print_jobs.queue(
            session, request_id=key, content=badge, copies=1, device_id=device, forget=True,
            actor_id=bench.office.local.person_id, now=bench.office.now, subject="badge",
        ).id  # fmt: skip

    job = bench.office.db.transact(ask)
    assert bench.job(job).payload["name"] == "Dana"
    with bench.working():
        bench.until(lambda: bench.state(job) == "printed")
    with bench.office.db.read_session() as session:
        stored = str(session.execute(sa.select(sa.cast(PrintJob.payload, sa.Text))).all())
        assert "SUPB" not in stored
        assert "Dana" not in stored
        assert print_line(session, job).name == "A badge"
    assert bench.office.db.transact(ask) == job, "the same wish is the same job"
    with pytest.raises(Conflict, match="not kept"):
        bench.office.db.transact(
            lambda s: print_jobs.reprint(
                s, request_id=uuid4(), job_id=job, actor_id=bench.office.local.person_id, now=bench.office.now
            )
        )


def test_a_badge_that_is_given_up_is_forgotten_and_one_that_is_asked_about_is_kept(bench: PrintBench) -> None:
    from supply.labels.content import BadgeLabel
    from supply.labels.symbols import Symbol

    device = bench.add("printer-1", host="10.0.0.9", port=9100)
    badge, by = (
        BadgeLabel(name="Dana", words="", barcode=Symbol(text="SUPB7", human="SUPB7")),
        bench.office.local.person_id,
    )
    now, jobs = bench.office.now, []
    for _ in range(2):
        jobs.append(bench.office.db.transact(lambda s: print_jobs.queue(
            s, request_id=uuid4(), content=badge, copies=1, device_id=device, forget=True, actor_id=by, now=now,
            subject="badge",
        ).id))  # fmt: skip
    bench.office.db.transact(lambda s: print_jobs.take_next(s, device_id=device, now=now))
    bench.office.db.transact(lambda s: print_jobs.unknown(s, job_id=jobs[0], words="?", now=now))
    bench.office.db.transact(lambda s: print_jobs.cancel(s, job_id=jobs[1], actor_id=by, now=now))
    assert [bench.job(job).payload["template"] for job in jobs] == ["badge", "forgotten"]
    bench.office.db.transact(
        lambda s: print_jobs.say_printed(s, job_id=jobs[0], was_printed=True, actor_id=by, now=now)
    )
    assert bench.job(jobs[0]).payload == {"template": "forgotten"}


def test_the_control_that_takes_silence_for_an_answer_would_call_a_lost_label_printed(
    bench: PrintBench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Sabotage: an empty answer means that all is well, as in the library this was measured against."""
    from supply.devices.printers.model import PrinterStatus
    from supply.devices.printers.printer import AskingPrinter

    monkeypatch.setattr(AskingPrinter, "_asked", lambda *_, **__: PrinterStatus(True, "printer-1 is ready."))
    with EmulatedPrinter(tmp_path / "labels") as printer:
        printer.set_faults(no_paper=True)
        bench.add_network("printer-1", printer)
        job = bench.queue()
        with bench.working():
            bench.until(lambda: bench.state(job) == "printed")
        assert printer.labels() == []


def test_a_worker_is_made_from_the_offices_networks(bench: PrintBench) -> None:
    printing: Printing = bench.printing()
    assert "127.0.0.0/8" in printing.reach.networks
    assert 9100 in printing.reach.ports


@pytest.mark.parametrize("wired", ["system"], indirect=True)
def test_a_printer_that_calls_itself_ready_and_refuses_is_not_asked_without_a_pause(wired: Wired) -> None:
    wired.printer.set_faults(busy=True)
    job = wired.bench.queue()
    with wired.bench.working():
        wired.bench.until(lambda: wired.printer.asked.count(Operation.print_job) >= 2)
        time.sleep(0.5)
        assert wired.printer.asked.count(Operation.print_job) < 8, "a fifth of a second between two at least"
        assert wired.bench.state(job) == "queued"
