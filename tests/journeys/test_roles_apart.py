"""An office that has grown: PostgreSQL, two web processes and two workers. Scans by both count; one worker reads."""

import contextlib
import json
import subprocess
import sys
import time
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa

from supply.devices.emulators.scanner import EmulatedScanner
from tests.factories import GLOVES
from tests.serving import Served, served


def wait_until(what: str, seconds: float, is_so: object) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_so():  # type: ignore[operator]
            return
        time.sleep(0.1)
    raise AssertionError(f"not within {seconds} seconds: {what}")


@pytest.mark.xdist_group("journeys")
def test_web_and_worker_run_apart_on_postgresql(postgres_template: str, tmp_path: Path) -> None:
    admin = sa.create_engine(postgres_template + "postgres", isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text("CREATE DATABASE grown"))
    config = tmp_path / "office.toml"
    config.write_text(
        '[[stations]]\ncode = "kiosk-1"\nname = "Kiosk"\nlocation = "STOREROOM"\n'
        f'[[stations.devices]]\nname = "scanner-1"\ndriver = "serial"\nsettings = {{ port = "{tmp_path}/scanner-1" }}\n'
    )
    shared = {"SUPPLY_DATABASE_URL": postgres_template + "grown", "SUPPLY_CONFIG": str(config)}
    with contextlib.ExitStack() as stack:
        first, second = (stack.enter_context(served(tmp_path / name, **shared)) for name in ("web-1", "web-2"))
        first.run("setup")
        items = tmp_path / "items.csv"
        items.write_text(f"sku,name,unit,gtin,units_received\nGLOVE-M,Nitrile gloves M,box,{GLOVES},10\n")
        first.run("import", "items", str(items))
        first.run("user", "add", "nora", "--role", "nurse")
        token = first.run("token", "create", "--user", "nora").stdout.strip()
        first.run("scan", f"01{GLOVES}1730010110A1", "--action", "receive")
        first.start()
        second.start()
        workers = [stack.enter_context(served(tmp_path / name, "work", **shared)) for name in ("work-1", "work-2")]
        scanner = stack.enter_context(EmulatedScanner(tmp_path / "scanner-1"))
        for worker in workers:
            _start_without_port(worker)

        for web in (first, second, first):
            status, answer = web.ask("POST", "/api/v1/scans", _use(), token=token)
            assert (status, answer["outcome"]) == (201, "recorded")
        assert first.ask("POST", "/api/v1/stations/kiosk-1/session", {"mode": "use"}, token=token)[0] < 300
        wait_until("the scanner is open", 20, lambda: _device(first)["state"] == "open")
        scanner.scan(f"01{GLOVES}")
        wait_until("the scan is on the book", 20, lambda: _on_hand(second) == 6)

        leading = [worker for worker in workers if "device scanner-1 is open" in _log(worker)]
        assert len(leading) == 1
        leading[0].kill()
        wait_until("the other worker takes over", 30, lambda: _both_open(workers))
        assert first.ask("POST", "/api/v1/stations/kiosk-1/session", {"mode": "use"}, token=token)[0] < 300
        scanner.scan(f"01{GLOVES}")
        wait_until("a scan through the second worker", 20, lambda: _on_hand(second) == 5)
        assert first.run("verify", check=False).returncode == 0
    admin.dispose()


def _use() -> dict[str, object]:
    return {"request_id": str(uuid4()), "barcode": GLOVES, "action": "use"}


def _start_without_port(worker: Served) -> None:
    log = open(worker.folder / "served.log", "ab")  # noqa: SIM115 - the process keeps it
    worker.process = subprocess.Popen(
        [sys.executable, "-m", "supply", "work"], env=worker.env(), stdout=log, stderr=log
    )


def _device(office: Served) -> dict[str, object]:
    (line,) = office.run("device", "list", "--json").stdout.splitlines()
    found: dict[str, object] = json.loads(line)
    return found


def _on_hand(office: Served) -> int:
    return sum(json.loads(line)["quantity"] for line in office.run("stock", "--json").stdout.splitlines())


def _log(worker: Served) -> str:
    return (worker.folder / "served.log").read_text()


def _both_open(workers: list[Served]) -> bool:
    return all("device scanner-1 is open" in _log(worker) for worker in workers)
