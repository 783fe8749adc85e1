"""The product as a process: `supply serve` or `run` on a data folder, started, killed, asked over HTTP."""

import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.postgres import free_port


@dataclass
class Served:
    """One data folder and one port; the process behind them may come and go."""

    folder: Path
    port: int = field(default_factory=free_port)
    command: str = "serve"
    arguments: tuple[str, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    environment: dict[str, str] = field(default_factory=dict)

    def env(self) -> dict[str, str]:
        """The environment of every command on this office."""
        return {**os.environ, "SUPPLY_DATA": str(self.folder), "PORT": str(self.port), **self.environment}

    def run(self, *arguments: str, text: str | None = None, check: bool = True) -> subprocess.CompletedProcess[str]:
        """One `supply` command on the same data folder."""
        return subprocess.run(
            [sys.executable, "-m", "supply", *arguments],
            env=self.env(), input=text, text=True, capture_output=True, check=check, timeout=120,
        )  # fmt: skip

    def start(self) -> None:
        """Start the process and wait until it answers."""
        log = open(self.folder / "served.log", "ab")  # noqa: SIM115 - the process keeps it
        self.process = subprocess.Popen(
            [sys.executable, "-m", "supply", self.command, *self.arguments], env=self.env(), stdout=log, stderr=log
        )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise AssertionError((self.folder / "served.log").read_text())
            with contextlib.suppress(OSError):
                if self.ask("GET", "/health")[0] == 200:
                    return
            time.sleep(0.02)
        raise AssertionError("the server did not answer within a minute")

    def kill(self) -> None:
        """As a power cut would: no goodbye."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """As systemd would; returns the exit status."""
        if self.process is None or self.process.poll() is not None:
            return 0
        self.process.terminate()
        return self.process.wait(timeout=60)

    def ask(
        self, method: str, path: str, body: dict[str, Any] | None = None, *, token: str | None = None
    ) -> tuple[int, Any]:
        """One request on a connection of its own: (status, parsed answer)."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if body is not None:
            headers["Content-Type"] = "application/json"
        try:
            connection.request(method, path, json.dumps(body) if body is not None else None, headers)
            response = connection.getresponse()
            content = response.read()
        except http.client.HTTPException as error:
            raise OSError("the connection broke") from error
        finally:
            connection.close()
        return response.status, json.loads(content) if content[:1] in b"{[" else content


@contextlib.contextmanager
def served(folder: Path, command: str = "serve", *arguments: str, **environment: str) -> Iterator[Served]:
    """A running office in this folder; stopped at the end."""
    folder.mkdir(parents=True, exist_ok=True)
    office = Served(folder, command=command, arguments=arguments, environment=environment)
    try:
        yield office
    finally:
        office.stop()
