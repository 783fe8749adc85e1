"""What only one kind of wire does: a network that breaks, a port that is gone, a file that cannot be written."""

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import serial

from supply.devices.emulators.printer import EmulatedPrinter
from supply.devices.emulators.serial_printer import EmulatedSerialPrinter
from supply.devices.printers.model import Outcome, Printed
from supply.devices.printers.open import open_printer, printer_at
from tests.devices.printer_rigs import QUICK, Rig, network_rig, noise, serial_rig


@pytest.fixture
def printer(tmp_path: Path) -> Iterator[EmulatedPrinter]:
    """A printer on TCP."""
    with EmulatedPrinter(tmp_path / "labels") as printer:
        yield printer


def test_the_usual_time_limit_is_two_seconds(printer: EmulatedPrinter) -> None:
    """python-escpos waits a minute."""
    printer.set_faults(mute=True)
    mute = open_printer("desk", {"driver": "escpos-network", "host": printer.host, "port": printer.port})
    started = time.monotonic()
    assert not mute.status().is_ready
    assert 1.9 < time.monotonic() - started < 4


def test_a_printer_that_is_off_is_said_at_once(printer: EmulatedPrinter) -> None:
    printer.unplug()
    printed = network_rig(printer).open().print_image(noise(64, 20))
    assert printed.outcome is Outcome.not_printed
    rest = "takes no connection. See that it is switched on"
    assert printed.words.startswith(f"desk {rest}")
    assert printer_at(printer.address).status().words.startswith(f"The printer at {printer.address} {rest}")


@pytest.mark.parametrize("host", ["printer.invalid", "a..b", "x" * 300])
def test_a_name_that_is_none_is_said_in_words(host: str) -> None:
    status = open_printer("desk", {"driver": "escpos-network", "host": host}).status()
    assert (status.is_ready, "correct its settings" in status.words) == (False, True), status.words


def test_a_second_client_gets_a_connection_and_no_answer_and_prints_later(printer: EmulatedPrinter) -> None:
    """As single-session printers do: connecting proves nothing."""
    rig = network_rig(printer)
    with socket.create_connection((printer.host, printer.port)) as first:
        first.sendall(b"\x10\x04\x01")
        assert first.recv(1) == b"\x12"
        waiting = rig.open().print_image(noise(64, 20))
        assert (waiting.outcome, "does not say how it is" in waiting.words) == (Outcome.not_printed, True)
    assert rig.open().print_image(noise(64, 20)).outcome is Outcome.printed
    assert len(printer.labels()) == 1


def test_a_printer_that_hangs_up_when_asked_is_not_well(printer: EmulatedPrinter) -> None:
    """An empty answer is what a closed connection reads as; it must never mean that there is paper."""
    printer.set_faults(gone_after_bytes=3)
    status = network_rig(printer).open().status()
    assert (status.is_ready, "connection" in status.words) == (False, True)


@pytest.mark.parametrize("after", [200, 2000, 4000, 6000])
def test_a_printer_that_dies_in_the_middle_leaves_the_label_uncertain(printer: EmulatedPrinter, after: int) -> None:
    printer.set_faults(gone_after_bytes=after)
    printed = network_rig(printer).open().print_image(noise(576, 100))
    assert (printed.outcome, printed.copies) == (Outcome.unknown, 0)
    assert "Look whether it came out" in printed.words
    assert printer.labels() == []


def test_a_slow_printer_is_waited_for(printer: EmulatedPrinter) -> None:
    printer.set_faults(byte_seconds=0.0002)
    started = time.monotonic()
    assert network_rig(printer).open(timeout_seconds=4).print_image(noise(576, 150)).outcome is Outcome.printed
    assert time.monotonic() - started > 1.5


def test_printing_can_be_broken_off_from_another_thread(printer: EmulatedPrinter) -> None:
    printer.set_faults(byte_seconds=0.01)
    driver = network_rig(printer).open(timeout_seconds=30)
    came: list[Printed] = []
    thread = threading.Thread(target=lambda: came.append(driver.print_image(noise(576, 300))))
    thread.start()
    time.sleep(0.7)
    stopped = time.monotonic()
    driver.close()
    thread.join(timeout=5)
    assert time.monotonic() - stopped < 1
    assert [printed.outcome for printed in came] == [Outcome.unknown]


