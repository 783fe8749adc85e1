"""PURE: take-sheets for a power cut as a PDF: a line for each item, with bars and room to write."""

from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.graphics.barcode.code128 import Code128
from reportlab.platypus import PageBreak, Spacer

from supply.documents.sheet import LABEL, LOUD, STRONG, Flow, Head, boxes, pdf, words

TITLE = "Take-sheet"
HOW = (
    "While the screens are dark: write down what you take, one box for each time. Date, how many, your initials. "
    "When they are back, the bars of each line are scanned under Power-cut sheets and what stands on it is typed in."
)
WRITTEN_TIMES = 4
BAR_WIDTH = 0.72  # points: 0.25 mm, whole dots at 300 and 600 to the inch
BAR_HEIGHT = 24
WIDTHS = [0.29, 0.27, *[0.11] * WRITTEN_TIMES]


@dataclass(frozen=True)
class SheetItem:
    """One line: what it is, what the book said, and the text in its bars."""

    name: str
    sku: str
    on_hand: str
    barcode: str


@dataclass(frozen=True)
class SheetPlace:
    """The lines of one place."""

    name: str
    items: Sequence[SheetItem]


def take_sheets(places: Sequence[SheetPlace], *, number: str, made: str, office: str) -> bytes:
    """The set as one PDF; every place begins a page. The same content gives the same bytes."""
    head = Head(title=TITLE, number=number, subtitle=f"{office} · made {made}", foot="Keep with the torch. " + made)
    return pdf(head, lambda: _flow(places))


def _flow(places: Sequence[SheetPlace]) -> Flow:
    flow: Flow = []
    for place in places:
        if flow:
            flow.append(PageBreak())
        flow += [words(place.name, LOUD), Spacer(1, 2), words(HOW, LABEL), Spacer(1, 4), _table(place)]
    return flow


def _table(place: SheetPlace) -> object:
    heads = [words("Item", LABEL), words("Bars", LABEL)]
    heads += [words("Date · how many · who", LABEL) for _ in range(WRITTEN_TIMES)]
    rows = [heads, *(_row(item) for item in place.items)]
    return boxes(rows, WIDTHS, repeat=1)


def _row(item: SheetItem) -> list[object]:
    bars = Code128(item.barcode, barHeight=BAR_HEIGHT, barWidth=BAR_WIDTH, quiet=True)
    named = [words(item.name, STRONG), words(f"{item.sku} · book: {item.on_hand}", LABEL)]
    return [named, [bars, words(item.barcode, LABEL)], *["" for _ in range(WRITTEN_TIMES)]]
