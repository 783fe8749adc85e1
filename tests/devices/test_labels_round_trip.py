"""Every kind of label on every paper in every language: printed to the emulator, put on paper, scanned back, equal."""

from pathlib import Path
from typing import Any

import pytest

from supply.devices.emulators.escpos_reader import Cut
from supply.devices.emulators.ipp_printer import EmulatedSystemPrinter
from supply.devices.emulators.printer import READERS
from supply.devices.printers.open import open_printer
from supply.labels import paper
from supply.labels.layouts import LabelTooSmall
from supply.labels.raster import render
from tests.devices.printer_rigs import QUICK, on_paper
from tests.labels import making

PAPERS = (*paper.LABELS, "58 roll", "80 roll", "sheet 5163")


@pytest.mark.parametrize("name", PAPERS)
@pytest.mark.parametrize("driver", ["escpos-file", "zpl-file", "system"])
def test_every_label_is_read_back_from_the_paper_that_it_was_printed_on(name: str, driver: str, tmp_path: Path) -> None:
    lying, read, small = paper.named(name, dots_per_inch=300 if driver == "system" else 203), 0, 0
    with EmulatedSystemPrinter(tmp_path / "out") as system:
        at: dict[str, Any] = {"path": str(tmp_path / "out.bin")}
        if driver == "system":
            at = {"printer": "labels", "host": system.host, "port": system.port}
        for content in making.each_kind():
            try:
                drawn = render(content, lying)
            except LabelTooSmall as refused:
                small += "would do" in refused.message or "shorten" in refused.message
                continue
            (tmp_path / "out.bin").unlink(missing_ok=True)
            printer = open_printer("desk", {**QUICK, "driver": driver, "paper": name, **at})
            assert printer.print_image(drawn.image).outcome == "printed"
            if driver == "system":
                [came] = on_paper(system.documents()[-1].read_bytes(), 300)
            else:
                events = READERS[driver.partition("-")[0]](1200).feed((tmp_path / "out.bin").read_bytes())
                [came] = [event.image for event in events if isinstance(event, Cut)]
            assert making.read(came) == making.read(drawn.image) != []
            read += 1
    assert (read >= 3, read + small) == (True, len(making.each_kind())), "what does not fit is refused in words"
