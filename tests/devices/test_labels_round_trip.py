"""Every kind of label on every paper in every language: printed to the emulator, put on paper, scanned back, equal."""

import functools
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from supply.devices.emulators.escpos_reader import Cut
from supply.devices.emulators.ipp_printer import EmulatedSystemPrinter
from supply.devices.emulators.printer import READERS
from supply.devices.printers.open import open_printer
from supply.labels import paper
from supply.labels.layouts import LabelTooSmall
from supply.labels.paper import Paper
from supply.labels.raster import render
from tests.devices.printer_rigs import QUICK, on_paper
from tests.labels import making

PAPERS = (*paper.LABELS, "58 roll", "80 roll", "sheet 5163")


@functools.cache
def drawings(lying: Paper) -> list[Image.Image | LabelTooSmall]:
    """Every kind of label on that paper, drawn once for all languages, or why it does not fit."""
    found: list[Image.Image | LabelTooSmall] = []
    for content in making.each_kind():
        try:
            found.append(render(content, lying).image)
        except LabelTooSmall as refused:
            found.append(refused)
    return found


@functools.cache
def codes_of(lying: Paper) -> list[list[tuple[bytes, str]]]:
    """What a decoder reads from the drawings themselves."""
    return [making.read(drawn) for drawn in drawings(lying) if isinstance(drawn, Image.Image)]


@pytest.mark.parametrize("name", PAPERS)
@pytest.mark.parametrize("driver", ["escpos-file", "zpl-file", "system"])
def test_every_label_is_read_back_from_the_paper_that_it_was_printed_on(name: str, driver: str, tmp_path: Path) -> None:
    lying, read, small = paper.named(name, dots_per_inch=300 if driver == "system" else 203), 0, 0
    with EmulatedSystemPrinter(tmp_path / "out") as system:
        at: dict[str, Any] = {"path": str(tmp_path / "out.bin")}
        if driver == "system":
            at = {"printer": "labels", "host": system.host, "port": system.port}
        for drawn in drawings(lying):
            if isinstance(drawn, LabelTooSmall):
                small += "would do" in drawn.message or "shorten" in drawn.message
                continue
            (tmp_path / "out.bin").unlink(missing_ok=True)
            printer = open_printer("desk", {**QUICK, "driver": driver, "paper": name, **at})
            assert printer.print_image(drawn).outcome == "printed"
            if driver == "system":
                [came] = on_paper(system.documents()[-1].read_bytes(), 300, fine=1)
            else:
                events = READERS[driver.partition("-")[0]](1200).feed((tmp_path / "out.bin").read_bytes())
                [came] = [event.image for event in events if isinstance(event, Cut)]
            assert making.read(came) == codes_of(lying)[read] != []
            read += 1
    assert (read >= 3, read + small) == (True, len(making.each_kind())), "what does not fit is refused in words"
