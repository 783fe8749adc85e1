"""Twenty-five kills of the server while people scan: no scan lost, none counted twice.

Beside them scan two people whose client makes a new key whenever it sends again: the control. It must count some twice.
"""

import random
import threading
import time
from pathlib import Path
from uuid import uuid4

import pytest

from tests.serving import Served, served

KILLS = 25
KEYED, KEYLESS = 4, 2


class Client(threading.Thread):
    """Somebody who scans without pause, and sends again until the answer has come."""

    def __init__(self, office: Served, token: str, sku: str, *, keeps_key: bool) -> None:
        super().__init__(daemon=True)
        self.office, self.token, self.sku, self.keeps_key = office, token, sku, keeps_key
        self.acknowledged = 0
        self.outcomes: set[str] = set()
        self.stopping = threading.Event()

    def run(self) -> None:
        while not self.stopping.is_set():
            self._scan_once()

    def _scan_once(self) -> None:
        body = {"request_id": str(uuid4()), "barcode": self.sku, "action": "use"}
        while True:
            try:
                status, answer = self.office.ask("POST", "/api/v1/scans", body, token=self.token)
            except OSError:
                time.sleep(0.01)
                if not self.keeps_key:
                    body["request_id"] = str(uuid4())
                continue
            if status in {200, 201}:
                self.acknowledged += 1
                self.outcomes.add(answer["outcome"])
                return
            time.sleep(0.01)


@pytest.mark.xdist_group("kills")
def test_no_scan_is_lost_or_counted_twice_through_25_kills(tmp_path: Path) -> None:
    with served(tmp_path) as office:
        office.run("setup")
        office.run("user", "add", "nora", "--role", "nurse")
        token = office.run("token", "create", "--user", "nora").stdout.strip()
        items = tmp_path / "items.csv"
        items.write_text("sku,name\nKEYED,With a key\nKEYLESS,Without\n")
        office.run("import", "items", str(items))
        for sku in ("KEYED", "KEYLESS"):
            office.run("scan", sku, "--action", "receive", "--quantity", "100000")
        clients = [Client(office, token, "KEYED", keeps_key=True) for _ in range(KEYED)]
        clients += [Client(office, token, "KEYLESS", keeps_key=False) for _ in range(KEYLESS)]
        office.start()
        for client in clients:
            client.start()
        chance = random.Random(2026)
        for _ in range(KILLS):
            time.sleep(chance.uniform(0.05, 0.4))
            office.kill()
            office.start()
        for client in clients:
            client.stopping.set()
        for client in clients:
            client.join(timeout=60)
            assert not client.is_alive()
        faults = office.run("verify", check=False)
        left = {sku: _left(office, sku) for sku in ("KEYED", "KEYLESS")}

    keyed = sum(client.acknowledged for client in clients[:KEYED])
    keyless = sum(client.acknowledged for client in clients[KEYED:])
    assert keyed > KILLS
    assert clients[0].outcomes == {"recorded"}
    assert 100_000 - left["KEYED"] == keyed
    assert faults.returncode == 0, faults.stdout
    assert 100_000 - left["KEYLESS"] > keyless, "the control without keys must count some scan twice"


def _left(office: Served, sku: str) -> int:
    import json

    lines = office.run("stock", "--item", sku, "--json").stdout.splitlines()
    return sum(json.loads(line)["quantity"] for line in lines)
