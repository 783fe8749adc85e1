"""A workstation's devices for a server elsewhere: reads journalled here and sent in order, labels printed.

It goes on reading while the server is away, and must never send a read under a second key.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from supply.agent.printers import AgentPrinters
from supply.agent.remembered import only_one, remember_devices, remembered_devices, set_aside
from supply.agent.server import Away, NotAdmitted, Refused, Server
from supply.devices.journal import Journal
from supply.devices.model import Scan
from supply.devices.open import SCANNERS, open_scanner
from supply.devices.printers.addresses import USUAL, Reach
from supply.devices.reading import Reader, Readers
from supply.devices.reconnect import BackOff

log = logging.getLogger(__name__)

DEVICES_SECONDS: Final = 15.0
ROUND_SECONDS: Final = 0.5
LONGEST_WAIT_SECONDS: Final = 5.0
JOURNAL: Final = "reads.jsonl"


@dataclass(frozen=True)
class _State:
    state: str
    words: str
    last_scan_at: datetime | None


class Agent:
    """The readers of this machine, their journal, and the one sender. `folder` belongs to one station's agent."""

    def __init__(
        self,
        server: Server,
        folder: Path,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        reach: Reach = USUAL,
    ) -> None:
        self._server, self._folder, self._clock = server, folder, clock
        self._lock = only_one(folder)
        self._journal = Journal(folder / JOURNAL)
        self._devices = {str(one["name"]): one for one in remembered_devices(folder)}
        self._readers: Readers[dict[str, Any]] = Readers(self._start)
        self._printers = AgentPrinters(
            server, folder, clock, reach, lambda name, *state: self._note(name, _State(*state))
        )
        self._wake = threading.Event()
        self._states: dict[str, _State] = {}
        self._told: dict[str, _State] = {}
        self._back_off = BackOff(time.monotonic, longest_seconds=LONGEST_WAIT_SECONDS)
        self._ask_again_at = 0.0
        self._said = ""

    def run(self, stopping: threading.Event) -> None:
        """Until it is told to stop; then everything is closed, and what was not sent waits in the journal."""
        try:
            while not stopping.is_set():
                self._readers.match(self._readable())
                self._printers.match(self._devices)
                wait = self._back_off.wait_seconds()
                if wait <= 0:
                    self._talk()
                self._wake.wait(min(ROUND_SECONDS, wait) if wait > 0 else ROUND_SECONDS)
                self._wake.clear()
        finally:
            self._readers.stop()
            self._printers.stop()
            self._server.close()
            self._journal.close()
            self._lock.close()

    def waiting(self) -> int:
        """How many reads the server has not answered yet."""
        return len(self._journal.waiting())

    def _talk(self) -> None:
        """What there is to say to the server; the first failure ends the round, so that reads go in their order."""
        try:
            self._fetch_devices()
            self._send_waiting()
            self._tell_states()
        except (Away, NotAdmitted) as error:
            self._back_off.failed()
            self._say(error.message)
        except OSError as error:
            self._back_off.failed()
            self._say(f"The agent's folder cannot be written ({error.strerror}); make room on the disk.")
        else:
            self._back_off.succeeded()
            self._say("")

    def _fetch_devices(self) -> None:
        now = time.monotonic()
        if now < self._ask_again_at:
            return
        found = self._server.devices()
        self._ask_again_at = now + DEVICES_SECONDS
        devices = {str(one["name"]): one for one in found}
        if devices != self._devices:
            self._devices = devices
            remember_devices(self._folder, found)

    def _send_waiting(self) -> None:
        for key, read in self._journal.waiting():
            try:
                answer = self._server.send_read(key, read, sent_at=self._clock().isoformat())
                log.info("%s: %s", read["device"], answer.get("message") or answer.get("detail") or "recorded")
            except Refused as error:
                log.error("a read of %s was set aside, the server refused it: %s", read["device"], error.message)
                set_aside(self._folder, key, read, error.message)
            self._journal.answered(key)

    def _tell_states(self) -> None:
        for name, state in list(self._states.items()):
            if self._told.get(name) == state:
                continue
            at = state.last_scan_at.isoformat() if state.last_scan_at else None
            try:
                self._server.tell(name, state.state, state.words, at)
            except Refused as error:
                log.info("the state of %s was not wanted: %s", name, error.message)
            self._told[name] = state

    def _readable(self) -> dict[str, dict[str, Any]]:
        return {name: one for name, one in self._devices.items() if one.get("driver") in SCANNERS}

    def _start(self, device: dict[str, Any]) -> Reader:
        name = str(device["name"])
        settings = {
            "driver": device["driver"],
            "profile": device.get("profile") or {},
            **(device.get("settings") or {}),
        }
        return Reader(
            name,
            lambda: open_scanner(name, settings),
            lambda scan: self._take(name, scan),
            lambda state, words, at: self._note(name, _State(state, words, at)),
        )

    def _take(self, name: str, scan: Scan) -> None:
        """Journal one read, its key made now; it is on the disk before anybody hears of it."""
        self._journal.add(str(uuid4()), {"device": name, "raw": scan.text, "read_at": scan.read_at.isoformat()})
        self._wake.set()

    def _note(self, name: str, state: _State) -> bool:
        self._states[name] = state
        self._wake.set()
        return True

    def _say(self, words: str) -> None:
        """Log what keeps the agent from its server once, and its end."""
        if words == self._said:
            return
        self._said = words
        waiting = self.waiting()
        if words:
            log.warning("%s %d reads wait here; scanning goes on.", words, waiting)
        else:
            log.info("The server answers again; %d reads wait.", waiting)
