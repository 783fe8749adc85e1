"""Emulated scanners of the kernel: what they write into its nodes, read back; and machines without these."""

import struct
from pathlib import Path

import pytest

from supply.devices.emulators.kernel_scanners import KernelHidScanner, KernelKeyScanner
from supply.devices.emulators.scanner import play
from supply.devices.errors import DeviceError
from supply.devices.hidpos import ReportAssembler
from supply.devices.keymap import Keys

EVENT_BYTES = 4376  # sizeof(struct uhid_event) in linux/uhid.h
GS1 = "]d2010952110153002517291231" + "10A-17\x1d21S1"


def events(node: Path) -> list[tuple[int, bytes]]:
    """The events in the order in which they were written: type and the rest."""
    written = node.read_bytes()
    assert len(written) % EVENT_BYTES == 0
    pieces = [written[start : start + EVENT_BYTES] for start in range(0, len(written), EVENT_BYTES)]
    return [(struct.unpack_from("<I", piece)[0], piece[4:]) for piece in pieces]


def test_a_hid_scanner_is_made_sends_its_reports_and_goes(tmp_path: Path) -> None:
    node = tmp_path / "uhid"
    node.touch()
    long = "B" * 130
    with KernelHidScanner(node=node) as scanner:
        assert play(scanner, [GS1, long, "!half ABCDEF", "!garbage"]) == 2
    found = events(node)
    assert [kind for kind, _ in found] == [11, *[12] * (1 + 3 + 1 + 20), 1]
    create = found[0][1]
    size, bus, vendor, product = struct.unpack_from("<HHII", create, 256)
    assert (bus, vendor, product) == (3, 0x0C2E, 0x0B67)
    assert create[276 : 276 + size] == bytes.fromhex("058c0902a101850209fe150026ff007508953f8102c0")
    reads, assembler = [], ReportAssembler()
    for number, (_, rest) in enumerate(found[1:-1]):
        (length,) = struct.unpack_from("<H", rest)
        assert length == 64
        reads += assembler.feed(rest[2 : 2 + length], now=number * 0.01)
    assert reads == [GS1, long]


class Board:
    """Stands where the module evdev stands, for its UInput."""

    def __init__(self) -> None:
        self.strokes: list[tuple[int, int]] = []
        self.is_open = False

    def UInput(self, _keys, **_about) -> "Board":
        self.is_open = True
        return self

    def write(self, kind: int, code: int, value: int) -> None:
        assert self.is_open
        assert kind == 1
        self.strokes.append((code, value))

    def syn(self) -> None: ...

    def close(self) -> None:
        self.is_open = False


def test_a_keyboard_types_what_our_own_map_of_keys_reads_back(tmp_path: Path) -> None:
    node, board = tmp_path / "uinput", Board()
    node.touch()
    with KernelKeyScanner(node=node, library=board) as scanner:
        play(scanner, ["Ab{GS}c9", "!replug"])
        assert board.is_open
    assert not board.is_open
    keys = Keys(gs_key="")
    read = "".join(keys.feed(code, value) for code, value in board.strokes)
    assert read == "Ab\x1dc9\r"


def test_an_unplugged_one_sends_nothing_and_says_so(tmp_path: Path) -> None:
    node = tmp_path / "uhid"
    node.touch()
    with KernelHidScanner(node=node) as scanner, pytest.raises(DeviceError, match="unplugged"):
        play(scanner, ["!unplug", "X"])


@pytest.mark.parametrize("scanner", [KernelHidScanner, KernelKeyScanner])
def test_a_machine_without_the_module_is_told_what_to_do(tmp_path: Path, scanner) -> None:
    with pytest.raises(DeviceError, match="modprobe"):
        scanner(node=tmp_path / "none").plug()
