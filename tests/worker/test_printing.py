"""The print loop: each printer's labels in their order, none twice unasked, and no printer in another's way."""

import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from PIL import Image, ImageChops

from supply.devices.emulators.printer import EmulatedPrinter, Faults
from supply.devices.printers import escpos
from supply.labels import paper, print_jobs, raster
from supply.labels.content import to_payload
from supply.labels.models import PrintJob, PrintState
from supply.stations.models import Device
from tests.factories import Office
from tests.worker.bench import PrintBench, shelf_label


def test_labels_come_out_in_their_order_dot_by_dot(bench: PrintBench, printer: EmulatedPrinter) -> None:
    bench.add_network("printer-1", printer)
    jobs = [bench.queue(number=number) for number in (1, 2, 3)]
    with bench.working():
        bench.until(lambda: bench.state(jobs[-1]) == "printed")

    assert [bench.state(job) for job in jobs] == ["printed"] * 3
    came = printer.labels()
    assert len(came) == 3
    for path, number in zip(came, (1, 2, 3), strict=True):
        drawn = raster.render(shelf_label(number=number), paper.named("57x32")).image
        got = Image.open(path).crop((0, 0, *drawn.size))
        assert ImageChops.difference(got.convert("L"), drawn.convert("L")).getbbox() is None
    assert bench.device()[0] == "closed"


def test_a_printer_that_is_ready_says_so_and_when_it_last_printed(bench: PrintBench, printer: EmulatedPrinter) -> None:
    bench.add_network("printer-1", printer)
    job = bench.queue()
    with bench.working():
        bench.until(lambda: bench.state(job) == "printed")
        bench.until(lambda: bench.device()[0] == "open")
    with bench.office.db.read_session() as session:
        assert session.scalars(sa.select(Device.last_activity_at)).one() == bench.office.now


def test_without_paper_nothing_is_sent_and_it_goes_on_by_itself(bench: PrintBench, printer: EmulatedPrinter) -> None:
    printer.set_faults(no_paper=True)
    bench.add_network("printer-1", printer)
    jobs = [bench.queue(number=n) for n in (1, 2)]
    with bench.working():
        bench.until(lambda: "no paper" in bench.job(jobs[0]).state_words)
        time.sleep(1.0)
        assert [bench.state(job) for job in jobs] == ["queued", "queued"]
        assert bench.device() == (
            "failed",
            "printer-1 has no paper. Put in a roll; it goes on by itself.",
        )
        assert bench.job(jobs[0]).tries == 1, "a printer without paper is asked, not tried"
        printer.set_faults()
        bench.until(lambda: bench.state(jobs[1]) == "printed")
        bench.until(lambda: bench.device()[0] == "open")
    assert len(printer.labels()) == 2
    assert bench.job(jobs[0]).state_words == ""


def test_a_printer_that_is_switched_off_is_waited_for(bench: PrintBench, printer: EmulatedPrinter) -> None:
    bench.add_network("printer-1", printer)
    printer.unplug()
    job = bench.queue()
    with bench.working():
        bench.until(lambda: "takes no connection" in bench.job(job).state_words)
        assert bench.state(job) == "queued"
        printer.plug()
        bench.until(lambda: bench.state(job) == "printed")
    assert len(printer.labels()) == 1


def test_a_label_that_may_have_come_out_is_asked_about_and_never_sent_again(
    bench: PrintBench, printer: EmulatedPrinter
) -> None:
    """The printer takes the whole label, then loses its power before it says how it is: in truth it came out."""
    bench.add_network("printer-1", printer)
    label = raster.render(shelf_label(number=1), paper.named("57x32")).image
    asked, printed = 4 * len(escpos.ask(1)), sum(len(band) for band in escpos.bands(label))
    printer.set_faults(gone_after_bytes=asked + len(escpos.INITIALISE) + printed + len(escpos.ENDS["partial"]))
    first = bench.queue(number=1)
    with bench.working():
        bench.until(lambda: bench.state(first) == "unknown")
        assert "Look whether it came out" in bench.job(first).state_words
        assert len(printer.labels()) == 1
        printer.set_faults()
        second = bench.queue(number=2)
        bench.until(lambda: bench.state(second) == "printed")
        time.sleep(0.5)
        assert bench.state(first) == "unknown"
    assert len(printer.labels()) == 2


def test_a_person_who_says_that_it_did_not_come_out_gets_it_again(bench: PrintBench, printer: EmulatedPrinter) -> None:
    bench.add_network("printer-1", printer)
    printer.set_faults(gone_after_bytes=3000)
    job = bench.queue()
    with bench.working():
        bench.until(lambda: bench.state(job) == "unknown")
        printer.set_faults()
        assert (len(printer.labels()), len(printer.torn())) == (0, 1)
        bench.office.db.transact(
            lambda s: print_jobs.say_printed(
                s, job_id=job, was_printed=False, actor_id=bench.office.local.person_id, now=bench.office.now
            )
        )
        bench.until(lambda: bench.state(job) == "printed")
    assert len(printer.labels()) == 1


