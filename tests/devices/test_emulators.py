"""The stand-ins for hardware, and the commands that start them."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from supply.cli.camera import camera
from supply.cli.device import device
from supply.devices.emulators.camera import SYMBOL_FORMATS, render_symbol, write_picture, write_video
from supply.devices.emulators.scanner import EmulatedScanner, play
from supply.devices.errors import DeviceError
from supply.devices.scanners.serial_port import SerialScanner
from supply.errors import Invalid

UDI = "(01)04012345678901(17)271231(10)LOT42A(21)S9"
UDI_RAW = "01040123456789011727123110LOT42A\x1d21S9"


def _decoded(*files: Path) -> list[dict[str, object]]:
    done = CliRunner().invoke(camera, ["decode", "--json", *map(str, files)])
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_the_emulated_scanner_is_a_link_that_comes_and_goes(tmp_path: Path) -> None:
    scanner = EmulatedScanner(tmp_path / "by-id" / "scanner")
    scanner.plug()
    scanner.plug()
    assert scanner.link.is_symlink()
    assert scanner.link.is_char_device()
    scanner.unplug()
    scanner.unplug()
    assert not scanner.link.is_symlink()
    with pytest.raises(DeviceError, match="unplugged"):
        scanner.scan("X")


def test_the_emulated_scanner_never_replaces_a_file(tmp_path: Path) -> None:
    (tmp_path / "scanner").write_text("mine")

    with pytest.raises(DeviceError, match="another file is there"):
        EmulatedScanner(tmp_path / "scanner").plug()

    assert (tmp_path / "scanner").read_text() == "mine"


def test_lines_are_played_as_scans_and_acts(tmp_path: Path) -> None:
    with EmulatedScanner(tmp_path / "scanner") as emulated:
        reader = SerialScanner(str(emulated.link))
        reader.open()
        lines = ["]d20104{GS}21S9\n", "\n", "]d20104\\x1d21S9\r\n", "!half ABCDEF", "!garbage", "!replug", "!unplug"]
        assert play(emulated, lines[:3]) == 2
        texts: list[str] = []
        while len(texts) < 2:
            texts += [scan.raw for scan in reader.read(1.0)]
        assert texts == ["]d20104\x1d21S9", "]d20104\x1d21S9"]
        assert play(emulated, lines[3:]) == 0
        reader.close()
        with pytest.raises(DeviceError, match="!fly is no act"):
            play(emulated, ["!fly"])


def test_the_command_sends_its_input_as_a_scanner_would(tmp_path: Path) -> None:
    link = tmp_path / "scanner"
    command = [sys.executable, "-m", "supply", "device", "emulate", "scanner", "--link", str(link), "--suffix", "crlf"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        assert "The scanner is at" in process.stderr.readline()
        reader = SerialScanner(str(link))
        reader.open()
        process.stdin.write("]d20104012345678901{GS}21S9\n")
        process.stdin.flush()
        deadline, scans = time.monotonic() + 10.0, []
        while not scans and time.monotonic() < deadline:
            scans = reader.read(0.1)
        assert [scan.raw for scan in scans] == ["]d20104012345678901\x1d21S9"]
        process.stdin.close()
        assert process.wait(10) == 0
    assert not os.path.lexists(link)
    reader.close()


@pytest.mark.parametrize("ending", ["png", "jpg", "webp", "mp4", "avi", "mjpeg", "y4m"])
def test_what_the_emulated_camera_shows_is_read_again(tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"shelf.{ending}"

    done = CliRunner().invoke(device, ["emulate", "camera", UDI, "--out", str(out), "--seconds", "0.4"])

    assert done.exit_code == 0, done.output
    (answer,) = _decoded(out)
    assert [code["text"] for code in answer["codes"]] == [UDI_RAW]  # type: ignore[attr-defined,index]
    assert ("frames" in answer) == (ending in ("mp4", "avi", "mjpeg", "y4m"))


def test_the_same_seed_gives_the_same_picture(tmp_path: Path) -> None:
    for name, seed in (("a", "1"), ("b", "1"), ("c", "2")):
        CliRunner().invoke(device, ["emulate", "camera", "X", "--out", str(tmp_path / f"{name}.png"), "--seed", seed])
    a, b, c = ((tmp_path / f"{name}.png").read_bytes() for name in "abc")
    assert a == b != c


@pytest.mark.parametrize("symbol_format", SYMBOL_FORMATS)
def test_text_that_a_format_cannot_hold_is_refused_in_words(symbol_format: str) -> None:
    with pytest.raises(Invalid, match=symbol_format):
        render_symbol("\x00é日" * 4000, symbol_format)


def test_a_wrong_length_or_check_digit_and_an_unknown_format_are_refused() -> None:
    with pytest.raises(Invalid, match=r"^DataMatrix cannot hold this text: Invalid data length for AI \(01\)\.$"):
        render_symbol("(01)0401234567890")
    with pytest.raises(Invalid, match="Invalid check digit '2', expecting '1'"):
        render_symbol("4012345678902", "EAN13")
    with pytest.raises(Invalid, match="MaxiCode is no format to draw"):
        render_symbol("X", "MaxiCode")


def test_an_ending_or_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    picture = np.full((20, 20), 255, np.uint8)
    with pytest.raises(Invalid, match=r"\.gif is not"):
        write_picture(tmp_path / "a.gif", picture)
    with pytest.raises(Invalid, match="cannot be written"):
        write_picture(tmp_path / "no" / "a.png", picture)
    with pytest.raises(Invalid, match=r"\.mov is not"):
        write_video(tmp_path / "a.mov", iter([picture]))
    with pytest.raises(Invalid, match="is not there"):
        write_video(tmp_path / "no" / "a.mp4", iter([picture]))


class TestCameraDecode:
    """`supply camera decode`."""

    def test_each_file_has_its_codes_in_the_public_names(self, tmp_path: Path) -> None:
        write_picture(tmp_path / "udi.png", render_symbol(UDI))
        write_picture(tmp_path / "upc.png", render_symbol("036000291452", "UPCA"))

        udi, upc = _decoded(tmp_path / "udi.png", tmp_path / "upc.png")

        assert udi["file"] == str(tmp_path / "udi.png")
        (code,) = udi["codes"]  # type: ignore[misc]
        assert set(code) == {"text", "symbology", "gs1", "format", "position"}
        assert (code["text"], code["symbology"], code["gs1"], code["format"]) == (UDI_RAW, "]d2", True, "DataMatrix")
        assert [len(corner) for corner in code["position"]] == [2, 2, 2, 2]
        assert [code["text"] for code in upc["codes"]] == ["036000291452"]  # type: ignore[attr-defined]
        assert "frames" not in udi

    def test_the_separator_is_escaped_on_the_wire(self, tmp_path: Path) -> None:
        write_picture(tmp_path / "udi.png", render_symbol(UDI))

        done = CliRunner().invoke(camera, ["decode", "--json", str(tmp_path / "udi.png")])

        assert "\\u001d" in done.stdout
        assert done.exit_code == 0

    def test_a_file_that_is_no_picture_is_an_error_for_that_file_alone(self, tmp_path: Path) -> None:
        (tmp_path / "notes.txt").write_text("hello")
        write_picture(tmp_path / "udi.png", render_symbol(UDI))
        files = [str(tmp_path / name) for name in ("notes.txt", "missing.png", "udi.png")]

        done = CliRunner().invoke(camera, ["decode", "--json", *files])

        answers = [json.loads(line) for line in done.stdout.splitlines()]
        assert [set(answer) for answer in answers] == [{"file", "error"}, {"file", "error"}, {"file", "codes"}]
        assert answers[0]["error"] == "This file is no JPEG, PNG or WebP picture."
        assert [code["text"] for code in answers[2]["codes"]] == [UDI_RAW]
        assert done.exit_code == 1
        assert len(done.stderr.splitlines()) == 2

    def test_people_read_a_line_per_code(self, tmp_path: Path) -> None:
        write_picture(tmp_path / "udi.png", render_symbol(UDI))
        write_picture(tmp_path / "none.png", np.full((50, 50), 255, np.uint8))
        write_picture(tmp_path / "tab.png", render_symbol("A\x01B", "QRCode"))

        done = CliRunner().invoke(camera, ["decode", *(str(tmp_path / n) for n in ("udi.png", "none.png", "tab.png"))])

        first, second, third = done.stdout.splitlines()
        assert first.endswith("DataMatrix ]d2 01040123456789011727123110LOT42A{GS}21S9")
        assert second.endswith("none.png: no code found")
        assert third.endswith("A\\x01B")
        assert done.exit_code == 0


def test_the_ports_command_prints_what_discovery_found() -> None:
    plain = CliRunner().invoke(device, ["ports"])
    as_json = CliRunner().invoke(device, ["ports", "--json"])

    assert plain.exit_code == as_json.exit_code == 0
    found = [json.loads(line) for line in as_json.stdout.splitlines()]
    assert len(plain.stdout.splitlines()) == len(found)
    assert all(set(port) == {"port", "device", "description", "usb_id", "serial_number"} for port in found)
