"""The agent, its server and the wire between them fail in every way; each read that was kept counts once, in order."""

import os
import random
import time
from pathlib import Path

import pytest

from supply.agent.addresses import Address
from supply.agent.server import Away, Server
from tests.agent.unsure_wire import UnsureWire
from tests.agent.workstation import Workstation, wait_for, workstation
from tests.serving import served

SCANS = int(os.environ.get("TEST_SCANS", "24"))
CONTROL_SCANS = 8
GLOVE = "GLOVE-M"


def scan_through_faults(bench: Workstation, wire: UnsureWire, scans: int) -> list[str]:
    """Scan `scans` codes while the agent is killed, the server killed and stopped, the wire cut; what was scanned."""
    chance = random.Random(2026)
    acts = {round(scans * part / 8): act for part, act in enumerate(("agent", "server", "wire"), start=2)}
    sent = []
    for number in range(scans):
        if acts.get(number) == "agent":
            bench.kill()
            bench.start()
        if acts.get(number) == "server":
            bench.office.kill()
        if acts.get(number) == "wire":
            wire.is_cut = True
        sent.append(GLOVE if number % 2 else f"NEW-{number:04}")
        bench.scanner.scan(sent[-1])
        # A person hears the beep of a kept read before the next one; what was not kept was never promised.
        wait_for(lambda: len(bench.kept()) == len(sent), f"read {number} was not kept:\n{bench.log()}")
        time.sleep(chance.uniform(0, 0.01))
        if acts.get(number - 3) == "server":
            bench.office.start()
        if acts.get(number - 3) == "wire":
            wire.is_cut = False
    return sent


@pytest.mark.xdist_group("kills")
def test_every_read_counts_once_and_in_order_through_kills_and_lost_answers(
    tmp_path: Path, sqlite_template: Path
) -> None:
    with served(tmp_path / "office") as office, UnsureWire(office.port, drops=0.2) as wire:
        bench = workstation(office, tmp_path / "bench", sqlite_template)
        bench.port = wire.port
        with bench.scanner:
            office.start()
            bench.start()
            sent = scan_through_faults(bench, wire, SCANS)
            wire.drops = 0.0
            wait_for(lambda: bench.waiting() == 0, f"reads still wait:\n{bench.log()[-3000:]}")
            stopped = bench.stop()
        counted, gloves, faults = bench.recorded(), bench.inside.stock(), bench.inside.faults()
        wire.drops = 0.4
        twice = _sent_without_keys(bench, wire)
        bench.inside.db.close()

    assert stopped == 0
    assert wire.dropped > 0
    assert counted == sent
    assert gloves == {"A1": 10_000 - sent.count(GLOVE)}
    assert faults == []
    assert bench.token.read_text().strip() not in bench.log()
    assert twice > CONTROL_SCANS, "the control without keys must count some read twice"


def _sent_without_keys(bench: Workstation, wire: UnsureWire) -> int:
    """How many of `CONTROL_SCANS` reads the server counts when each sending has a key of its own."""
    address = Address(is_secure=False, host="127.0.0.1", port=wire.port)
    server = Server(address, token=bench.token.read_text().strip(), station="bench")
    before = len(bench.recorded())
    for number in range(CONTROL_SCANS):
        _send_without_key(server, f"CONTROL-{number}", number)
    return len(bench.recorded()) - before


def _send_without_key(server: Server, raw: str, number: int) -> None:
    at = "2026-11-23T10:00:00+00:00"
    read = {"device": "bench-scanner", "raw": raw, "read_at": at}
    for attempt in range(100):
        try:
            server.send_read(f"00000000-0000-4000-8000-{number:06}{attempt:06}", read, sent_at=at)
            return
        except Away:
            continue
    raise AssertionError("the server never answered")