def test_a_printer_that_dies_over_each_label_is_given_them_ever_more_seldom(
    bench: PrintBench, printer: EmulatedPrinter
) -> None:
    bench.add_network("printer-1", printer)
    printer.set_faults(gone_after_bytes=3000)
    jobs = [bench.queue(number=n) for n in range(1, 9)]
    with bench.working():
        bench.until(lambda: bench.state(jobs[1]) == "unknown")
        time.sleep(1.5)
        states = [bench.state(job) for job in jobs]
    assert 2 <= states.count("unknown") <= 4
    assert states.count("queued") >= 4


def test_a_roll_that_ends_leaves_one_question_and_prints_nothing_twice(
    bench: PrintBench, printer: EmulatedPrinter
) -> None:
    printer.set_faults(labels_left=2)
    bench.add_network("printer-1", printer)
    jobs = [bench.queue(number=n) for n in range(1, 5)]
    with bench.working():
        bench.until(lambda: bench.state(jobs[1]) == "unknown")
        bench.until(lambda: bench.device()[0] == "failed")
        assert [bench.state(job) for job in jobs] == ["printed", "unknown", "queued", "queued"]
        printer.set_faults()
        bench.until(lambda: bench.state(jobs[3]) == "printed")
    assert len(printer.labels()) == 4


def test_of_several_copies_those_that_came_out_are_counted_and_only_the_rest_is_printed(
    bench: PrintBench, printer: EmulatedPrinter
) -> None:
    printer.set_faults(labels_left=3)
    bench.add_network("printer-1", printer)
    job = bench.queue(copies=5)
    with bench.working():
        bench.until(lambda: bench.state(job) == "unknown")
        found = bench.job(job)
        assert found.copies_printed == 2
        assert found.state_words.startswith("2 of 5 came out for certain.")
        printer.set_faults()
        bench.office.db.transact(
            lambda s: print_jobs.say_printed(
                s, job_id=job, was_printed=False, actor_id=bench.office.local.person_id, now=bench.office.now
            )
        )
        bench.until(lambda: bench.state(job) == "printed")
    assert len(printer.labels()) == 6  # a person said that the third did not come out: it is printed again, as asked


def test_a_dead_printer_is_in_nobodys_way_and_stopping_takes_seconds(
    bench: PrintBench, printer: EmulatedPrinter, tmp_path: Path
) -> None:
    with EmulatedPrinter(tmp_path / "mute", faults=Faults(mute=True)) as mute:
        bench.add_network("dead", mute, timeout_seconds=20)
        bench.add_network("printer-1", printer)
        stuck = bench.queue("dead")
        jobs = [bench.queue(number=n) for n in range(1, 4)]
        with bench.working() as printing:
            bench.until(lambda: bench.state(jobs[-1]) == "printed", seconds=10)
            started = time.monotonic()
            printing.round()
            assert time.monotonic() - started < 1
            stopping = time.monotonic()
        assert time.monotonic() - stopping < 8
    assert bench.state(stuck) == "queued"
    assert len(printer.labels()) == 3


def test_a_label_that_is_being_sent_when_the_worker_stops_is_asked_about(
    bench: PrintBench, printer: EmulatedPrinter
) -> None:
    printer.set_faults(byte_seconds=0.005)  # a label takes a minute
    bench.add_network("printer-1", printer, timeout_seconds=20)
    job = bench.queue()
    with bench.working():
        bench.until(lambda: bench.state(job) == "sending")
        time.sleep(1.0)
        stopping = time.monotonic()
    assert time.monotonic() - stopping < 8
    assert bench.state(job) == "unknown"


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"paper": "napkin"}, "There is no label size"),
        ({"printable_dots": 300, "paper": "40x30"}, ""),
        ({"printable_dots": 128, "paper": "50x25"}, ""),
    ],
)
def test_a_label_for_paper_that_cannot_take_it_waits_for_a_person(
    bench: PrintBench, printer: EmulatedPrinter, settings: dict[str, object], said: str
) -> None:
    bench.add_network("printer-1", printer, **settings)
    job = bench.queue()
    with bench.working():
        bench.until(lambda: bench.state(job) in {"attention", "printed"})
    found = bench.job(job)
    if said:
        assert (found.state.value, said in found.state_words) == ("attention", True)
        assert printer.labels() == []
    else:
        width = Image.open(printer.labels()[0]).width
        assert width - 7 <= settings["printable_dots"]  # type: ignore[operator]


