"""What a paper says, made from what is true now: the parties, the containers on the pickup, the law. Writes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.stock.lots import expiry_words
from supply.waste.models import PickupLine, WasteContainer, WastePickup
from supply.waste.papers import CERTIFICATION, TITLE, TRACKING_TITLE, PaperContent, PaperLine, PaperParty
from supply.waste.parties import PartyLine, generator, party_line, registration_words
from supply.waste.rules import StateRules
from supply.waste.streams import OUR_PAPER, Stream, find_stream
from supply.waste.weights import pounds, weight_words

EMERGENCY_GUIDE = "ERG guide 158"
NO_DAY = date.max  # a paper prints until when a registration holds, and judges none
PAGES = "x of y on each printed sheet"
NOBODY = PaperParty("", "", (), (), ())


@dataclass(frozen=True)
class Document:
    """Which document leaves with a pickup, and in words who prints it where that is not us."""

    kind: str
    words: str

    @property
    def is_ours(self) -> bool:
        """Whether our shipping paper will do."""
        return self.kind == OUR_PAPER


@dataclass(frozen=True)
class Naming:
    """What names a paper: number, version, the paper it replaces, the day it is made."""

    number: str
    version: int
    replaces: str | None
    prepared_on: date


def containers_of(session: Session, pickup_id: int) -> list[WasteContainer]:
    """The containers on the pickup, by number."""
    statement = (
        sa.select(WasteContainer)
        .join(PickupLine, PickupLine.container_id == WasteContainer.id)
        .where(PickupLine.pickup_id == pickup_id, PickupLine.released_at.is_(None))
        .order_by(WasteContainer.id)
    )
    return list(session.scalars(statement.execution_options(populate_existing=True)))


def document_for(containers: Sequence[WasteContainer], rules: StateRules, law_folder: str = "") -> Document:
    """The document these containers leave with: a stream's own first, then the form that the state asks for."""
    for box in containers:
        stream = find_stream(box.stream, law_folder)
        if stream.document != OUR_PAPER:
            return Document(stream.document, f"{box.number} ({stream.name}) leaves with {stream.document_words}")
    if rules.document != OUR_PAPER:
        return Document(rules.document, f"Waste leaves {rules.state} with {rules.document_words}")
    return Document(OUR_PAPER, "")


def build(
    session: Session, *, pickup: WastePickup, naming: Naming, document: Document, rules: StateRules, law_folder: str
) -> PaperContent:
    """The whole content of the paper of this pickup."""
    named = PaperContent(
        title=TITLE if document.is_ours else TRACKING_TITLE,
        number=naming.number,
        version=naming.version,
        replaces=naming.replaces,
        page=PAGES,
        prepared_on=expiry_words(naming.prepared_on),
        shipper=NOBODY,
        consignee=NOBODY,
        carrier=NOBODY,
        lines=(),
        total_packages=0,
        total_quantity="0.0",
        unit="lb",
        emergency_phone="",
        emergency_contact="",
        emergency_guide=EMERGENCY_GUIDE,
        special_permit="",
        certification=CERTIFICATION,
        hauler_document="",
        pickup=pickup.number,
        state=rules.state,
    )
    return refreshed(session, named, pickup=pickup, law_folder=law_folder)


def refreshed(session: Session, content: PaperContent, *, pickup: WastePickup, law_folder: str) -> PaperContent:
    """The same paper with parties, containers and totals as they are now."""
    boxes = containers_of(session, pickup.id)
    lines = lines_of(boxes, law_folder)
    return replace(
        _with_parties(session, content, pickup),
        lines=lines,
        total_packages=len(boxes),
        total_quantity=str(sum((Decimal(line.total_quantity) for line in lines), Decimal("0.0"))),
    )


def is_current(session: Session, content: PaperContent, *, pickup: WastePickup) -> bool:
    """Whether parties, containers and weights are still what the paper says."""
    now = sorted(_container_words(box) for box in containers_of(session, pickup.id))
    said = sorted(words for line in content.lines for words in line.containers)
    return now == said and content == _with_parties(session, content, pickup)


def _with_parties(session: Session, content: PaperContent, pickup: WastePickup) -> PaperContent:
    office = generator(session, today=NO_DAY)
    return replace(
        content,
        shipper=_party(office) if office else NOBODY,
        consignee=_party(party_line(session, pickup.facility_id, today=NO_DAY)),
        carrier=_party(party_line(session, pickup.transporter_id, today=NO_DAY)),
        emergency_phone=office.fields.emergency_phone if office else "",
        emergency_contact=office.fields.emergency_contact if office else "",
        hauler_document=pickup.hauler_document or "",
    )


def _container_words(box: WasteContainer) -> str:
    return f"{box.number}, {weight_words(box.gross_weight_grams or 0)}"


def _party(line: PartyLine) -> PaperParty:
    fields = line.fields
    return PaperParty(
        name=fields.name,
        phone=fields.phone,
        site_address=fields.site.lines,
        mailing_address=fields.mailing.lines or fields.site.lines,
        registrations=tuple(registration_words(one) for one in line.registrations),
    )


def lines_of(boxes: Sequence[WasteContainer], law_folder: str) -> tuple[PaperLine, ...]:
    """One line for each stream and kind of package; hazardous materials first (49 CFR 172.201(a)(1))."""
    groups: dict[tuple[bool, str, str], list[WasteContainer]] = {}
    for box in boxes:
        stream = find_stream(box.stream, law_folder)
        groups.setdefault((stream.shipping is None, box.stream, box.package), []).append(box)
    return tuple(_line(find_stream(key[1], law_folder), key[2], groups[key]) for key in sorted(groups))


def _line(stream: Stream, package: str, boxes: list[WasteContainer]) -> PaperLine:
    return PaperLine(
        hazardous_mark="X" if stream.shipping else "",
        description=stream.shipping.words if stream.shipping else f"{stream.name}, not regulated by DOT",
        packages=len(boxes),
        package=package,
        total_quantity=pounds(sum(box.gross_weight_grams or 0 for box in boxes)),
        unit="lb",
        stream=stream.code,
        stream_name=stream.name,
        treatment=stream.treatment,
        containers=tuple(_container_words(box) for box in boxes),
    )
