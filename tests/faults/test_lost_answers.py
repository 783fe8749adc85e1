"""Scans through a network that loses answers and a server that starts again: each counts once, on both databases.

A control whose client makes a new key for each try must count some twice. LOST_ANSWERS sets how many scans are made.
"""

import http.client
import json
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from uuid import uuid4

import pytest

from supply.settings import Settings, load
from supply.staff import tokens
from supply.web.app import create_app
from supply.web.server import WebServer
from tests.factories import GLOVES, Office
from tests.postgres import free_port

SCANS = int(os.environ.get("LOST_ANSWERS", "40"))
RESTARTS = 2 + SCANS // 100
LOST_EVERY = 5
PATIENCE_SECONDS = 60 + SCANS


class DroppingWire(threading.Thread):
    """Between client and server: of each so many-th request the server gets all, and the client nothing back."""

    def __init__(self, target: int) -> None:
        super().__init__(daemon=True)
        self.target, self.dropped, self.taken = target, 0, 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]

    def run(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            with closing(client), suppress(OSError):
                self._carry(client)

    def _carry(self, client: socket.socket) -> None:
        client.settimeout(30)
        request = _whole(client)
        with closing(socket.create_connection(("127.0.0.1", self.target), timeout=30)) as server:
            server.sendall(request)
            answer = _whole(server)
        if answer.startswith(b"HTTP/1.1 20"):
            self.taken += 1
            if self.taken % LOST_EVERY == 0:
                self.dropped += 1  # taken by the server, and nobody is told
                return
        client.sendall(answer)

    def stop(self) -> None:
        """Take the wire away."""
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


def _whole(connection: socket.socket) -> bytes:
    """One HTTP message whose length is said."""
    text = b""
    while b"\r\n\r\n" not in text:
        part = connection.recv(65536)
        if not part:
            return text
        text += part
    head, _, body = text.partition(b"\r\n\r\n")
    lengths = [int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    while len(body) < (lengths[0] if lengths else 0):
        part = connection.recv(65536)
        if not part:
            break
        body += part
    return head + b"\r\n\r\n" + body


class Serving:
    """The office's server on one port, which comes and goes; a new one knows only what the database holds."""

    def __init__(self, office: Office, settings: Settings) -> None:
        self.office, self.settings = office, settings
        self.server: WebServer | None = None

    def start(self) -> None:
        app = create_app(self.office.db, self.settings, clock=lambda: self.office.now)
        self.server = WebServer(app, self.settings)
        self.server.start()

    def stop(self) -> None:
        if self.server:
            self.server.stop()


@pytest.fixture
def serving(either_office: Office, tmp_path: Path) -> Iterator[Serving]:
    """A running office on each database, with enough to take twice over."""
    either_office.item()
    either_office.receive("A1", "280101", quantity=SCANS * 10)
    settings = load(None, {"SUPPLY_DATA": str(tmp_path / "data"), "PORT": str(free_port())})
    made = Serving(either_office, settings)
    made.start()
    yield made
    made.stop()


class Client(threading.Thread):
    """So many scans one after another; what is not answered is sent again, under its own key or a new one."""

    def __init__(self, port: int, token: str, *, keeps_key: bool) -> None:
        super().__init__(daemon=True)
        self.port, self.token, self.keeps_key, self.answered = port, token, keeps_key, 0

    def run(self) -> None:
        for _ in range(SCANS):
            body = {"request_id": str(uuid4()), "barcode": GLOVES, "action": "use"}
            while not self._is_taken(body):
                time.sleep(0.01)
                if not self.keeps_key:
                    body["request_id"] = str(uuid4())
            self.answered += 1

    def _is_taken(self, body: dict[str, str]) -> bool:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json", "Connection": "close"}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        with closing(connection), suppress(OSError, http.client.HTTPException):
            connection.request("POST", "/api/v1/scans", json.dumps(body), headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status in (200, 201)
        return False


def taken_through(serving: Serving, *, keeps_key: bool) -> int:
    """How many units the office counts after the scans; its server stops and starts again meanwhile."""
    office = serving.office
    before = sum(office.stock().values())
    local = office.local
    token = office.db.transact(
        lambda session: tokens.create_token(session, person_name=local.name, label="wire", by=local, now=office.now)
    )
    wire = DroppingWire(serving.settings.server.port)
    wire.start()
    client = Client(wire.port, token, keeps_key=keeps_key)
    client.start()
    deadline = time.monotonic() + PATIENCE_SECONDS
    for number in range(1, RESTARTS + 1):
        while client.answered < number * SCANS // (RESTARTS + 1) and time.monotonic() < deadline:
            time.sleep(0.005)
        serving.stop()
        serving.start()
    client.join(max(0, deadline - time.monotonic()))
    wire.stop()
    assert client.answered == SCANS, "some scan was never answered"
    assert wire.dropped >= SCANS // LOST_EVERY
    return before - sum(office.stock().values())


def test_each_scan_counts_once_however_often_it_is_sent(serving: Serving) -> None:
    assert taken_through(serving, keeps_key=True) == SCANS
    assert serving.office.faults() == []


def test_the_control_a_client_with_a_new_key_for_each_try_counts_some_twice(serving: Serving) -> None:
    assert taken_through(serving, keeps_key=False) > SCANS
