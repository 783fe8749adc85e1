"""Printers of the operating system: true size, sheets, jobs that are followed to their end or taken back; Windows."""

import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageWin

from supply.devices.emulators.ipp_printer import CANCELLED, EmulatedSystemPrinter
from supply.devices.emulators.printer import Mechanics
from supply.devices.errors import DeviceError
from supply.devices.printers.ipp import Group
from supply.devices.printers.model import Outcome, PaperSettings, PrinterSettings
from supply.devices.printers.pdf import Page, Placed, pdf
from supply.devices.printers.sheets import OF_PAPER, SHEETS, pages
from supply.devices.printers.windows import WindowsSystemPrinter
from supply.labels import paper
from supply.stations import printer_lines
from tests.devices.printer_rigs import FakeSpooler, Rig, fake_pywin32, is_same, noise, on_paper, system_rig


@pytest.fixture
def system(tmp_path: Path) -> Iterator[EmulatedSystemPrinter]:
    """A print system with one queue."""
    with EmulatedSystemPrinter(tmp_path / "out") as system:
        yield system


@pytest.fixture
def rig(system: EmulatedSystemPrinter) -> Rig:
    """Its driver."""
    return system_rig(system)


def asked_for(system: EmulatedSystemPrinter, name: str) -> list[Any]:
    return system.jobs[-1].message.values(Group.job, name)


def test_a_label_comes_out_at_its_true_size_dot_by_dot(rig: Rig, system: EmulatedSystemPrinter) -> None:
    sent = noise(732, 342)  # 62 × 29 mm at 300 dots per inch
    assert rig.open(width_mm=62, height_mm=29).print_image(sent).outcome is Outcome.printed
    [came] = rig.pictures()
    assert came.size == (732, 342)
    assert is_same(came, sent)
    assert asked_for(system, "media-col") == [{"media-size": {"x-dimension": 6200, "y-dimension": 2900}}]
    for name, value in {"print-scaling": "none", "fit-to-page": False, "copies": 1, "sides": "one-sided"}.items():
        assert asked_for(system, name) == [value]


def test_a_size_may_have_the_systems_own_name(rig: Rig, system: EmulatedSystemPrinter) -> None:
    rig.open(paper="57x32", media="w162h90").print_image(noise(673, 377))
    assert (asked_for(system, "media"), asked_for(system, "media-col")) == (["w162h90"], [])


def test_what_is_drawn_coarser_keeps_its_size(rig: Rig) -> None:
    rig.open(width_mm=57, height_mm=32, dots_per_inch=203).print_image(noise(455, 255))
    [came] = rig.pictures()
    assert came.size == (673, 377)


@pytest.mark.parametrize("name", SHEETS)
def test_every_label_of_a_sheet_lies_on_its_sheet_beside_the_others(name: str) -> None:
    sheet = SHEETS[name]
    sheet.check(name)
    dots = 40
    label = Image.new("1", (int(sheet.width_mm * dots / 25.4), int(sheet.height_mm * dots / 25.4)), 0)
    [page] = pages(sheet, [label] * sheet.labels, first=0, dots_per_inch=dots)
    [drawn] = on_paper(pdf([page]), dots)
    black = int((~np.asarray(drawn)).sum())
    wanted = label.width * label.height * sheet.labels
    assert abs(black - wanted) / wanted < 0.03, "none over another, none over the edge"
    assert printer_lines.SHEETS[name] == (int(sheet.width_mm), int(sheet.height_mm))


def test_what_a_label_is_drawn_for_and_where_the_driver_puts_it_are_the_same_sheets() -> None:
    """Neither package may import the other; a sheet that is changed on one side alone is found here."""
    assert set(paper.SHEETS) == set(OF_PAPER)
    for name, known in paper.SHEETS.items():
        sheet = SHEETS[OF_PAPER[name]]
        assert (sheet.page_mm, sheet.columns, sheet.rows) == (known.page_mm, known.columns, known.rows)
        assert (sheet.width_mm, sheet.height_mm) == known.label_mm
        assert [sheet.place(n) for n in range(sheet.labels)] == [
            tuple(round(mm, 3) for mm in known.corner_mm(n)) for n in range(known.places)
        ]
    assert set(printer_lines.SHEETS) == set(SHEETS)


