"""A worker killed in the middle of a label: the label is asked about, what waits is printed, nothing comes out twice.

The control is a worker that simply sends again what it finds half sent: counting the pictures must catch it.
"""

import contextlib
import hashlib
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from supply.db import Database
from supply.devices.emulators.printer import EmulatedPrinter
from supply.labels.models import PrintJob
from tests.factories import Office
from tests.worker.bench import PrintBench


@contextlib.contextmanager
def worker(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`supply work` as a process; killed at the end at the latest."""
    environment = {**os.environ, "SUPPLY_DATA": str(folder)}
    with open(folder / "work.log", "ab") as log:
        process = subprocess.Popen([sys.executable, "-m", "supply", "work"], env=environment, stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def killed(sqlite_db: Database, tmp_path: Path) -> PrintBench:
    """An office whose labels are due by the clock of this machine, for a worker that is a process."""
    return PrintBench(Office(sqlite_db, datetime.now(UTC)), tmp_path)


def pictures(printer: EmulatedPrinter) -> list[int]:
    """How often each different label came out."""
    return sorted(Counter(hashlib.sha256(path.read_bytes()).hexdigest() for path in printer.labels()).values())


def kill(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()


def test_a_label_cut_off_by_a_kill_is_asked_about_and_never_printed_by_itself(
    killed: PrintBench, tmp_path: Path
) -> None:
    with EmulatedPrinter(tmp_path / "labels", head_dots=832) as printer:
        printer.set_faults(byte_seconds=0.0005)
        # A large label: more than the buffers on its way hold, so that the kill does cut it off.
        killed.add_network("printer-1", printer, width_mm=100, height_mm=150, timeout_seconds=5)
        jobs = [killed.queue(number=number) for number in (1, 2, 3)]
        with worker(tmp_path) as process:
            killed.until(lambda: killed.state(jobs[0]) == "sending", seconds=60)
            killed.until(lambda: printer.received > 2000)
            kill(process)
        assert killed.state(jobs[0]) == "sending"
        printer.set_faults()
        killed.until(lambda: len(printer.torn()) == 1)
        with worker(tmp_path):
            killed.until(lambda: killed.state(jobs[2]) == "printed", seconds=60)
        assert [killed.state(job) for job in jobs] == ["unknown", "printed", "printed"]
        assert (pictures(printer), len(printer.torn())) == ([1, 1], 1)


@pytest.mark.parametrize("sends_again", [False, True], ids=["our worker", "control: sends again"])
def test_a_label_that_came_out_before_the_kill_comes_out_once(
    killed: PrintBench, tmp_path: Path, sends_again: bool
) -> None:
    """The paper moves slowly, so that the kill comes after the label and before the printer was asked again."""
    with EmulatedPrinter(tmp_path / "labels") as printer:
        killed.add_network("printer-1", printer, mm_per_second=1)
        job = killed.queue(number=1)
        with worker(tmp_path) as process:
            killed.until(lambda: len(printer.labels()) == 1, seconds=60)
            kill(process)
        assert killed.state(job) == "sending"
        quick = f'{{"host": "{printer.host}", "port": {printer.port}, "mm_per_second": 3000}}'
        killed.office.db.transact(lambda s: s.execute(sa.text("UPDATE devices SET settings = :s"), {"s": quick}))
        if sends_again:
            killed.office.db.transact(lambda s: s.execute(sa.update(PrintJob).values(state="queued")))
        next_one = killed.queue(number=2)
        with worker(tmp_path):
            killed.until(lambda: killed.state(next_one) == "printed", seconds=60)
        if sends_again:
            assert pictures(printer) == [1, 2], "the control must print a label twice, and be caught"
        else:
            assert killed.state(job) == "unknown"
            assert pictures(printer) == [1, 1]
