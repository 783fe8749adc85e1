"""The two servers that are compared, each in a process of its own."""

import contextlib
import http.client
import multiprocessing
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from supply.bench import floor
from supply.errors import SupplyError

START_SECONDS = 120
STOP_SECONDS = 40


@dataclass(frozen=True)
class Started:
    """The product's web role: its port, its process, and the seconds from its start to its first page."""

    port: int
    pid: int
    seconds: float


@contextlib.contextmanager
def floor_server(folder: Path, *, items: int, movements: int) -> Iterator[int]:
    """The floor, filled and listening; gives its port."""
    here, there = multiprocessing.Pipe()
    arguments = (str(folder / "floor.db"), items, movements, there)
    process = multiprocessing.get_context("spawn").Process(target=floor.serve, args=arguments, daemon=True)
    process.start()
    try:
        if not here.poll(START_SECONDS):
            raise SupplyError("The floor of the benchmark did not start.", code="bench_failed")
        yield int(here.recv())
    finally:
        process.terminate()
        process.join(STOP_SECONDS)


@contextlib.contextmanager
def product_server(folder: Path) -> Iterator[Started]:
    """`supply serve` on the database in that data folder."""
    port = _free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SUPPLY_")}
    environment |= {"SUPPLY_DATA": str(folder), "HOST": "127.0.0.1", "PORT": str(port)}
    log = folder / "server.log"
    with log.open("wb") as out:
        began = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "supply", "serve"], env=environment, stdout=out, stderr=subprocess.STDOUT
        )
        try:
            _wait_for_page(process, port, log)
            yield Started(port, process.pid, round(time.perf_counter() - began, 2))
        finally:
            process.terminate()
            process.wait(STOP_SECONDS)


def resident_megabytes(pid: int) -> float | None:
    """Memory that the process holds now, in MiB; None where the system does not tell."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return round(int(line.split()[1]) / 1024, 1)
    return None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for_page(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Until a page was answered. Raises SupplyError with the end of the log when none is."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("GET", "/sign-in")
            if connection.getresponse().status == 200:
                return
        time.sleep(0.02)
    said = log.read_text(errors="replace")[-500:]
    raise SupplyError(f"The server of the benchmark did not start: {said}", code="bench_failed")