def test_a_used_sheet_goes_on_where_it_has_labels_left(rig: Rig, system: EmulatedSystemPrinter) -> None:
    printer = rig.open(sheet="letter-30", start=29)
    assert (printer.paper.width_mm, printer.paper.height_mm) == (66, 25)
    image = Image.new("1", (780, 295), 0)
    assert printer.print_image(image, copies=4).copies == 4
    first, second = rig.pictures()
    assert first.size == second.size == (2550, 3300)
    inked = [np.argwhere(~np.asarray(page)).min(axis=0) for page in (first, second)]
    assert [round(mm / 300 * 25.4) for mm in inked[0]] == [241, 75], "the tenth row, the second column"
    assert [round(mm / 300 * 25.4) for mm in inked[1]] == [13, 5]
    assert asked_for(system, "media-col") == [{"media-size": {"x-dimension": 21590, "y-dimension": 27940}}]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"sheet": "avery"}, "sheet cannot be 'avery'; choose one of letter-30"),
        ({"sheet": "a4-21", "columns": 3}, "sheet says where labels lie already"),
        ({"columns": 3, "rows": 8}, "a sheet needs columns, rows, and width_mm and height_mm"),
        ({"columns": 9, "rows": 8, "width_mm": 63, "height_mm": 34}, "do not fit on 215.9 × 279.4 mm"),
        ({"columns": 2, "rows": 2, "width_mm": 60, "height_mm": 30, "across_mm": 50}, "do not fit"),
        ({"sheet": "a4-21", "start": 22}, "start cannot be 22; a sheet has 21 labels"),
        ({"printer": "a b"}, "single words"),
        ({"printer": "x/../../admin"}, "single words"),
        ({"printer": "x\r\nHost: y"}, "single words"),
        ({"path": "/x y"}, "single words"),
        ({"media": "w\n"}, "single words"),
    ],
)
def test_settings_of_the_system_that_cannot_be_right_are_named(rig: Rig, settings: dict[str, Any], said: str) -> None:
    with pytest.raises(DeviceError, match=said.replace("(", r"\(")) as refused:
        rig.open(**settings)
    assert refused.value.permanent


def test_a_sheet_of_ones_own_is_given_by_its_measures(rig: Rig) -> None:
    own = {"columns": 2, "rows": 8, "width_mm": 90, "height_mm": 30, "left_mm": 10, "top_mm": 12.5, "across_mm": 95}
    assert rig.open(**own).print_image(noise(100, 50), copies=16).outcome is Outcome.printed
    assert len(rig.pictures()) == 1


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("no_paper", "desk has no paper"),
        ("cover_open", "desk has its cover open"),
        ("offline", "desk is offline"),
        ("error", "desk reports an error"),
        ("mute", "does not answer"),
        ("garbage", "is no print system"),
        ("busy", "takes no labels now"),
    ],
)
def test_a_system_in_trouble_is_said_in_words_and_gets_nothing(
    rig: Rig, system: EmulatedSystemPrinter, fault: str, said: str
) -> None:
    system.set_faults(**{fault: True})
    printed = rig.open().print_image(noise(64, 20))
    assert (printed.outcome, said in printed.words) == (Outcome.not_printed, True), printed.words
    assert system.jobs == []
    system.set_faults()
    assert rig.open().print_image(noise(64, 20)).outcome is Outcome.printed
    assert len(system.documents()) == 1


def test_trouble_that_is_found_while_printing_is_asked_about_and_taken_back(
    rig: Rig, system: EmulatedSystemPrinter
) -> None:
    system.tells_late = True
    system.set_faults(no_paper=True)
    printed = rig.open().print_image(noise(64, 20))
    assert (printed.outcome, "no paper" in printed.words) == (Outcome.unknown, True)
    assert [job.state for job in system.jobs] == [CANCELLED]
    system.set_faults()
    assert system.documents() == [], "what was taken back does not come out when paper is put in"


