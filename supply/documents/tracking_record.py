"""PURE: the tracking record of one shipment of waste as a PDF: parties, lines, hand-offs, what the facility received.

The common fields of the states' tracking documents; never a state's own form.
"""

from dataclasses import dataclass

from reportlab.platypus import KeepTogether

from supply.documents.sheet import LABEL, RIGHT, STRONG, Flow, Head, boxes, fillable, labelled, pdf, words
from supply.documents.shipping_paper import NOT_OFFICIAL, party_cell
from supply.documents.signature_box import signature_rows
from supply.documents.waste_values import IN_FORCE, PartyWords, SignatureWords, Standing

TITLE = "Tracking record: regulated medical waste"


@dataclass(frozen=True)
class TrackedLine:
    """One line: what kind of waste, in what, how many, how much, and whether it was treated before it left."""

    stream: str
    container_type: str
    count: str
    quantity: str
    containers: tuple[str, ...]
    treatment: str


@dataclass(frozen=True)
class HandOff:
    """One change of hands, or the blank for one that is still to come."""

    label: str
    condition: str
    signature: SignatureWords | None


@dataclass(frozen=True)
class Received:
    """What the facility confirmed; empty fields are printed as blanks to fill in."""

    received_on: str = ""
    count: str = ""
    quantity: str = ""
    signed_by: str = ""
    treated_on: str = ""
    certificate: str = ""
    discrepancy: str = ""


@dataclass(frozen=True)
class TrackingRecord:
    """The record in the order in which it is printed."""

    number: str
    prepared_on: str
    state_document: str
    generator: PartyWords
    transporter: PartyWords
    facility: PartyWords
    lines: tuple[TrackedLine, ...]
    total_count: str
    total_quantity: str
    hand_offs: tuple[HandOff, ...]
    received: Received
    copy_due: str
    retention: str
    standing: Standing = IN_FORCE


def tracking_record_pdf(record: TrackingRecord) -> bytes:
    """The record as a PDF of letter size; the same record always gives the same bytes."""
    head = Head(
        title=TITLE,
        number=record.number,
        subtitle=f"Prepared {record.prepared_on}. Carrier's or state's document: {record.state_document or 'none'}.",
        foot=NOT_OFFICIAL,
        stamp=record.standing.stamp,
        subject="Tracking of regulated medical waste from generator to facility",
    )
    return pdf(head, lambda: _body(record))


def _body(record: TrackingRecord) -> Flow:
    flow: Flow = []
    if record.standing.sentence:
        flow.append(boxes([[words(record.standing.sentence, STRONG)]], [1.0]))
    sides = [
        party_cell("1. Generator", record.generator),
        party_cell("2. Transporter", record.transporter),
        party_cell("3. Destination facility", record.facility),
    ]
    flow += [boxes([sides], [0.34, 0.33, 0.33]), _lines(record)]
    for number, hand in enumerate(record.hand_offs, 5):
        said = fillable(f"{number}. {hand.label}: condition of the containers", hand.condition)
        flow.append(KeepTogether([boxes([[said]], [1.0]), *signature_rows(hand.label.lower(), hand.signature)]))
    flow.append(KeepTogether(_received(record, 5 + len(record.hand_offs))))
    return flow


def _lines(record: TrackingRecord) -> object:
    heads = ("4. Kind of waste", "Container type", "Count", "Quantity", "Treated", "Container numbers")
    rows: list[list[object]] = [[words(head, LABEL) for head in heads]]
    for line in record.lines:
        cells = [words(line.stream, STRONG), words(line.container_type), words(line.count, RIGHT)]
        more = [words(line.quantity, RIGHT), words(line.treatment), words("; ".join(line.containers))]
        rows.append([*cells, *more])
    rows.append(
        [words("Total", STRONG), words(" "), words(record.total_count, RIGHT), words(record.total_quantity, RIGHT),
         words(" "), words(" ")]
    )  # fmt: skip
    return boxes(rows, [0.25, 0.18, 0.08, 0.13, 0.12, 0.24], repeat=1)


def _received(record: TrackingRecord, number: int) -> Flow:
    got = record.received
    first = [
        fillable(f"{number}. Received by the facility on", got.received_on),
        fillable("Containers received", got.count),
        fillable("Quantity received", got.quantity),
    ]
    second = [
        fillable("Signed for the facility by", got.signed_by),
        fillable("Treated or destroyed on", got.treated_on),
        fillable("Certificate number", got.certificate),
    ]
    kept = [fillable("Signed copy due back", record.copy_due), labelled("How long this is kept", record.retention)]
    return [
        boxes([first, second], [0.4, 0.3, 0.3]),
        boxes([[fillable(f"{number + 1}. Discrepancy", got.discrepancy)]], [1.0]),
        boxes([kept], [0.4, 0.6]),
    ]