def test_a_printer_that_talks_without_end_is_no_printer(tmp_path: Path) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    done = threading.Event()

    def chatter() -> None:
        client, _ = listener.accept()
        with client:
            client.settimeout(0.2)
            while not done.is_set():
                try:
                    client.sendall(b"HTTP/1.1 400 Bad Request\r\n" * 100)
                except OSError:
                    return

    thread = threading.Thread(target=chatter)
    thread.start()
    rig = Rig({"driver": "escpos-network", "host": "127.0.0.1", "port": listener.getsockname()[1]})
    time.sleep(0.2)
    started = time.monotonic()
    printed = rig.open().print_image(noise(64, 20))
    done.set()
    thread.join()
    listener.close()
    assert (printed.outcome, "no label printer answers" in printed.words) == (Outcome.not_printed, True)
    assert time.monotonic() - started < 5


# ---- serial


def test_a_serial_printer_that_is_away_is_said_in_words(tmp_path: Path) -> None:
    rig = Rig({"driver": "escpos-serial", "port": str(tmp_path / "nothing")})
    status = rig.open().status()
    assert (status.is_ready, status.is_permanent) == (False, False)
    assert status.words.endswith("is not plugged in; check its cable.")


def test_a_serial_printer_in_use_is_said_in_words(tmp_path: Path) -> None:
    with EmulatedSerialPrinter(tmp_path / "labels", tmp_path / "port") as printer:
        other = serial.Serial(str(printer.link), exclusive=True)
        status = serial_rig(printer).open().status()
        other.close()
        assert status.words.endswith("is in use by another program; close that one.")
        assert serial_rig(printer).open().status().is_ready


@pytest.mark.parametrize("flow", ["none", "xonxoff", "dtr", "rts"])
def test_each_kind_of_flow_control_is_asked_of_the_port(tmp_path: Path, flow: str) -> None:
    with EmulatedSerialPrinter(tmp_path / "labels", tmp_path / "port") as printer:
        printed = serial_rig(printer).open(flow=flow).print_image(noise(64, 20))
        assert printed.outcome is Outcome.printed, printed.words


def test_a_serial_printer_that_takes_no_bytes_ends_in_words(tmp_path: Path) -> None:
    with EmulatedSerialPrinter(tmp_path / "labels", tmp_path / "port") as printer:
        printer.set_faults(gone_after_bytes=1000)
        printed = serial_rig(printer).open().print_image(noise(576, 100))
        assert (printed.outcome, "Look whether it came out" in printed.words) == (Outcome.unknown, True)


def test_a_serial_printer_unplugged_in_the_middle_leaves_the_label_uncertain(tmp_path: Path) -> None:
    with EmulatedSerialPrinter(tmp_path / "labels", tmp_path / "port") as printer:
        printer.set_faults(byte_seconds=0.001)
        threading.Timer(0.5, printer.unplug).start()
        printed = serial_rig(printer).open().print_image(noise(576, 100))
        assert printed.outcome is Outcome.unknown, printed


# ---- file


def test_a_file_keeps_what_was_printed_before(tmp_path: Path) -> None:
    """python-escpos empties the file at each opening."""
    rig = Rig({"driver": "escpos-file", "path": str(tmp_path / "out.bin")}, path=tmp_path / "out.bin")
    for seed in (1, 2, 3):
        printed = rig.open().print_image(noise(64, 20, seed))
        assert (printed.outcome, "cannot tell what came out" in printed.words) == (Outcome.printed, True)
    assert len(rig.pictures()) == 3


@pytest.mark.parametrize(
    ("path", "outcome", "said"),
    [
        ("/dev/usb/lp-of-nobody", "not_printed", "is not there"),
        ("nowhere/out.bin", "not_printed", "is not there"),
        (".", "not_printed", "cannot be written"),
        ("/dev/full", "not_printed", "the disk is full"),
    ],
)
def test_a_file_that_cannot_be_written_is_said_in_words(tmp_path: Path, path: str, outcome: str, said: str) -> None:
    printed = open_printer("desk", {**QUICK, "driver": "escpos-file", "path": str(tmp_path / path)}).print_image(
        noise(64, 20)
    )
    assert (printed.outcome, said in printed.words) == (outcome, True), printed.words
    assert not Path("/dev/usb/lp-of-nobody").exists()


def test_a_device_that_takes_no_bytes_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    import os

    pipe = tmp_path / "lp0"
    os.mkfifo(pipe)
    rig = Rig({"driver": "escpos-file", "path": str(pipe)})
    nobody = rig.open().print_image(noise(64, 20))
    assert (nobody.outcome, "switch the printer on" in nobody.words) == (Outcome.not_printed, True)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)  # somebody is there, and never reads
    stuck = rig.open().print_image(noise(576, 2000))
    os.close(reader)
    assert (stuck.outcome, "takes no more bytes" in stuck.words) == (Outcome.unknown, True)
