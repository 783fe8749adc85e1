"""The papers of waste, put together for reading and printing: stored content and signatures become ready words.

Reads only. What was signed is printed as it was signed; only what came later (acceptance, copy, voiding) is added.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo

from sqlalchemy.orm import Session

from supply.documents.shipping_paper import ShippingPaper, shipping_paper_pdf
from supply.documents.tracking_record import HandOff, Received, TrackedLine, TrackingRecord, tracking_record_pdf
from supply.documents.waste_values import IN_FORCE, PartyWords, SignatureWords, Standing, WasteLine
from supply.errors import NotFound
from supply.stock.lots import expiry_words
from supply.waste.manifest_lines import ManifestSheet, find_manifest, manifest_sheet
from supply.waste.models import ManifestState, SignatureRole, WasteManifest
from supply.waste.papers import PaperContent, PaperLine, PaperParty
from supply.waste.pickup_lines import find_pickup
from supply.waste.rules import StateRules
from supply.waste.signatures import SignatureLine
from supply.waste.streams import OUR_PAPER
from supply.waste.weights import weight_words

UNSIGNED = frozenset({ManifestState.draft, ManifestState.ready})


class NotOurPaper(NotFound):
    """This document is printed by somebody else; here it is only tracked."""

    code = "not_our_paper"


@dataclass(frozen=True)
class Paper:
    """One paper as it is read and printed."""

    sheet: ManifestSheet
    shipping: ShippingPaper
    tracking: TrackingRecord

    @property
    def is_ours(self) -> bool:
        """Whether the document is our shipping paper; somebody else's form is only tracked."""
        return self.sheet.line.kind == OUR_PAPER


def paper(session: Session, number: str, *, rules: StateRules, today: date, zone: tzinfo) -> Paper:
    """The paper of that number. Raises NotFound."""
    sheet = manifest_sheet(session, number, rules=rules, today=today, zone=zone)
    row = find_manifest(session, number)
    theirs = row.hauler_document or find_pickup(session, sheet.line.pickup).hauler_document or ""
    tracking = replace(_tracking(sheet, sheet.content, row, zone), state_document=theirs)
    return Paper(sheet, _shipping(sheet, sheet.content, zone), tracking)


def shipping_paper_file(found: Paper) -> bytes:
    """The shipping paper as PDF. Raises NotOurPaper for a form that the transporter or the state prints."""
    if not found.is_ours:
        number = found.sheet.line.number
        raise NotOurPaper(f"{number} is not printed here: it is the document of the transporter or the state.")
    return shipping_paper_pdf(found.shipping)


def tracking_record_file(found: Paper) -> bytes:
    """The tracking record as PDF."""
    return tracking_record_pdf(found.tracking)


def _shipping(sheet: ManifestSheet, content: PaperContent, zone: tzinfo) -> ShippingPaper:
    signed = {one.role: _signature(one, zone) for one in sheet.signatures}
    return ShippingPaper(
        number=content.number,
        prepared_on=content.prepared_on,
        shipper=_party(content.shipper),
        consignee=_party(content.consignee),
        carrier=_party(content.carrier),
        lines=tuple(_line(line) for line in content.lines),
        total_quantity=f"{content.total_quantity} {content.unit}",
        total_packages=_counted(content.total_packages, "package"),
        emergency_phone=content.emergency_phone,
        emergency_contact=content.emergency_contact,
        erg_guide=content.emergency_guide,
        certification=content.certification,
        signature=signed.get(SignatureRole.generator),
        carrier_signature=signed.get(SignatureRole.transporter),
        retention=_retention(sheet),
        special_permit=content.special_permit,
        hauler_document=content.hauler_document,
        standing=_standing(sheet, zone),
    )


def _tracking(sheet: ManifestSheet, content: PaperContent, row: WasteManifest, zone: tzinfo) -> TrackingRecord:
    signed = {one.role: _signature(one, zone) for one in sheet.signatures}
    line = sheet.line
    return TrackingRecord(
        number=content.number,
        prepared_on=content.prepared_on,
        state_document=content.hauler_document,
        generator=_party(content.shipper),
        transporter=_party(content.carrier),
        facility=_party(content.consignee),
        lines=tuple(_tracked(one) for one in content.lines),
        total_count=str(content.total_packages),
        total_quantity=f"{content.total_quantity} {content.unit}",
        hand_offs=(
            HandOff("Generator", "Sealed", signed.get(SignatureRole.generator)),
            HandOff("Transporter", "", signed.get(SignatureRole.transporter)),
        ),
        received=Received(
            received_on=expiry_words(row.received_on) if row.received_on else "",
            count=str(row.received_count) if row.received_count is not None else "",
            quantity=weight_words(row.received_weight_grams) if row.received_weight_grams else "",
            discrepancy="; ".join(part for part in (line.discrepancy, line.settlement) if part),
        ),
        copy_due=expiry_words(line.copy_due) if line.copy_due else "",
        retention=_retention(sheet),
        standing=_standing(sheet, zone),
    )


def _party(party: PaperParty) -> PartyWords:
    mailing = tuple(f"Mail: {line}" if n == 0 else line for n, line in enumerate(party.mailing_address))
    differs = party.mailing_address != party.site_address
    address = (*party.site_address, *(mailing if differs else ()))
    return PartyWords(party.name, address, party.phone, party.registrations)


def _line(line: PaperLine) -> WasteLine:
    return WasteLine(
        description=line.description,
        quantity=f"{line.total_quantity} {line.unit}",
        packages=_counted(line.packages, line.package),
        containers=line.containers,
        is_hazardous=bool(line.hazardous_mark),
    )


def _tracked(line: PaperLine) -> TrackedLine:
    return TrackedLine(
        stream=line.stream_name,
        container_type=line.package,
        count=str(line.packages),
        quantity=f"{line.total_quantity} {line.unit}",
        containers=line.containers,
        treatment="No; to be treated" if line.treatment else "No",
    )


def _signature(signed: SignatureLine, zone: tzinfo) -> SignatureWords:
    return SignatureWords(signed.printed_name, signed.title, _moment(signed.signed_at, zone), signed.drawing)


def _retention(sheet: ManifestSheet) -> str:
    until = sheet.line.retention_until
    return f"Keep until {expiry_words(until)}." if until else "Counted from the day on which the carrier accepts it."


def _standing(sheet: ManifestSheet, zone: tzinfo) -> Standing:
    line = sheet.line
    if line.state is ManifestState.void:
        replaced = f" Replaced by {line.replaced_by}." if line.replaced_by else ""
        return Standing("VOID", f"Void: {line.void_reason}.{replaced}".replace("..", "."))
    if line.state in UNSIGNED:
        return Standing("DRAFT", "Draft: nobody has signed it. It may not go with a shipment.")
    return IN_FORCE


def _counted(count: int, word: str) -> str:
    plural = word if count == 1 else f"{word}es" if word.endswith(("x", "s", "sh", "ch")) else f"{word}s"
    return f"{count} {plural}"


def _moment(moment: datetime, zone: tzinfo) -> str:
    local = moment.astimezone(zone)
    return f"{expiry_words(local.date())} {local:%H:%M}"
