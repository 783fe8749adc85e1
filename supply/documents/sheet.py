"""PURE: letter-size pages with the same head on each, page x of y at their foot, and a stamp across where there is one.

The same content gives the same bytes, so that a hash of a file can be compared.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.colors import Color, black
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import inch
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Paragraph, Spacer, Table, TableStyle

from supply.documents.fonts import BOLD, REGULAR, printable

WIDTH, HEIGHT = letter
MARGIN = 0.5 * inch
ROOM = WIDTH - 2 * MARGIN
HEAD = 0.95 * inch
FOOT = 0.62 * inch
SMALLEST = 9  # points; nothing on a paper is smaller
STAMP_GREY = Color(0.55, 0.55, 0.55, alpha=0.35)

PLAIN = ParagraphStyle("plain", fontName=REGULAR, fontSize=9.5, leading=12, textColor=black)
STRONG = ParagraphStyle("strong", parent=PLAIN, fontName=BOLD)
LOUD = ParagraphStyle("loud", parent=PLAIN, fontName=BOLD, fontSize=13, leading=16)
LABEL = ParagraphStyle("label", parent=PLAIN, fontSize=SMALLEST, leading=11, spaceAfter=1)
RIGHT = ParagraphStyle("right", parent=PLAIN, alignment=TA_RIGHT)

Flow = list[Any]


@dataclass(frozen=True)
class Head:
    """What stands on every page."""

    title: str
    number: str
    subtitle: str
    foot: str
    stamp: str = ""
    subject: str = ""
    keywords: tuple[str, ...] = field(default=())


def words(text: str, style: ParagraphStyle = PLAIN) -> Any:
    """A paragraph of plain text, nothing of which is markup; line breaks are kept."""
    return Paragraph("<br/>".join(escape(printable(line)) for line in text.split("\n")), style)


def labelled(label: str, *lines: str, style: ParagraphStyle = PLAIN) -> Flow:
    """A small heading with what belongs to it below."""
    return [words(label, LABEL), *(words(line, style) for line in lines if line)]


def fillable(label: str, text: str) -> Flow:
    """A small heading with its answer, or with room to write it by hand."""
    return labelled(label, text, style=STRONG) if text else [words(label, LABEL), Spacer(1, 16)]


def boxes(rows: list[list[Any]], widths: list[float], *, repeat: int = 0, more: tuple[Any, ...] = ()) -> Any:
    """Ruled boxes, the reading order being that of the rows; `repeat` rows come again on each page."""
    ruled = Table(rows, colWidths=[ROOM * part for part in widths], repeatRows=repeat, spaceAfter=6)
    ruled.setStyle(
        TableStyle(
            [
                ("GRID", (0, 0), (-1, -1), 0.75, black),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 5),
                ("RIGHTPADDING", (0, 0), (-1, -1), 5),
                ("TOPPADDING", (0, 0), (-1, -1), 3),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
                *more,
            ]
        )
    )
    return ruled


def pdf(head: Head, flow: Callable[[], Flow]) -> bytes:
    """The finished file. `flow` gives the body anew each time: pages are counted first, then written."""
    pages = _built(head, flow(), 0)[1]
    return _built(head, flow(), pages)[0]


def _built(head: Head, body: Flow, pages: int) -> tuple[bytes, int]:
    target = io.BytesIO()
    document = BaseDocTemplate(
        target,
        pagesize=letter,
        invariant=1,
        pageCompression=1,
        lang="en-US",
        title=f"{head.title} {head.number}",
        author="",
        subject=head.subject,
        keywords=list(head.keywords),
        creator="supply",
    )
    frame = Frame(MARGIN, FOOT, ROOM, HEIGHT - HEAD - FOOT - MARGIN / 2, 0, 0, 0, 0)
    document.addPageTemplates(
        PageTemplate(
            "page",
            [frame],
            onPage=lambda canvas, _: _draw_head(canvas, head),
            onPageEnd=lambda canvas, _: _draw_foot(canvas, head, pages),
        )
    )
    document.build(body)
    return target.getvalue(), document.page


def _draw_head(canvas: Any, head: Head) -> None:
    if head.stamp:
        canvas.saveState()
        canvas.setFillColor(STAMP_GREY)
        canvas.setFont(BOLD, 150)
        canvas.translate(WIDTH / 2, HEIGHT / 2)
        canvas.rotate(52)
        canvas.drawCentredString(0, -50, head.stamp)
        canvas.restoreState()
    top = HEIGHT - MARGIN
    canvas.setFillColor(black)
    canvas.setFont(BOLD, 15)
    canvas.drawString(MARGIN, top - 12, head.title)
    canvas.setFont(REGULAR, SMALLEST)
    canvas.drawString(MARGIN, top - 26, head.subtitle)
    canvas.setFont(BOLD, 11)
    canvas.drawRightString(WIDTH - MARGIN, top - 36, f"Document number {head.number}")
    code = Code128(head.number, barHeight=22, barWidth=0.96, quiet=False)
    code.drawOn(canvas, WIDTH - MARGIN - code.width, top - 22)


def _draw_foot(canvas: Any, head: Head, pages: int) -> None:
    canvas.setLineWidth(0.75)
    canvas.line(MARGIN, FOOT - 6, WIDTH - MARGIN, FOOT - 6)
    canvas.setFillColor(black)
    canvas.setFont(REGULAR, SMALLEST)
    canvas.drawString(MARGIN, FOOT - 18, head.foot)
    canvas.setFont(BOLD, SMALLEST)
    canvas.drawRightString(WIDTH - MARGIN, FOOT - 18, f"Page {canvas.getPageNumber()} of {pages}")
