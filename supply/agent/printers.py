"""The label printers of this computer, each on a loop of its own with a connection of its own. Knows no database."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from supply.agent.labels import AgentQueue
from supply.agent.server import Server
from supply.devices.journal import Journal
from supply.devices.printers.addresses import Reach
from supply.devices.printers.loop import PrintLoop, stop_all
from supply.devices.printers.open import PRINTERS, open_printer

JOURNAL: Final = "labels.jsonl"


class AgentPrinters:
    """Loops as the devices should be; `tell` passes the state of a printer on, by its name."""

    def __init__(
        self,
        server: Server,
        folder: Path,
        clock: Callable[[], datetime],
        reach: Reach,
        tell: Callable[[str, str, str, datetime | None], object],
    ) -> None:
        self._server, self._clock, self._reach, self._tell = server, clock, reach, tell
        self._journal = Journal(folder / JOURNAL)
        self._running: dict[str, tuple[dict[str, Any], PrintLoop, Server]] = {}

    def match(self, devices: Mapping[str, dict[str, Any]]) -> None:
        """Start what was added, end what was taken away or changed once its label is out."""
        wanted = {name: one for name, one in devices.items() if one.get("driver") in PRINTERS}
        for name, (device, loop, server) in list(self._running.items()):
            if wanted.get(name) != device:
                loop.tell_to_stop()
            if not loop.is_alive:
                server.close()
                del self._running[name]
        for name, device in wanted.items():
            if name not in self._running:
                self._running[name] = self._started(name, device)

    def stop(self) -> None:
        """End every loop within seconds."""
        stop_all([loop for _, loop, _ in self._running.values()])
        for _, _, server in self._running.values():
            server.close()
        self._running.clear()
        self._journal.close()

    def _started(self, name: str, device: dict[str, Any]) -> tuple[dict[str, Any], PrintLoop, Server]:
        settings = {**(device.get("settings") or {}), "driver": device["driver"]}
        server = self._server.another()
        queue = AgentQueue(name, server, self._journal, lambda state, words, at: self._say(name, state, words, at))
        loop = PrintLoop(name, lambda: open_printer(name, settings, reach=self._reach), queue, self._clock)
        return device, loop, server

    def _say(self, name: str, state: str, words: str, at: datetime | None) -> None:
        self._tell(name, state, words, at)
