"""The contract of every label printer in every language, on TCP, a pseudo-terminal, a file, IPP, and (at the objects
of pyusb and pywin32) USB and the spooler of Windows."""

import errno
import re
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from supply.devices.emulators.ipp_printer import EmulatedSystemPrinter
from supply.devices.emulators.printer import EmulatedPrinter, Faults, Mechanics
from supply.devices.emulators.serial_printer import EmulatedSerialPrinter
from supply.devices.errors import DeviceError
from supply.devices.printers.model import Outcome
from supply.devices.printers.open import PRINTERS, open_printer, printer_at
from supply.errors import Invalid
from tests.devices.printer_rigs import (
    FakeSpooler,
    FakeUsbDevice,
    Rig,
    fake_pyusb,
    fake_pywin32,
    is_same,
    network_rig,
    noise,
    serial_rig,
    system_rig,
)

LANGUAGES = ("escpos", "zpl")
BLIND = tuple(f"{language}-{wire}" for language in LANGUAGES for wire in ("file", "windows"))
ANSWERING = tuple(f"{language}-{wire}" for language in LANGUAGES for wire in ("network", "serial", "usb"))
WIRES = (*ANSWERING, *BLIND, "system")


@pytest.fixture
def rig(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    """One of the ways to a printer."""
    folder, driver = tmp_path / "labels", request.param
    language, _, wire = driver.partition("-")
    if wire == "network":
        with EmulatedPrinter(folder, language=language) as printer:
            yield network_rig(printer, language)
    elif wire == "serial":
        with EmulatedSerialPrinter(folder, tmp_path / "port", language=language) as serial_printer:
            yield serial_rig(serial_printer, language)
    elif wire == "usb":
        device = FakeUsbDevice(Mechanics(folder, language=language))
        fake_pyusb(monkeypatch, device)
        yield Rig({"driver": driver, "usb_id": "04b8:0202"}, device.mechanics)
    elif wire == "windows":
        spooler = FakeSpooler(Mechanics(folder, language=language))
        fake_pywin32(monkeypatch, spooler)
        yield Rig({"driver": driver, "printer": "Zebra 1"}, spooler.mechanics)
    elif driver == "system":
        with EmulatedSystemPrinter(folder) as system:
            yield system_rig(system)
    else:
        yield Rig({"driver": driver, "path": str(tmp_path / "out.bin")}, path=tmp_path / "out.bin")


every_wire = pytest.mark.parametrize("rig", WIRES, indirect=True)
every_answering_wire = pytest.mark.parametrize("rig", ANSWERING, indirect=True)


@every_wire
def test_every_dot_comes_out_where_it_was_sent(rig: Rig) -> None:
    sent = [noise(381, height, seed=height) for height in (1, 63, 64, 65, 256)] + [noise(576, 40), noise(8, 8)]
    for picture in sent:
        assert rig.open().print_image(picture).outcome is Outcome.printed
    came = rig.pictures()
    assert len(came) == len(sent)
    assert all(is_same(printed, picture) for printed, picture in zip(came, sent, strict=True))


@every_wire
def test_copies_are_cut_one_by_one_and_counted(rig: Rig) -> None:
    printed = rig.open().print_image(noise(200, 30), copies=3)
    assert (printed.outcome, printed.copies) == (Outcome.printed, 3)
    assert len(rig.pictures()) == 3


@every_wire
@pytest.mark.parametrize("cut", ["partial", "full", "gap"])
def test_each_label_is_parted_from_the_next(rig: Rig, cut: str) -> None:
    for seed in (1, 2):
        rig.open(cut=cut).print_image(noise(64, 20, seed))
    assert [picture.size for picture in rig.pictures()] == [(64, 20)] * 2


@every_wire
def test_only_black_and_white_is_taken(rig: Rig) -> None:
    """A grey picture would have to be dithered, and a dithered barcode is none."""
    for mode in ("L", "RGB", "RGBA", "P"):
        with pytest.raises(Invalid, match="black and white"):
            rig.open().print_image(Image.new(mode, (64, 20)))
    with pytest.raises(Invalid, match="empty"):
        rig.open().print_image(Image.new("1", (0, 20)))
    with pytest.raises(Invalid, match="at least one"):
        rig.open().print_image(noise(64, 20), copies=0)


@every_wire
def test_a_picture_wider_than_the_head_is_not_sent(rig: Rig) -> None:
    printed = rig.open(printable_dots=384).print_image(noise(385, 20))
    assert (printed.outcome, printed.is_permanent) == (Outcome.not_printed, True)
    assert "385 dots wide and desk prints 384" in printed.words


@every_wire
def test_nothing_is_left_on_standard_output_in_the_log_or_in_the_temporary_folder(
    rig: Rig, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    before = set(Path(tempfile.gettempdir()).glob("*/*.capabilities.pickle"))
    printer = rig.open()
    printer.status()
    printer.print_image(noise(64, 20))
    printer.close()
    printer.close()
    assert capfd.readouterr().out == ""
    assert caplog.messages == []
    assert set(Path(tempfile.gettempdir()).glob("*/*.capabilities.pickle")) <= before


@every_answering_wire
def test_a_printer_that_is_well_is_ready(rig: Rig) -> None:
    status = rig.open().status()
    assert (status.is_ready, status.is_known) == (True, True)
    assert status.words.endswith("is ready.")


@every_answering_wire
def test_a_roll_that_is_nearly_at_its_end_still_prints_and_says_so(rig: Rig) -> None:
    assert rig.mechanics is not None
    rig.mechanics.set_faults(paper_near_end=True)
    printed = rig.open().print_image(noise(64, 20))
    assert (printed.outcome, "nearly at its end" in printed.words) == (Outcome.printed, True)


@every_answering_wire
@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("no_paper", "has no paper. Put in a roll; it goes on by itself."),
        ("cover_open", "has its cover open. Close it; printing goes on by itself."),
        ("offline", "is offline. Press its feed or online button; printing goes on by itself."),
        ("error", "reports an error that it cannot clear. Switch it off and on; if it stays, have it repaired."),
        ("mute", "does not say how it is. Switch it off and on, and see that no other program prints there."),
        ("garbage", "answers what no label printer answers. See that its address is right, then switch it off and on."),
    ],
)
def test_a_printer_in_trouble_is_said_in_words_and_gets_nothing(rig: Rig, fault: str, said: str) -> None:
    assert rig.mechanics is not None
    rig.mechanics.set_faults(**{fault: True})
    status = rig.open().status()
    assert (status.is_ready, status.words.endswith(said)) == (False, True), status.words
    received = rig.mechanics.received
    printed = rig.open().print_image(noise(64, 20))
    assert (printed.outcome, printed.is_permanent) == (Outcome.not_printed, False)
    assert printed.words.endswith(said)
    assert rig.mechanics.received - received <= 4 * 3, "only questions were sent"
    rig.mechanics.set_faults()
    assert rig.pictures() == []
    assert rig.open().print_image(noise(64, 20)).outcome is Outcome.printed


