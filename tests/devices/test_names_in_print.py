"""Nothing of a name reaches a printer but as dots: control bytes, escape sequences, ZPL's characters, bidi marks.

What is sent around the picture is the same for every name.
"""

import os
import random
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from supply.devices.emulators.escpos_reader import Cut
from supply.devices.emulators.ipp_printer import EmulatedSystemPrinter
from supply.devices.emulators.printer import READERS
from supply.devices.printers.ipp import Group
from supply.devices.printers.open import open_printer
from supply.labels import paper
from supply.labels.raster import render
from tests.devices.printer_rigs import QUICK
from tests.labels import making

# Drawing is what takes long: the suite draws some of the names, NAMES_DRAWN of them by hand all.
NAMES, DRAWN = 2000, int(os.environ.get("NAMES_DRAWN", "25"))
NASTY = (
    "\x00", "\x1b@", "\x1bp\x00\x19\xfa", "\x1dV\x00", "\x1dv0\x00\x01\x00\x01\x00\xff", "\x10\x04\x01", "\x7f", "\x9b",
    "^XA^FO0,0^FDowned^FS^XZ", "^XZ", "~JA", "~HS", "^GFA", ":Z64:", "\u202e", "\u2066", "\u200f", "\ufeff", "\u0085",
    "\r\n", "\x0c", "%PDF-", "endstream", "\udc80", "\U0001f9e4", "日本", "ש", "%s", "{}", "\\", '"',
)  # fmt: skip
MARK = "SECRETNAME"


def names(count: int) -> list[str]:
    chance = random.Random(2026)
    return [
        MARK + "".join(chance.choice((*NASTY, "a", "Gloves ", "7")) for _ in range(chance.randint(1, 12)))
        for _ in range(count)
    ]


def around(driver: str, sent: bytes) -> bytes:
    """What was sent without the dots themselves and their lengths."""
    if driver.startswith("escpos"):
        found, at = b"", 0
        while (begin := sent.find(b"\x1dv0\x00", at)) >= 0:
            row_bytes, rows = (int.from_bytes(sent[begin + 4 + i : begin + 6 + i], "little") for i in (0, 2))
            found, at = found + sent[at : begin + 8], begin + 8 + row_bytes * rows
        return found + sent[at:]
    return re.sub(rb":Z64:[A-Za-z0-9+/=]*:[0-9A-F]{4}", b"<dots>", sent)


def drawn(count: int) -> list[Image.Image]:
    """The labels of the first names."""
    return [render(making.item(name), paper.named("57x32")).image for name in names(NAMES)[:count]]


@pytest.mark.parametrize("driver", ["escpos-file", "zpl-file"])
def test_what_is_sent_around_the_picture_is_the_same_for_every_name(driver: str, tmp_path: Path) -> None:
    seen, path = set(), tmp_path / "out.bin"
    for image in drawn(DRAWN):
        path.unlink(missing_ok=True)
        printer = open_printer("desk", {**QUICK, "driver": driver, "path": str(path), "paper": "57x32"})
        assert printer.print_image(image).outcome == "printed"
        sent = path.read_bytes()
        assert MARK.encode() not in sent
        seen.add(around(driver, sent))
        [came] = [e.image for e in READERS[driver.partition("-")[0]](576).feed(sent) if isinstance(e, Cut)]
        assert came.height == image.height
    assert len(seen) == 1, "the bytes outside the dots do not depend on a name"
    assert len(next(iter(seen))) < 200


def test_a_system_is_told_the_same_title_for_every_name(tmp_path: Path) -> None:
    with EmulatedSystemPrinter(tmp_path / "out") as system:
        at: dict[str, Any] = {"printer": "labels", "host": system.host, "port": system.port, "paper": "57x32"}
        for image in drawn(5):
            assert open_printer("desk", {**QUICK, "driver": "system", **at}).print_image(image).outcome == "printed"
        said = ("job-name", "requesting-user-name", "media-col")
        groups = (Group.operation, Group.job)
        told = {str([job.message.values(group, name) for group in groups for name in said]) for job in system.jobs}
        assert len(told) == 1
        assert all(MARK.encode() not in job.document for job in system.jobs)


def test_control_a_driver_that_sends_the_name_as_text_is_found() -> None:
    """Sabotage: a line of text before the picture."""
    name, other = names(2)
    sent = [
        b"\x1b@" + text.encode("utf-8", "surrogatepass") + b"\x1dv0\x00\x01\x00\x01\x00\xff" for text in (name, other)
    ]
    assert len({around("escpos-file", each) for each in sent}) == 2
    zpl = [
        b"^XA^FD" + text.encode("utf-8", "surrogatepass") + b"^GFA,1,1,1,:Z64:AA==:0000^XZ" for text in (name, other)
    ]
    assert len({around("zpl-file", each) for each in zpl}) == 2
