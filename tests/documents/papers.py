"""A shipping paper and a tracking record with every field filled, and how the text and pictures of a PDF are read."""

import io
from typing import Any

import pypdfium2
from PIL import Image, ImageDraw
from pypdf import PdfReader

from supply.documents.shipping_paper import ShippingPaper
from supply.documents.tracking_record import HandOff, Received, TrackedLine, TrackingRecord
from supply.documents.waste_values import PartyWords, SignatureWords, WasteLine

DESCRIPTION = "UN3291, Regulated medical waste, n.o.s., 6.2, PG II"
CERTIFICATION = (
    "This is to certify that the above-named materials are properly classified, described, packaged, marked and "
    "labeled, and are in proper condition for transportation according to the applicable regulations of the "
    "Department of Transportation."
)
GENERATOR = PartyWords("Riverside Clinic", ("12 Mill Street", "Albany, NY 12207"), "+1 518 555 0100", ("NY 4-0122",))
FACILITY = PartyWords("Lakeside Treatment", ("9 Kiln Road", "Utica, NY 13501"), "+1 315 555 0140", ("Permit T-77",))
CARRIER = PartyWords("Safe Carriers", ("4 Depot Way", "Troy, NY 12180"), "+1 518 555 0170", ("NY NJ-2215",))


def drawing() -> bytes:
    """A signature as a PNG with a transparent ground."""
    picture = Image.new("RGBA", (600, 180), (0, 0, 0, 0))
    points = [(20, 120), (80, 30), (120, 150), (200, 60), (300, 120), (420, 40), (580, 110)]
    ImageDraw.Draw(picture).line(points, fill=(0, 0, 0, 255), width=6)
    kept = io.BytesIO()
    picture.save(kept, "PNG")
    return kept.getvalue()


def paper(lines: int = 2, **changed: Any) -> ShippingPaper:
    """A signed and accepted paper."""
    rows = [WasteLine(DESCRIPTION, f"{n}.5 lb", f"{n} fiberboard boxes", (f"W-{n:05}",)) for n in range(1, lines + 1)]
    fields: dict[str, Any] = {
        "number": "WM-2026-000012",
        "prepared_on": "2026-NOV-23",
        "shipper": GENERATOR,
        "consignee": FACILITY,
        "carrier": CARRIER,
        "lines": tuple(rows),
        "total_quantity": "4 lb",
        "total_packages": "3 packages",
        "emergency_phone": "+1 800 555 0199",
        "emergency_contact": "Contract CCN 12345",
        "erg_guide": "ERG Guide 158",
        "certification": CERTIFICATION,
        "signature": SignatureWords("Zoë Wiśniewska", "Waste coordinator", "2026-NOV-23 14:05", drawing()),
        "carrier_signature": SignatureWords("Ana Dvořák", "Driver", "2026-NOV-23 14:09"),
        "retention": "Keep until 2029-NOV-23.",
    }
    return ShippingPaper(**(fields | changed))


def record(**changed: Any) -> TrackingRecord:
    """A record whose copy came back with a difference."""
    fields: dict[str, Any] = {
        "number": "WM-2026-000012",
        "prepared_on": "2026-NOV-23",
        "state_document": "NJ-001234",
        "generator": GENERATOR,
        "transporter": CARRIER,
        "facility": FACILITY,
        "lines": (TrackedLine("Sharps", "Sharps container", "3", "4 lb", ("W-00001", "W-00002"), "Untreated"),),
        "total_count": "3",
        "total_quantity": "4 lb",
        "hand_offs": (
            HandOff("Generator", "Closed and dry", SignatureWords("Zoë Wiśniewska", "Coordinator", "2026-NOV-23")),
            HandOff("Transporter", "Closed and dry", SignatureWords("Ana Dvořák", "Driver", "2026-NOV-24")),
        ),
        "received": Received("2026-DEC-01", "2", "2.5 lb", "Lee Okafor", "2026-DEC-03", "C-881", "One box short."),
        "copy_due": "2026-DEC-28",
        "retention": "Keep until 2029-NOV-23.",
    }
    return TrackingRecord(**(fields | changed))


def text_of(pdf: bytes) -> str:
    """What a reader takes out of the file, in its order, with single spaces."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def picture_of(pdf: bytes, page: int = 0, scale: float = 2.0) -> Image.Image:
    """A page as it is printed."""
    document = pypdfium2.PdfDocument(pdf)
    shown: Image.Image = document[page].render(scale=scale).to_pil().convert("L")
    document.close()
    return shown


def missing_or_out_of_order(text: str, wanted: list[str]) -> list[str]:
    """Those of the wanted pieces that do not follow the one before; empty when all stand there in their order."""
    wrong, at = [], 0
    for piece in wanted:
        found = text.find(piece, at)
        if found < 0:
            wrong.append(piece)
        else:
            at = found + len(piece)
    return wrong
