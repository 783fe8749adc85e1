"""A printer's plug is pulled again and again in the middle of labels: whole or asked about, and never one twice.

PRINTER_CYCLES says how often per driver; the suite pulls a few times.
"""

import os
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from supply.devices.emulators.printer import EmulatedPrinter
from supply.devices.emulators.serial_printer import EmulatedSerialPrinter
from supply.devices.printers.model import Outcome
from tests.devices.printer_rigs import Rig, network_rig, noise, serial_rig

CYCLES = int(os.environ.get("PRINTER_CYCLES", "4"))
WIDTH, HEIGHT = 128, 100
# How much of a label is through when the plug is pulled; the last: it is out, and the printer was not asked again yet.
WHEN = (0.0, 0.35, 0.8, 2.0)
DRIVERS = ("escpos-network", "zpl-network", "escpos-serial", "zpl-serial")


def emulated(driver: str, folder: Path) -> tuple[Any, Rig]:
    language, _, wire = driver.partition("-")
    if wire == "network":
        printer = EmulatedPrinter(folder / "labels", language=language)
        printer.plug()
        return printer, network_rig(printer, language)
    serial = EmulatedSerialPrinter(folder / "labels", folder / "port", language=language)
    return serial, serial_rig(serial, language)


def pull(printer: Any, part: float, ended: threading.Event) -> None:
    """Pull the plug once so much of the label has arrived, or the label is out."""
    before, out = printer.received, len(printer.labels())
    while not ended.is_set():
        if len(printer.labels()) > out or (part < 1 and printer.received - before > 20 + part * WIDTH * HEIGHT / 8):
            break
        time.sleep(0.0005)
    printer.unplug()


def print_through_pulls(driver: str, folder: Path, cycles: int, again: set[Outcome]) -> list[tuple[str, int]]:
    """Print one label a cycle, sent again as long as its outcome is one of `again`; how each ended and came out."""
    printer, rig = emulated(driver, folder)
    ends = []
    for cycle in range(cycles):
        printer.plug()
        printer.set_faults(byte_seconds=0.000002)
        label, ended = noise(WIDTH, HEIGHT, seed=cycle), threading.Event()
        pulling = threading.Thread(target=pull, args=(printer, WHEN[cycle % len(WHEN)], ended))
        pulling.start()
        outcome = rig.open(mm_per_second=100, timeout_seconds=0.4).print_image(label).outcome
        ended.set()
        pulling.join()
        printer.plug()
        printer.set_faults()
        while outcome in again:
            outcome = rig.open().print_image(label).outcome
            if outcome is Outcome.printed:
                break
        ends.append(outcome.value)
    printer.unplug()
    came = Counter(Image.open(path).tobytes() for path in printer.labels())
    assert set(came) <= {noise(WIDTH, HEIGHT, seed=cycle).tobytes() for cycle in range(cycles)}, "each is whole"
    return [(end, came[noise(WIDTH, HEIGHT, seed=cycle).tobytes()]) for cycle, end in enumerate(ends)]


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_plug_pulled_in_the_middle_of_labels_never_prints_one_twice(driver: str, tmp_path: Path) -> None:
    ended = Counter(print_through_pulls(driver, tmp_path, CYCLES, {Outcome.not_printed}))
    print(driver, dict(ended))
    assert set(ended) <= {("printed", 1), ("unknown", 0), ("unknown", 1)}
    assert ended["unknown", 1] > 0, "one was pulled when its label was out"


def test_control_a_driver_that_sends_again_what_is_uncertain_prints_twice(tmp_path: Path) -> None:
    ended = print_through_pulls("escpos-network", tmp_path, len(WHEN), {Outcome.not_printed, Outcome.unknown})
    assert ("printed", 2) in ended
