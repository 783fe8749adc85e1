"""PURE: the box in which somebody signs, or has signed, with name, title and date beside the sign."""

import io
from typing import Any

from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Image, Spacer

from supply.documents.sheet import PLAIN, STRONG, Flow, boxes, fillable, labelled, words
from supply.documents.waste_values import SignatureWords

HIGH = 42.0
WIDE = 190.0
TYPED = ParagraphStyle("typed", parent=STRONG, fontSize=15, leading=20)


def signature_rows(label: str, signed: SignatureWords | None) -> Flow:
    """The row of one signature: the sign, the printed name, the title, the date; lines to fill in where nobody has."""
    given = signed or SignatureWords("", "", "")
    sign = [*labelled(f"Signature of {label}"), _sign(signed)]
    name = [*fillable("Printed name", given.printed_name), *fillable("Title", given.title)]
    date = fillable("Date", given.signed_on)
    return [boxes([[sign, name, date]], [0.46, 0.32, 0.22])]


def _sign(signed: SignatureWords | None) -> Any:
    if signed is None:
        return Spacer(1, HIGH)
    if signed.drawn is None:
        return [words(f"/s/ {signed.printed_name}", TYPED), words("Signed by typing the name.", PLAIN)]
    picture = Image(io.BytesIO(signed.drawn), mask="auto", lazy=0)
    scale = min(WIDE / picture.imageWidth, HIGH / picture.imageHeight)
    picture.drawWidth, picture.drawHeight = picture.imageWidth * scale, picture.imageHeight * scale
    picture.hAlign = "LEFT"
    return picture