@every_answering_wire
def test_paper_that_ends_during_the_label_leaves_it_uncertain(rig: Rig) -> None:
    assert rig.mechanics is not None
    rig.mechanics.set_faults(labels_left=2)
    printed = rig.open().print_image(noise(64, 20), copies=4)
    assert (printed.outcome, printed.copies) == (Outcome.unknown, 1)
    assert printed.words.startswith("1 of 4 labels came out.")
    assert printed.words.endswith("It had been sent a label. Look whether it came out.")
    assert len(rig.pictures()) == 2


@every_answering_wire
def test_a_printer_that_falls_silent_after_the_label_leaves_it_uncertain(rig: Rig) -> None:
    mechanics = rig.mechanics
    assert mechanics is not None
    come_out = mechanics._come_out

    def and_fall_silent(image: Image.Image) -> None:
        come_out(image)
        mechanics._faults = Faults(mute=True)

    mechanics._come_out = and_fall_silent  # type: ignore[method-assign]
    printed = rig.open().print_image(noise(64, 20))
    assert printed.outcome is Outcome.unknown
    assert "does not say how it is" in printed.words
    assert len(rig.pictures()) == 1


@every_answering_wire
def test_a_printer_that_never_answers_can_be_taken_at_its_word(rig: Rig) -> None:
    assert rig.mechanics is not None
    rig.mechanics.set_faults(mute=True)
    printer = rig.open(answers=False)
    status = printer.status()
    assert (status.is_ready, status.is_known) == (True, False)
    printed = printer.print_image(noise(64, 20))
    assert (printed.outcome, "cannot tell what came out" in printed.words) == (Outcome.printed, True)
    deadline = time.monotonic() + 5
    while not rig.pictures() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert len(rig.pictures()) == 1


@every_answering_wire
def test_what_a_printer_said_unasked_is_not_taken_for_an_answer(rig: Rig) -> None:
    """Automatic status of four bytes, as many send at switching on."""
    mechanics = rig.mechanics
    assert mechanics is not None
    take = mechanics.take
    mechanics.take = lambda content: take(content) + (b"\x10\x00\x00\x0f" if b"\x1b@" in content else b"")  # type: ignore[method-assign]
    assert rig.open().print_image(noise(64, 20)).outcome is Outcome.printed


