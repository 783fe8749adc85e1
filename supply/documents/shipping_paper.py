"""PURE: the shipping paper for regulated medical waste (49 CFR 172.200 to 172.205, 172.604) as a PDF.

Plain values in, bytes out. It never claims to be a form of a state or of the EPA.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from reportlab.platypus import KeepTogether

from supply.documents.sheet import LABEL, LOUD, RIGHT, STRONG, Flow, Head, boxes, labelled, pdf, words
from supply.documents.signature_box import signature_rows
from supply.documents.waste_values import IN_FORCE, PartyWords, SignatureWords, Standing, WasteLine

TITLE = "Shipping paper: regulated medical waste"
NOT_OFFICIAL = "This is not the official New Jersey medical waste form and not EPA form 8700-22."
CONTAINERS_A_ROW = 40


@dataclass(frozen=True)
class ShippingPaper:
    """Every field of the paper in the order in which it is printed."""

    number: str
    prepared_on: str
    shipper: PartyWords
    consignee: PartyWords
    carrier: PartyWords
    lines: tuple[WasteLine, ...]
    total_quantity: str
    total_packages: str
    emergency_phone: str
    emergency_contact: str
    erg_guide: str
    certification: str
    signature: SignatureWords | None
    carrier_signature: SignatureWords | None
    retention: str
    special_permit: str = ""
    hauler_document: str = ""
    standing: Standing = IN_FORCE


def shipping_paper_pdf(paper: ShippingPaper) -> bytes:
    """The paper as a PDF of letter size; the same paper always gives the same bytes."""
    return pdf(_head(paper), lambda: _body(paper))


def _head(paper: ShippingPaper) -> Head:
    prepared = f"Prepared {paper.prepared_on}."
    return Head(
        title=TITLE,
        number=paper.number,
        subtitle=f"{prepared} Carrier's own document: {paper.hauler_document}." if paper.hauler_document else prepared,
        foot=NOT_OFFICIAL,
        stamp=paper.standing.stamp,
        subject="Shipping paper under 49 CFR 172 subpart C",
    )


def _body(paper: ShippingPaper) -> Flow:
    first = [*_standing(paper.standing), _parties(paper), _lines(paper)]
    return [*first, _totals(paper), _emergency(paper), KeepTogether(_certified(paper)), KeepTogether(_taken(paper))]


def _standing(standing: Standing) -> Flow:
    return [boxes([[words(standing.sentence, STRONG)]], [1.0])] if standing.sentence else []


def party_cell(label: str, party: PartyWords) -> Flow:
    """A party with its address, phone and registrations under its heading."""
    lines = [*party.address, f"Phone {party.phone}" if party.phone else "", *party.registrations]
    return [*labelled(label, party.name, style=STRONG), *(words(line) for line in lines if line)]


def _parties(paper: ShippingPaper) -> object:
    sides = [
        party_cell("1. Shipper (generator)", paper.shipper),
        party_cell("2. Consignee (destination facility)", paper.consignee),
        party_cell("3. Carrier (transporter)", paper.carrier),
    ]
    return boxes([sides], [0.34, 0.33, 0.33])


def _lines(paper: ShippingPaper) -> object:
    heads = [
        "4. HM",
        "5. Basic description: identification number, proper shipping name, hazard class, packing group",
        "6. Total quantity",
        "7. Number and type of packages",
        "8. Container numbers",
    ]
    rows: list[list[object]] = [[words(head, LABEL) for head in heads]]
    rows += [row for line in paper.lines for row in _rows_of(line)]
    return boxes(rows, [0.05, 0.49, 0.12, 0.16, 0.18], repeat=1)


def _rows_of(line: WasteLine) -> Iterator[list[object]]:
    """The row of a line, and rows for the container numbers that find no room in one: a row never breaks over pages."""
    for begin in range(0, max(1, len(line.containers)), CONTAINERS_A_ROW):
        shown = line if begin == 0 else WasteLine(" ", " ", " ", line.containers, is_hazardous=False)
        yield [
            words("X" if shown.is_hazardous else " ", STRONG),
            words(shown.description, STRONG),
            words(shown.quantity, RIGHT),
            words(shown.packages),
            words("; ".join(line.containers[begin : begin + CONTAINERS_A_ROW])),
        ]


def _totals(paper: ShippingPaper) -> object:
    total = f"Total of all lines: {paper.total_quantity} in {paper.total_packages}."
    return boxes([[words(total, STRONG)]], [1.0])


def _emergency(paper: ShippingPaper) -> object:
    phone = labelled("9. Emergency response telephone, answered at all hours", paper.emergency_phone, style=LOUD)
    contact = labelled("Person or contract that answers it", paper.emergency_contact, style=STRONG)
    guide = labelled("10. Emergency response information", paper.erg_guide)
    permit = labelled("Special permit", paper.special_permit) if paper.special_permit else []
    return boxes([[phone, contact, guide + permit]], [0.36, 0.32, 0.32])


def _certified(paper: ShippingPaper) -> Flow:
    statement = labelled("11. Shipper's certification", paper.certification)
    return [boxes([[statement]], [1.0]), *signature_rows("shipper", paper.signature)]


def _taken(paper: ShippingPaper) -> Flow:
    said = "The carrier took the packages listed above on the date beside the signature."
    return [
        boxes([[labelled("12. Acceptance by the carrier", said)]], [1.0]),
        *signature_rows("carrier", paper.carrier_signature),
        boxes([[labelled("13. How long this is kept", paper.retention)]], [1.0]),
    ]