def test_wrong_settings_are_said_on_the_device_and_the_label_waits(bench: PrintBench) -> None:
    bench.add("printer-1", host="printer.example", colour="blue")
    job = bench.queue()
    with bench.working():
        bench.until(lambda: bench.device()[0] == "failed")
        assert "no setting colour" in bench.device()[1]
        bench.until(lambda: "no setting colour" in bench.job(job).state_words)
    assert bench.state(job) == "queued"


def test_changed_settings_are_taken_up_without_a_restart(bench: PrintBench, printer: EmulatedPrinter) -> None:
    bench.add("printer-1", host="127.0.0.1", port=1)
    job = bench.queue()
    with bench.working():
        bench.until(lambda: bench.device()[0] == "failed")
        settings = f'{{"host": "127.0.0.1", "port": {printer.port}, "mm_per_second": 3000}}'
        bench.office.db.transact(lambda s: s.execute(sa.update(Device).values(settings=settings)))
        bench.until(lambda: bench.state(job) == "printed")


def test_labels_for_an_address_given_by_hand_are_printed_there(bench: PrintBench, printer: EmulatedPrinter) -> None:
    job = bench.queue(None, address=printer.address)
    with bench.working():
        bench.until(lambda: bench.state(job) == "printed")
    assert len(printer.labels()) == 1


def test_what_was_being_sent_when_the_worker_died_is_asked_about(bench: PrintBench, printer: EmulatedPrinter) -> None:
    bench.add_network("printer-1", printer)
    job = bench.queue()
    bench.office.db.transact(
        lambda s: print_jobs.take_next(s, device_id=bench.devices["printer-1"], now=bench.office.now)
    )
    other = bench.queue(number=2)
    with bench.working():
        bench.until(lambda: bench.state(other) == "printed")
    assert bench.state(job) == "unknown"
    assert len(printer.labels()) == 1


def test_a_printer_that_cannot_be_asked_prints_to_its_file(bench: PrintBench, tmp_path: Path) -> None:
    bench.add("printer-1", "escpos-file", path=str(tmp_path / "out.bin"))
    job = bench.queue(copies=2)
    with bench.working():
        bench.until(lambda: bench.state(job) == "printed")
        bench.until(lambda: "cannot tell" in bench.device()[1])
    assert (tmp_path / "out.bin").read_bytes().count(b"\x1dV") == 2


def test_the_state_of_a_printer_is_written_only_when_it_changes(bench: PrintBench, printer: EmulatedPrinter) -> None:
    bench.add_network("printer-1", printer, timeout_seconds=0.2)
    printer.set_faults(cover_open=True)
    bench.queue()
    writes: list[str] = []

    def note(_c: object, _cur: object, statement: str, *_: object) -> None:
        if statement.startswith("UPDATE devices"):
            writes.append(statement)

    sa.event.listen(bench.office.db.writer, "before_cursor_execute", note)
    with bench.working():
        bench.until(lambda: bench.device()[0] == "failed")
        time.sleep(1.5)
        assert len(writes) == 1
    assert len(writes) == 2  # closed


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        ({"template": "none"}, "stored label cannot be read"),
        ({**to_payload(shelf_label()), "name": 5}, "could not be drawn"),  # no label of ours: a mistake somewhere
    ],
)
def test_a_label_that_cannot_be_drawn_waits_for_a_person_and_the_next_one_prints(
    bench: PrintBench, printer: EmulatedPrinter, payload: dict[str, object], said: str
) -> None:
    bench.add_network("printer-1", printer)
    broken, good = bench.queue(number=1), bench.queue(number=2)
    bench.office.db.transact(
        lambda s: s.execute(sa.update(PrintJob).where(PrintJob.id == broken).values(payload=payload))
    )
    with bench.working():
        bench.until(lambda: bench.state(good) == "printed")
    found = bench.job(broken)
    assert (found.state, said in found.state_words) == (PrintState.attention, True)
    assert len(printer.labels()) == 1


def test_the_loop_prints_and_asks_on_either_database(
    either_office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("supply.devices.printers.loop.TROUBLE_SECONDS", 0.2)
    bench = PrintBench(either_office, tmp_path)
    with EmulatedPrinter(tmp_path / "labels", faults=Faults(labels_left=2)) as printer:
        bench.add_network("printer-1", printer)
        jobs = [bench.queue(number=n) for n in (1, 2, 3)]
        with bench.working():
            bench.until(lambda: bench.state(jobs[1]) == "unknown")
            printer.set_faults()
            bench.until(lambda: bench.state(jobs[2]) == "printed")
        assert [bench.state(job) for job in jobs] == ["printed", "unknown", "printed"]
        assert len(printer.labels()) == 3
    assert either_office.faults() == []
