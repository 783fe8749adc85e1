"""`supply device`: what the office has, whether it reads and prints, and the stand-ins for it."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from supply.barcodes.images import decode_image
from supply.cli.main import supply
from supply.devices.discovery import usb_printers
from supply.devices.emulators.printer import EmulatedPrinter
from supply.devices.emulators.scanner import EmulatedScanner
from supply.devices.printers.model import Printer
from supply.devices.printers.open import open_printer
from tests.devices.printer_rigs import noise


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


@pytest.fixture
def printer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[EmulatedPrinter]:
    """An office with one label printer, which is switched on."""
    with EmulatedPrinter(tmp_path / "labels") as printer:
        config = tmp_path / "office.toml"
        config.write_text(
            '[[stations]]\ncode = "receiving-1"\nname = "Bench"\nlocation = "STOREROOM"\n'
            '[[stations.devices]]\nname = "printer-1"\ndriver = "escpos-network"\n'
            f'settings = {{ host = "{printer.host}", port = {printer.port}, paper = "40x30", timeout_seconds = 0.5 }}\n'
        )
        monkeypatch.setenv("SUPPLY_DATA", str(tmp_path / "data"))
        monkeypatch.setenv("SUPPLY_CONFIG", str(config))
        monkeypatch.delenv("SUPPLY_DATABASE_URL", raising=False)
        assert CliRunner().invoke(supply, ["setup"]).exit_code == 0
        yield printer


def test_a_label_printer_is_listed(printer: EmulatedPrinter) -> None:
    (line,) = CliRunner().invoke(supply, ["device", "list", "--json"]).stdout.splitlines()
    row = json.loads(line)
    assert (row["name"], row["station"], row["driver"]) == ("printer-1", "receiving-1", "escpos-network")


def test_a_test_label_comes_out_and_can_be_read(printer: EmulatedPrinter) -> None:
    result = CliRunner().invoke(supply, ["device", "test", "printer-1"])
    assert (result.exit_code, result.stdout) == (
        0,
        "A test label was printed. printer-1 is ready.\n",
    )
    (label,) = printer.labels()
    assert [found.text for found in decode_image(label.read_bytes())] == ["SUPPLY-TEST"]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("no_paper", "has no paper. Put in a roll"),
        ("cover_open", "has its cover open"),
        ("mute", "does not say how it is"),
        ("garbage", "answers what no label printer answers"),
        ("gone", "Look whether it came out"),
    ],
)
def test_a_test_label_that_does_not_come_out_is_said_in_one_line(
    printer: EmulatedPrinter, fault: str, said: str
) -> None:
    printer.set_faults(**({"gone_after_bytes": 1000} if fault == "gone" else {fault: True}))
    result = CliRunner().invoke(supply, ["device", "test", "printer-1"])
    assert (result.exit_code, said in result.stderr, len(result.stderr.splitlines())) == (1, True, 1), result.stderr
    assert printer.labels() == []


def test_neither_a_test_nor_a_label_reaches_a_printer_outside_the_offices_networks(
    printer: EmulatedPrinter, tmp_path: Path
) -> None:
    with open(tmp_path / "office.toml", "a") as config:
        config.write('[printing]\nnetworks = ["10.0.0.0/8"]\n')
    label = ("label", "location", "STOREROOM", "--printer", printer.address)
    for arguments in (("device", "test", "printer-1"), label):
        refused = CliRunner().invoke(supply, arguments)
        assert (refused.exit_code, "no printer is allowed" in refused.stderr) == (1, True), refused.stderr
    assert printer.received == 0


def test_a_device_at_another_computer_is_not_tested_from_here(printer: EmulatedPrinter, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "data" / "supply.db")) as db:
        db.execute("UPDATE devices SET runs_at = 'agent'")
        db.commit()
    refused = CliRunner().invoke(supply, ["device", "test", "printer-1"])
    assert (refused.exit_code, "plugged into another computer" in refused.stderr) == (1, True)
    assert printer.received == 0


@contextmanager
def started(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """`supply device emulate` as a process, and the port that it says it is at; it must end when it is told."""
    process = subprocess.Popen(
        [sys.executable, "-m", "supply", "device", "emulate", *arguments, "--port", "0"],
        text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ},
    )  # fmt: skip
    try:
        assert process.stderr is not None
        yield process, int(process.stderr.readline().split(";")[0].rpartition(":")[2])
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize(
    ("arguments", "settings", "out"),
    [
        (("printer", "--language", "zpl"), {"driver": "zpl-network"}, "label-0001.png"),
        (("system-printer",), {"driver": "system", "printer": "labels"}, "job-0001.pdf"),
    ],
)
def test_a_printer_can_be_emulated_from_the_command_line_and_told_to_fail(
    tmp_path: Path, arguments: tuple[str, ...], settings: dict[str, str], out: str
) -> None:
    with started(*arguments, "--folder", str(tmp_path / "labels"), "--fault", "cover-open") as (process, port):

        def printer() -> Printer:
            return open_printer("desk", {**settings, "host": "127.0.0.1", "port": port})

        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        assert "has its cover open" in printer().status().words
        process.stdin.write("burning\nok\n")
        process.stdin.flush()
        assert "is no fault of a printer" in process.stderr.readline()
        deadline = time.monotonic() + 10
        while not printer().status().is_ready and time.monotonic() < deadline:
            time.sleep(0.05)
        assert printer().print_image(noise(64, 20)).outcome == "printed"
        assert process.stdout.readline().strip() == str(tmp_path / "labels" / out)


def test_an_emulated_printer_with_a_wrong_fault_or_a_taken_port_does_not_start(
    tmp_path: Path, printer: EmulatedPrinter
) -> None:
    common = ["device", "emulate", "printer", "--folder", str(tmp_path / "x")]
    wrong = CliRunner().invoke(supply, [*common, "--port", "0", "--fault", "burning"])
    assert (wrong.exit_code, "is no fault of a printer" in wrong.stderr) == (1, True)
    taken = CliRunner().invoke(supply, [*common, "--port", str(printer.port)])
    assert (taken.exit_code, "No printer can listen at" in taken.stderr) == (1, True)


def test_usb_printers_of_the_kernel_are_found_with_their_numbers(tmp_path: Path) -> None:
    device = tmp_path / "devices" / "1-2"
    (device / "1-2:1.0").mkdir(parents=True)
    for name, text in (("idVendor", "04b8"), ("idProduct", "0202"), ("manufacturer", "EPSON"), ("product", "TM-L90")):
        (device / name).write_text(text + "\n")
    classes = tmp_path / "class"
    (classes / "lp0").mkdir(parents=True)
    (classes / "lp0" / "device").symlink_to(device / "1-2:1.0")
    (found,) = usb_printers(classes)
    assert (found.port, found.usb_id, found.description) == ("/dev/usb/lp0", "04b8:0202", "EPSON TM-L90")
    assert usb_printers(tmp_path / "nothing") == []


def test_what_could_be_added_is_listed_and_what_could_not_be_looked_for_is_said(
    link: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "bin" / "lpstat"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho DYMO_450\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    result = CliRunner().invoke(supply, ["device", "discover", "--json", "--seconds", "0.1"])
    found = {row["title"]: row for row in map(json.loads, result.stdout.splitlines())}
    assert result.exit_code == 0
    assert (found["DYMO_450"]["driver"], found["DYMO_450"]["settings"]) == ("system", {"printer": "DYMO_450"})
    monkeypatch.setenv("PATH", "")
    assert "CUPS" in CliRunner().invoke(supply, ["device", "discover", "--seconds", "0.1"]).stderr