def test_a_label_that_the_system_holds_back_is_taken_back_and_has_not_come_out(
    rig: Rig, system: EmulatedSystemPrinter
) -> None:
    system.holds = True
    printed = rig.open().print_image(noise(64, 20))
    assert (printed.outcome, "holds the label back" in printed.words) == (Outcome.not_printed, True)
    system.release()
    assert system.documents() == []


def test_a_system_that_goes_away_after_it_took_the_label_leaves_it_uncertain(
    rig: Rig, system: EmulatedSystemPrinter
) -> None:
    answer = system.answer

    def once(path: str, body: bytes) -> bytes:
        said = answer(path, body)
        if system.jobs:
            system.set_faults(mute=True)
        return said

    system.answer = once  # type: ignore[method-assign]
    printed = rig.open().print_image(noise(64, 20))
    assert (printed.outcome, "Look whether it came out" in printed.words) == (Outcome.unknown, True)
    assert len(system.documents()) == 1


def test_a_line_that_breaks_while_the_label_is_sent_leaves_it_uncertain(
    rig: Rig, system: EmulatedSystemPrinter
) -> None:
    system.set_faults(gone_after_bytes=600)
    assert rig.open().print_image(noise(576, 300)).outcome is Outcome.unknown
    assert system.jobs == []


def test_a_printer_that_the_system_does_not_have_is_a_setting_to_correct(rig: Rig) -> None:
    printed = rig.open(printer="other").print_image(noise(64, 20))
    assert (printed.outcome, printed.is_permanent) == (Outcome.not_printed, True)
    assert "has no printer 'other'" in printed.words


def test_a_system_that_is_not_there_is_said(rig: Rig, system: EmulatedSystemPrinter) -> None:
    system.unplug()
    printed = rig.open().print_image(noise(64, 20))
    assert (printed.outcome, "See that CUPS runs" in printed.words) == (Outcome.not_printed, True)


