"""Fixtures of the worker's tests."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from supply.db import Database
from supply.devices.emulators.printer import EmulatedPrinter
from tests.factories import Office
from tests.worker.bench import PrintBench


@pytest.fixture
def bench(sqlite_db: Database, now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PrintBench:
    """An office without printers; the worker looks at printers in trouble often."""
    monkeypatch.setattr("supply.devices.printers.loop.TROUBLE_SECONDS", 0.2)
    monkeypatch.setattr("supply.devices.printers.loop.LOOK_SECONDS", 0.05)
    monkeypatch.setattr("supply.devices.printers.loop.FAILED_SECONDS", 0.2)
    return PrintBench(Office(sqlite_db, now), tmp_path)


@pytest.fixture
def printer(tmp_path: Path) -> Iterator[EmulatedPrinter]:
    """An emulated printer that is switched on."""
    with EmulatedPrinter(tmp_path / "labels") as printer:
        yield printer
