"""PURE: a sheet of barcodes to hang up beside a scanner, as a PDF: commands, places, departments."""

from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.graphics.barcode.code128 import Code128
from reportlab.platypus import KeepTogether, Spacer

from supply.documents.sheet import LABEL, LOUD, STRONG, Flow, Head, boxes, pdf, words

BAR_WIDTH = 0.96  # points: 0.34 mm, whole dots at 300 and 600 to the inch
BAR_HEIGHT = 34
COLUMNS = 2


@dataclass(frozen=True)
class SheetCode:
    """One barcode with what people read beside it."""

    words: str
    barcode: str


@dataclass(frozen=True)
class SheetGroup:
    """Barcodes that belong together, under their heading."""

    heading: str
    codes: Sequence[SheetCode]


def code_sheet(groups: Sequence[SheetGroup], *, title: str, number: str, office: str, foot: str) -> bytes:
    """The sheet as a PDF; the same content gives the same bytes."""
    head = Head(title=title, number=number, subtitle=office, foot=foot)
    return pdf(head, lambda: [part for group in groups for part in _group(group)])


def _group(group: SheetGroup) -> Flow:
    """The heading stays with the first row, and no row is torn."""
    codes: Flow = [_cell(code) for code in group.codes]
    rows = [codes[at : at + COLUMNS] for at in range(0, len(codes), COLUMNS)]
    rows[-1] += [""] * (COLUMNS - len(rows[-1]))
    tables = [boxes([row], [1 / COLUMNS] * COLUMNS) for row in rows]
    return [KeepTogether([words(group.heading, LOUD), Spacer(1, 4), tables[0]]), *tables[1:], Spacer(1, 6)]


def _cell(code: SheetCode) -> Flow:
    bars = Code128(code.barcode, barHeight=BAR_HEIGHT, barWidth=BAR_WIDTH, quiet=True)
    return [words(code.words, STRONG), Spacer(1, 3), bars, words(code.barcode, LABEL)]