def test_the_control_that_trusts_an_empty_answer_would_call_a_lost_label_printed(
    rig: Rig, system: EmulatedSystemPrinter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sabotage: any answer means that the job completed. The label never came out, and it says printed."""
    from supply.devices.printers import system as driver
    from supply.devices.printers.ipp_status import JobSeen, JobState

    system.tells_late = True
    system.set_faults(no_paper=True)
    monkeypatch.setattr(driver, "job_seen", lambda *_: JobSeen(JobState.completed, (), True))
    assert rig.open().print_image(noise(64, 20)).outcome is Outcome.printed
    assert system.documents() == []


# ---- PDF


def test_a_pdf_is_whole_and_stores_a_picture_once() -> None:
    image = noise(400, 300)
    once, twice = (len(pdf([Page(60, 40, [Placed(image, 0, 0, 203)])] * count)) for count in (1, 2))
    assert twice - once < 700
    assert b"/PrintScaling/None" in pdf([Page(60, 40, [Placed(image, 0, 0, 203)])])


# ---- Windows, at the objects of pywin32


def windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **spooler: Any) -> tuple[Rig, FakeSpooler]:
    made = FakeSpooler(Mechanics(tmp_path / "labels"), **spooler)
    fake_pywin32(monkeypatch, made)
    return Rig({"driver": "escpos-windows", "printer": "Zebra 1"}, made.mechanics), made


@pytest.mark.parametrize(
    ("status", "said"),
    [(0x400000, "cover open"), (0x10, "no paper"), (0x8, "jammed"), (0x80, "offline"), (0x1, "paused"), (0x2, "error")],
)
def test_a_printer_of_windows_in_trouble_gets_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int, said: str
) -> None:
    rig, spooler = windows(tmp_path, monkeypatch, status=status)
    printed = rig.open().print_image(noise(64, 20))
    assert (printed.outcome, said in printed.words) == (Outcome.not_printed, True), printed.words
    assert spooler.documents == []


@pytest.mark.parametrize(
    ("job", "outcome"), [(0x80, "printed"), (-1, "printed"), (0x40, "unknown"), (0x20, "unknown"), (0x8, "unknown")]
)
def test_a_job_that_stays_in_the_spooler_is_asked_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, job: int, outcome: str
) -> None:
    rig, spooler = windows(tmp_path, monkeypatch, job_status=job)
    assert rig.open(timeout_seconds=0.05).print_image(noise(64, 20)).outcome == outcome
    assert spooler.documents == [("Supply label", "RAW")]


def test_a_printer_that_windows_does_not_have_and_a_machine_without_pywin32_are_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig, _ = windows(tmp_path, monkeypatch, names=())
    assert "See its name in the printers of Windows" in rig.open().print_image(noise(64, 20)).words
    monkeypatch.setitem(sys.modules, "win32print", None)
    missing = rig.open().print_image(noise(64, 20))
    assert (missing.is_permanent, "pip install pywin32" in missing.words) == (True, True)


class FakeDc:
    """Stands for a device context of win32ui with a printer of 600 dots per inch and A4 in it."""

    caps = {"x": 600, "y": 600, "w": 4961, "h": 7016, "ox": 100, "oy": 100}

    def __init__(self, spooler: FakeSpooler) -> None:
        self.spooler, self.acts = spooler, []

    def GetDeviceCaps(self, index: str) -> int:
        return self.caps[index]

    def StartDoc(self, title: str) -> None:
        self.spooler.titles.append(title)

    def GetHandleOutput(self) -> int:
        return 7

    def __getattr__(self, name: str) -> Any:
        return lambda *_: self.acts.append(name)


@pytest.fixture
def gdi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[FakeSpooler, list[Any]]:
    """Windows with a page printer, and where pictures were drawn."""
    spooler, drawn = FakeSpooler(Mechanics(tmp_path)), []
    fake_pywin32(monkeypatch, spooler)
    names = {"LOGPIXELSX": "x", "LOGPIXELSY": "y", "PHYSICALWIDTH": "w", "PHYSICALHEIGHT": "h"}
    con = SimpleNamespace(**names, PHYSICALOFFSETX="ox", PHYSICALOFFSETY="oy")
    monkeypatch.setitem(sys.modules, "win32con", con)
    monkeypatch.setitem(sys.modules, "win32ui", SimpleNamespace(CreateDC=lambda: FakeDc(spooler)))
    dib = lambda image: SimpleNamespace(draw=lambda handle, box: drawn.append((image.size, box)))  # noqa: E731
    monkeypatch.setattr(ImageWin, "Dib", dib)
    return spooler, drawn


def gdi_printer(**paper: Any) -> WindowsSystemPrinter:
    common = PrinterSettings(paper=PaperSettings(dots_per_inch=300, **paper))
    return WindowsSystemPrinter("desk", common, "Zebra 1", sheet=SHEETS["a4-21"], start=2, job_seconds=0.2)


def test_windows_draws_at_true_size_from_where_it_can_print(gdi: tuple[FakeSpooler, list[Any]]) -> None:
    spooler, drawn = gdi
    printed = gdi_printer(width_mm=63, height_mm=38).print_image(noise(744, 448), copies=2)
    assert (printed.outcome, printed.copies) == (Outcome.printed, 2)
    (size, (left, top, right, bottom)), _ = drawn
    assert (size, right - left, bottom - top) == ((744, 448), 1488, 896)
    assert abs((left + 100) / 600 * 25.4 - (7.21 + 66.04 + (63.5 - 744 / 300 * 25.4) / 2)) < 0.05
    spooler.job_status = 0x40
    assert gdi_printer().print_image(noise(744, 448)).outcome is Outcome.unknown


def test_windows_with_smaller_paper_than_the_label_needs_prints_nothing(
    gdi: tuple[FakeSpooler, list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FakeDc, "caps", {**FakeDc.caps, "h": 3000})
    printed = gdi_printer().print_image(noise(744, 448))
    assert (printed.outcome, printed.is_permanent) == (Outcome.not_printed, True)
    assert "Choose its size in the printer's preferences" in printed.words
    assert gdi[1] == []
