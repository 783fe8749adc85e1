"""`supply device list` and `test`: what the office has, and whether it reads, on an emulated serial scanner."""

import json
import threading
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from supply.cli.main import supply
from supply.devices.emulators.scanner import EmulatedScanner


@pytest.fixture
def link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An office with one serial scanner at this link."""
    link = tmp_path / "scanner-1"
    config = tmp_path / "office.toml"
    config.write_text(
        '[[stations]]\ncode = "kiosk-1"\nname = "Kiosk"\nlocation = "STOREROOM"\n'
        f'[[stations.devices]]\nname = "scanner-1"\ndriver = "serial"\nsettings = {{ port = "{link}" }}\n'
    )
    monkeypatch.setenv("SUPPLY_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("SUPPLY_CONFIG", str(config))
    monkeypatch.delenv("SUPPLY_DATABASE_URL", raising=False)
    assert CliRunner().invoke(supply, ["setup"]).exit_code == 0
    return link


def test_the_devices_of_the_office_are_listed(link: Path) -> None:
    result = CliRunner().invoke(supply, ["device", "list", "--json"])
    (row,) = [json.loads(line) for line in result.stdout.splitlines()]
    assert (row["name"], row["station"], row["driver"], row["state"]) == ("scanner-1", "kiosk-1", "serial", "closed")
    assert "scanner-1" in CliRunner().invoke(supply, ["device", "list"]).stdout


def test_a_test_shows_the_next_code_and_records_nothing(link: Path) -> None:
    with EmulatedScanner(link) as scanner:
        typing = threading.Thread(target=lambda: [(time.sleep(0.3), scanner.scan("0109\x1d10A")) for _ in range(5)])
        typing.start()
        result = CliRunner().invoke(supply, ["device", "test", "scanner-1"])
        typing.join()
    assert (result.exit_code, result.stdout.splitlines()[0]) == (0, "0109{GS}10A")


def test_a_silent_absent_or_unknown_scanner_is_said_in_words(link: Path) -> None:
    absent = CliRunner().invoke(supply, ["device", "test", "scanner-1", "--seconds", "0.2"])
    assert (absent.exit_code, "plugged in" in absent.stderr) == (1, True)
    with EmulatedScanner(link):
        silent = CliRunner().invoke(supply, ["device", "test", "scanner-1", "--seconds", "0.2"])
    assert (silent.exit_code, "read nothing" in silent.stderr) == (1, True)
    unknown = CliRunner().invoke(supply, ["device", "test", "scanner-9"])
    assert (unknown.exit_code, "scanner-9" in unknown.stderr) == (1, True)
