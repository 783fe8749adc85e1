"""An agent prints the labels of its own printer: once, and asked about when it was cut off."""

import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from supply.devices.emulators.printer import EmulatedPrinter
from supply.labels import print_jobs
from supply.labels.models import PrintJob
from supply.stations import sessions
from supply.stations.models import Device
from tests.agent.unsure_wire import UnsureWire
from tests.agent.workstation import Workstation, wait_for, workstation
from tests.serving import served
from tests.worker.bench import QUICK, shelf_label

FORGETFUL = """
from supply.agent.labels import AgentQueue
AgentQueue.begins = lambda self, wish: None
import runpy
runpy.run_module("supply", run_name="__main__")
"""


def add_printer(bench: Workstation, printer: EmulatedPrinter, **more: Any) -> int:
    def act(session: Any) -> int:
        station = sessions.find_station(session, "bench")
        settings = {**QUICK, "host": printer.host, "port": printer.port, **more}
        device = sessions.add_device(
            session, station=station, name="bench-printer", driver="escpos-network", settings=settings,
            actor_id=None, now=bench.inside.now,
        )  # fmt: skip
        device.runs_at = "agent"
        return device.id

    return bench.inside.db.transact(act)


def queue(bench: Workstation, device_id: int, number: int = 7, copies: int = 1) -> int:
    return bench.inside.db.transact(
        lambda s: print_jobs.queue(
            s, request_id=uuid4(), content=shelf_label(number=number), copies=copies, device_id=device_id,
            actor_id=bench.inside.local.person_id, now=bench.inside.now, subject="item",
        ).id
    )  # fmt: skip


def state(bench: Workstation, job: int) -> str:
    with bench.inside.db.read_session() as session:
        return session.get_one(PrintJob, job).state.value


def is_(bench: Workstation, job: int, wanted: str) -> Callable[[], bool]:
    return lambda: state(bench, job) == wanted


@pytest.mark.xdist_group("kills")
def test_a_label_comes_out_once_at_the_agents_printer_though_answers_are_lost(
    tmp_path: Path, sqlite_template: Path
) -> None:
    with (
        served(tmp_path / "office") as office,
        UnsureWire(office.port, drops=0.1) as wire,
        EmulatedPrinter(tmp_path / "out") as printer,
    ):
        bench = workstation(office, tmp_path / "bench", sqlite_template)
        bench.port = wire.port
        device = add_printer(bench, printer)
        jobs = [queue(bench, device, number, copies=number) for number in (1, 2)]
        with bench.scanner, closing(bench.inside.db):
            office.start()
            bench.start()
            for job in jobs:
                wait_for(is_(bench, job, "printed"), "a label did not come out", 60)
            wire.drops = 0.0
            wait_for(lambda: _device(bench, device) == "open", "the printer's state was not told")
            bench.stop()
        assert len(printer.labels()) == 3


def _device(bench: Workstation, device: int) -> str:
    with bench.inside.db.read_session() as session:
        return session.get_one(Device, device).state


@pytest.mark.xdist_group("kills")
@pytest.mark.parametrize("forgets", [False, True], ids=["our agent", "control: without the line"])
def test_a_label_that_came_out_before_the_agent_was_killed_comes_out_once(
    tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch, forgets: bool
) -> None:
    with served(tmp_path / "office") as office, EmulatedPrinter(tmp_path / "out") as printer:
        bench = workstation(office, tmp_path / "bench", sqlite_template)
        device = add_printer(bench, printer, mm_per_second=1)
        job = queue(bench, device, 1)
        if forgets:
            _without_the_line(monkeypatch)
        with bench.scanner, closing(bench.inside.db):
            office.start()
            bench.start()
            wait_for(lambda: len(printer.labels()) == 1, f"nothing came out:\n{bench.log()[-2000:]}")
            bench.kill()
            assert state(bench, job) == "sending"
            quick = f'{{"host": "{printer.host}", "port": {printer.port}, "mm_per_second": 3000}}'
            bench.inside.db.transact(
                lambda s: s.execute(sa.update(Device).where(Device.id == device).values(settings=quick))
            )
            next_one = queue(bench, device, 2)
            bench.start()
            wait_for(is_(bench, next_one, "printed"), f"{state(bench, next_one)}\n{bench.log()[-2000:]}", 60)
            bench.stop()
            came = state(bench, job), len(printer.labels())
        assert came == (("printed", 3) if forgets else ("unknown", 2))


def _without_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Agents that are started now do not write down that they are about to send."""
    popen = subprocess.Popen

    def start(command: list[str], **more: Any) -> subprocess.Popen[bytes]:
        is_agent = command[1:4] == ["-m", "supply", "agent"]
        return popen([sys.executable, "-c", FORGETFUL, *command[3:]] if is_agent else command, **more)

    monkeypatch.setattr("tests.agent.workstation.subprocess.Popen", start)