# ---- settings


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, "its driver None is not known; choose one of escpos-network, escpos-usb, escpos-serial, escpos-file"),
        ({"driver": "serial", "port": "x"}, "its driver 'serial' is not known"),
        ({"driver": "escpos-network"}, "host is missing"),
        ({"driver": "escpos-network", "host": "x", "colour": 1}, "has no setting colour"),
        ({"driver": "escpos-network", "host": "x", "port": "9100"}, "port cannot be '9100'"),
        ({"driver": "escpos-network", "host": "x", "port": 0}, "port must be above 0"),
        ({"driver": "escpos-network", "host": "x", "timeout_seconds": 0}, "timeout_seconds must be above 0"),
        ({"driver": "escpos-network", "host": "x", "cut": "half"}, "cut cannot be 'half'; choose one of partial"),
        ({"driver": "escpos-network", "host": "x", "answers": 1}, "answers cannot be 1"),
        ({"driver": "escpos-serial", "port": "x", "flow": "maybe"}, "flow cannot be 'maybe'"),
        ({"driver": "escpos-usb", "usb_id": "Epson"}, "give it as vendor:product, such as 04b8:0202"),
        ({"driver": "escpos-file", "path": 5}, "path cannot be 5"),
    ],
)
def test_settings_that_cannot_be_right_are_named(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(DeviceError, match=re.escape(said)) as refused:
        open_printer("desk", settings)
    assert refused.value.permanent


def test_the_settings_of_paper_are_the_printers(tmp_path: Path) -> None:
    given = {"paper": "57x32", "dots_per_inch": 300, "printable_dots": 640, "cut": "gap"}
    printer = open_printer("desk", {"driver": "escpos-file", "path": str(tmp_path / "x"), **given})
    assert (printer.paper.name, printer.paper.dots_per_inch, printer.paper.printable_dots) == ("57x32", 300, 640)
    assert printer.name == "desk"


def test_every_driver_has_its_row() -> None:
    wires = ("file", "network", "serial", "usb", "windows")
    assert set(PRINTERS) == {f"{language}-{wire}" for language in ("escpos", "zpl") for wire in wires} | {"system"}


@pytest.mark.parametrize("address", ["", "printer", ":9100", "printer:", "printer:0", "printer:70000", "printer:9x"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(DeviceError, match="HOST:PORT"):
        printer_at(address)


def test_a_printer_at_an_address_prints(tmp_path: Path) -> None:
    with EmulatedPrinter(tmp_path) as printer:
        assert printer_at(printer.address).print_image(noise(64, 20)).outcome is Outcome.printed


# ---- USB, at pyusb's object


def usb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **fails: int) -> tuple[Rig, FakeUsbDevice]:
    device = FakeUsbDevice(Mechanics(tmp_path / "labels"), fails)
    fake_pyusb(monkeypatch, device)
    return Rig({"driver": "escpos-usb", "usb_id": "04b8:0202"}, device.mechanics), device


def test_usb_is_found_by_its_numbers_taken_from_the_kernel_and_fed_in_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = FakeUsbDevice(Mechanics(tmp_path / "labels"))
    asked = fake_pyusb(monkeypatch, device)
    assert Rig({"driver": "escpos-usb", "usb_id": "04b8:0202"}).open().print_image(noise(576, 100)).outcome == "printed"
    assert asked == [{"idVendor": 0x04B8, "idProduct": 0x0202}]
    assert device.is_taken_from_kernel
    assert max(device.written) == 512


@pytest.mark.parametrize(
    ("fails", "outcome", "said"),
    [
        ({"write": errno.EBUSY}, "not_printed", "in use by another program, often usblp or CUPS"),
        ({"write": errno.EACCES}, "not_printed", "install the udev rules"),
        ({"write": errno.ENODEV}, "not_printed", "is not plugged in or not switched on"),
        ({"write": errno.ETIMEDOUT}, "not_printed", "takes no more bytes"),
        ({"read": errno.EIO}, "not_printed", "is not plugged in or not switched on"),
        ({"read": errno.ETIMEDOUT}, "not_printed", "does not say how it is"),
        ({"set_configuration": errno.EBUSY}, "printed", "is ready"),  # the library goes on, and so can we
    ],
)
def test_the_errors_of_usb_become_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: dict[str, int], outcome: str, said: str
) -> None:
    rig, _ = usb(tmp_path, monkeypatch, **fails)
    printed = rig.open().print_image(noise(64, 20))
    assert (printed.outcome, said in printed.words) == (outcome, True), printed.words
    assert printed.words.startswith("desk ")


def test_a_transfer_that_ends_in_the_middle_leaves_the_label_uncertain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig, device = usb(tmp_path, monkeypatch)
    write = device.write

    def stop_in_the_middle(endpoint: int, content: bytes, timeout: int) -> int:
        if sum(device.written) > 1000:
            device.fails["write"] = errno.ETIMEDOUT
        return write(endpoint, content, timeout)

    device.write = stop_in_the_middle  # type: ignore[method-assign]
    assert rig.open().print_image(noise(576, 100)).outcome is Outcome.unknown


def test_usb_without_its_device_or_its_library_is_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    from escpos.printer import usb as library

    fake_pyusb(monkeypatch, None)
    absent = Rig({"driver": "escpos-usb", "usb_id": "04b8:0202"}).open().status()
    assert (absent.is_ready, "not plugged in" in absent.words) == (False, True)
    monkeypatch.setattr(library, "_DEP_USB", False)
    missing = Rig({"driver": "escpos-usb", "usb_id": "04b8:0202"}).open().status()
    assert (missing.is_permanent, "pip install 'pyusb>=1.2'" in missing.words) == (True, True)
