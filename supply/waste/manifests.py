"""The paper of a pickup: drafted, checked, signed, accepted, its copy chased, closed. What is signed is never changed.

A mistake on a signed paper is voided with its reason and replaced by a new version; both are kept.
"""

from dataclasses import dataclass
from datetime import date, datetime, tzinfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.errors import Conflict, Invalid, NotAllowed
from supply.staff import training
from supply.staff.models import Person, PersonRole
from supply.staff.permissions import GRANTED, Action, Actor, require
from supply.stock.lots import expiry_words
from supply.waste import containers, numbers, paper_building, paper_rows, signatures
from supply.waste.deadlines import retention_until
from supply.waste.models import (
    ContainerState,
    ManifestState,
    PickupState,
    SignatureRole,
    WasteManifest,
    WastePickup,
)
from supply.waste.paper_building import Document, Naming
from supply.waste.papers import CERTIFICATION, PaperContent, from_text, missing_fields, sha256_of, to_text
from supply.waste.rules import StateRules
from supply.waste.signatures import Sign
from supply.waste.weights import MOST_GRAMS, weight_words

UNSIGNED = (ManifestState.draft, ManifestState.ready)
RECEIPT = "I received the packages listed on this paper for transport to the destination facility named on it."
WEIGHT_TOLERANCE = 10  # percent: the model of EPA's significant discrepancy for bulk waste


@dataclass(frozen=True)
class ReturnedCopy:
    """What the facility says it received: a count of packages, their weight in grams if stated, and on which day."""

    received_on: date
    count: int
    weight_grams: int | None = None
    certificate: str = ""


def draft(
    session: Session, *, pickup: str, by: Actor, now: datetime, rules: StateRules, zone: tzinfo, law_folder: str = ""
) -> WasteManifest:
    """Make (or make anew, while unsigned) the paper of a pickup from what is true now; READY when nothing is missing.

    Raises NotFound, NotAllowed, Conflict: not_our_paper (in words who prints the document), nothing_on_it,
    signed_already, gone.
    """
    require(by, Action.containers_seal)
    booked = paper_rows.locked_pickup(session, numbers.id_of(numbers.PICKUP, pickup))
    if booked.state not in (PickupState.scheduled, PickupState.missed):
        raise Conflict(f"{booked.number} is over; no paper is made for it any more.", code="gone")
    boxes = paper_building.containers_of(session, booked.id)
    if not boxes:
        raise Conflict(f"Nothing is on {booked.number} yet. Put sealed containers on it.", code="nothing_on_it")
    document = paper_building.document_for(boxes, rules, law_folder)
    if not document.is_ours:
        words = f"{document.words}. Our paper does not replace it; note its number when you hand over."
        raise Conflict(words, code="not_our_paper", document=document.kind)
    row = paper_rows.live_paper(session, booked.id)
    if row is not None and row.state not in UNSIGNED:
        raise Conflict(f"{row.number} is signed for {booked.number} already.", code="signed_already")
    today = now.astimezone(zone).date()
    row = row or paper_rows.new_paper(session, booked, document, by, now)
    content = _content(session, row, booked, document, rules, law_folder, today)
    row.content, row.hauler_document = to_text(content), booked.hauler_document
    row.state = ManifestState.draft if missing_fields(content) else ManifestState.ready
    return paper_rows.kept(session, row, by, now, "draft", missing=missing_fields(content))


def sign_generator(
    session: Session,
    *,
    number: str,
    sign: Sign,
    by: Actor,
    now: datetime,
    today: date,
    content_sha256: str | None = None,
    law_folder: str | None = None,
) -> WasteManifest:
    """Sign for the office: freezes the content. `content_sha256` is the digest of what the signer read, if known;
    with `law_folder`, the descriptions are compared with the law of today too.

    Raises NotAllowed (training_expired: until when it was valid and who could sign), Conflict (not_ready naming every
    missing field, signed_already, out_of_date), Invalid (bad_signature).
    """
    require(by, Action.containers_seal)
    _require_training(session, by, today)
    checked = signatures.checked(sign)
    row, booked = paper_rows.locked(session, number)
    if row.state not in UNSIGNED:
        raise Conflict(
            f"{row.number} is {paper_rows.state_words(row.state)}; it is not signed again.", code="signed_already"
        )
    content = from_text(row.content)
    missing = missing_fields(content)
    if missing:
        raise Conflict(
            f"{row.number} cannot be signed yet. Missing: {'; '.join(missing)}.",
            code="not_ready",
            missing=list(missing),
        )
    _refuse_out_of_date(session, row, booked, content, content_sha256, law_folder)
    row.content_sha256, row.state, row.signed_at = sha256_of(row.content), ManifestState.signed, now
    session.flush()
    signatures.keep(
        session,
        manifest_id=row.id,
        role=SignatureRole.generator,
        sign=checked,
        meaning=CERTIFICATION,
        content_sha256=row.content_sha256,
        signer_id=by.person_id,
        by=by,
        now=now,
    )
    return paper_rows.kept(session, row, by, now, "sign", sha256=row.content_sha256, method=checked.method.value)


def hand_over_paper(
    session: Session, pickup: WastePickup, *, driver: Sign, by: Actor, now: datetime, rules: StateRules, zone: tzinfo
) -> WasteManifest:
    """The paper's part of a hand-over (`pickups.hand_over`): ours is accepted, somebody else's is tracked from here on.

    Raises Conflict: no_paper (not signed, or no number of the hauler's document).
    """
    row = paper_rows.live_paper(session, pickup.id)
    if row is not None and row.state == ManifestState.signed:
        return accept_by_transporter(session, number=row.number, driver=driver, by=by, now=now, rules=rules, zone=zone)
    document = paper_building.document_for(paper_building.containers_of(session, pickup.id), rules, rules.law_folder)
    if document.is_ours:
        raise Conflict(
            f"The paper of {pickup.number} is not signed yet. Sign it before the driver takes anything.",
            code="no_paper",
        )
    if not pickup.hauler_document:
        words = f"{document.words}. Note the number of that document before the driver takes anything."
        raise Conflict(words, code="no_paper", document=document.kind)
    if row is not None:
        void(session, number=row.number, reason="Another document is used", by=by, now=now)
    row = paper_rows.new_paper(session, pickup, document, by, now)
    row.hauler_document = pickup.hauler_document
    content = _content(session, row, pickup, document, rules, rules.law_folder, now.astimezone(zone).date())
    row.content, row.content_sha256 = to_text(content), sha256_of(to_text(content))
    row.state, row.signed_at = ManifestState.signed, now
    session.flush()
    return accept_by_transporter(session, number=row.number, driver=driver, by=by, now=now, rules=rules, zone=zone)


def accept_by_transporter(
    session: Session, *, number: str, driver: Sign, by: Actor, now: datetime, rules: StateRules, zone: tzinfo
) -> WasteManifest:
    """The driver signs: the day of acceptance from which the paper is kept (49 CFR 172.201(e)).

    Raises Conflict (not_signed), Invalid (bad_signature).
    """
    require(by, Action.containers_seal)
    checked = signatures.checked(driver)
    row, _ = paper_rows.locked(session, number)
    if row.state != ManifestState.signed or row.content_sha256 is None:
        words = f"{row.number} is {paper_rows.state_words(row.state)}; the driver signs what the office has signed."
        raise Conflict(words, code="not_signed")
    row.state, row.accepted_at = ManifestState.accepted, now
    row.retention_until = retention_until(now.astimezone(zone).date(), rules)
    signatures.keep(
        session,
        manifest_id=row.id,
        role=SignatureRole.transporter,
        sign=checked,
        meaning=RECEIPT,
        content_sha256=row.content_sha256,
        signer_id=None,
        by=by,
        now=now,
    )
    return paper_rows.kept(
        session, row, by, now, "accept", driver=checked.printed_name, retention_until=row.retention_until
    )


def record_copy(session: Session, *, number: str, copy: ReturnedCopy, by: Actor, now: datetime) -> WasteManifest:
    """The signed copy came back: CLOSED when count and weight fit, else DISCREPANCY (any difference in count, or more
    than a tenth in weight). Raises NotFound, NotAllowed, Invalid (bad_field), Conflict (not_accepted, copy_there).
    """
    require(by, Action.containers_seal)
    row, booked = paper_rows.locked(session, number)
    if row.copy_returned_at is not None:
        raise Conflict(f"The copy of {row.number} is back already.", code="copy_there")
    if row.state != ManifestState.accepted or row.accepted_at is None:
        words = f"{row.number} is {paper_rows.state_words(row.state)}; a copy comes back of what a driver took."
        raise Conflict(words, code="not_accepted")
    _check_copy(copy, row.accepted_at, now)
    boxes = paper_building.containers_of(session, booked.id)
    grams = sum(box.gross_weight_grams or 0 for box in boxes)
    row.discrepancy = discrepancy_words(len(boxes), grams, copy)
    row.copy_returned_at, row.copy_recorded_by_id = now, by.person_id
    row.received_on, row.received_count = copy.received_on, copy.count
    row.received_weight_grams = copy.weight_grams
    row.state = ManifestState.discrepancy if row.discrepancy else ManifestState.closed
    row.settlement = f"Certificate {copy.certificate.strip()}" if copy.certificate.strip() else None
    row.closed_at = None if row.discrepancy else now
    _follow(session, row, booked, by, now)
    said = {"count": copy.count, "weight_grams": copy.weight_grams, "discrepancy": row.discrepancy}
    return paper_rows.kept(session, row, by, now, "copy", received_on=copy.received_on, **said)


def settle_discrepancy(session: Session, *, number: str, words: str, by: Actor, now: datetime) -> WasteManifest:
    """Close a paper that did not fit, saying what was found. Raises Conflict (no_discrepancy), Invalid."""
    require(by, Action.containers_seal)
    text = paper_rows.checked_words(words, "what was found")
    row, booked = paper_rows.locked(session, number)
    if row.state != ManifestState.discrepancy:
        raise Conflict(f"Nothing is open about {row.number}.", code="no_discrepancy")
    row.state, row.closed_at = ManifestState.closed, now
    row.settlement = f"{row.settlement}. {text}"[: paper_rows.TEXT_LENGTH] if row.settlement else text
    _follow(session, row, booked, by, now)
    return paper_rows.kept(session, row, by, now, "settle", words=text)


def void(session: Session, *, number: str, reason: str, by: Actor, now: datetime) -> WasteManifest:
    """Void a paper before the driver has signed it, with a reason; `draft` then makes the next version.

    Raises Conflict (accepted: it is with the transporter), Invalid without a reason.
    """
    require(by, Action.containers_seal)
    text = paper_rows.checked_words(reason, "why it is void")[:300]
    row, _ = paper_rows.locked(session, number)
    if row.state not in (*UNSIGNED, ManifestState.signed):
        state = paper_rows.state_words(row.state)
        words = f"{row.number} is {state} and cannot be voided; settle what differs with its copy."
        raise Conflict(words, code="accepted")
    row.state, row.voided_at, row.voided_by_id, row.void_reason = ManifestState.void, now, by.person_id, text
    return paper_rows.kept(session, row, by, now, "void", reason=text)


def who_could_sign(session: Session, *, today: date) -> list[str]:
    """Names of those who may sign papers and whose hazmat training counts today."""
    roles = [role.value for role in GRANTED[Action.containers_seal]]
    statement = (
        sa.select(Person.id)
        .join(PersonRole, PersonRole.person_id == Person.id)
        .where(PersonRole.role.in_(roles), Person.disabled_at.is_(None))
    )
    may = set(session.scalars(statement))
    held = training.latest(session, kind=training.HAZMAT, today=today)
    return sorted(line.person for line in held.values() if line.person_id in may and line.state != "expired")


def discrepancy_words(count: int, grams: int, copy: ReturnedCopy) -> str | None:
    """PURE: how a copy differs from the paper; None when it fits. A count must be equal, a weight within a tenth.

    >>> from datetime import date
    >>> discrepancy_words(3, 10_000, ReturnedCopy(date(2026, 3, 1), 3, 10_900)) is None
    True
    >>> discrepancy_words(3, 10_000, ReturnedCopy(date(2026, 3, 1), 2))
    '3 packages left, 2 were received'
    """
    found = []
    if copy.count != count:
        found.append(f"{count} packages left, {copy.count} were received")
    if copy.weight_grams is not None and abs(copy.weight_grams - grams) * 100 > grams * WEIGHT_TOLERANCE:
        found.append(f"{weight_words(grams)} left, {weight_words(copy.weight_grams)} were received")
    return "; ".join(found) or None


def _require_training(session: Session, by: Actor, today: date) -> None:
    """Whoever signs was trained within the years of 49 CFR 172.704(c)(2)."""
    held = training.current(session, person_id=by.person_id, kind=training.HAZMAT, today=today)
    if held is not None and held.state != "expired":
        return
    could = who_could_sign(session, today=today)
    until = expiry_words(held.valid_until) if held else None
    lacks = f"was valid until {until}" if until else "is not on record"
    others = f"{' or '.join(could)} could sign" if could else "Nobody here could sign; record a training first"
    raise NotAllowed(
        f"{by.display_name}'s hazardous materials training {lacks}, and a shipping paper is signed by somebody "
        f"with current training (49 CFR 172.704). {others}.",
        code="training_expired",
        valid_until=held.valid_until.isoformat() if held and held.valid_until else None,
        could_sign=could,
    )


def _refuse_out_of_date(
    session: Session,
    row: WasteManifest,
    booked: WastePickup,
    content: PaperContent,
    read_sha256: str | None,
    law_folder: str | None,
) -> None:
    """What is signed must be what is true now and what the signer has read."""
    boxes = paper_building.containers_of(session, booked.id)
    for box in boxes:
        containers.locked_by_id(session, box.id)
    is_true = paper_building.is_current(session, content, pickup=booked)
    if law_folder is not None:
        is_true &= content == paper_building.refreshed(session, content, pickup=booked, law_folder=law_folder)
    is_read = read_sha256 is None or read_sha256 == sha256_of(row.content)
    if not (is_true and is_read):
        words = f"{row.number} no longer says what is on {booked.number}. Make it anew, read it, then sign."
        raise Conflict(words, code="out_of_date")


def _content(
    session: Session,
    row: WasteManifest,
    pickup: WastePickup,
    document: Document,
    rules: StateRules,
    law_folder: str,
    today: date,
) -> PaperContent:
    replaced = session.get(WasteManifest, row.replaces_id) if row.replaces_id else None
    naming = Naming(row.number, row.version, replaced.number if replaced else None, today)
    return paper_building.build(
        session, pickup=pickup, naming=naming, document=document, rules=rules, law_folder=law_folder
    )


def _follow(session: Session, row: WasteManifest, booked: WastePickup, by: Actor, now: datetime) -> None:
    """The containers go where their paper went: received with the copy, closed with it."""
    for found in paper_building.containers_of(session, booked.id):
        box = containers.locked_by_id(session, found.id)
        box.received_at = box.received_at or now
        is_closed = row.state == ManifestState.closed
        box.state = ContainerState.closed if is_closed else ContainerState.received
        box.closed_at = now if is_closed else None
        containers.said(session, box, by.person_id, now, box.state.value, manifest=row.number)


def _check_copy(copy: ReturnedCopy, accepted_at: datetime, now: datetime) -> None:
    if not 0 <= copy.count <= 10_000:
        raise Invalid("The count of packages is a number from 0 on.", code="bad_field")
    if copy.weight_grams is not None and not 0 < copy.weight_grams <= MOST_GRAMS * 100:
        raise Invalid("The weight received is a number above 0.", code="bad_weight")
    days = (copy.received_on - accepted_at.date()).days
    if days < -1 or (copy.received_on - now.date()).days > 1:  # a day either way: the facility's date is not ours
        raise Invalid("The facility received it between the pickup and today; check the date.", code="bad_field")
    if len(copy.certificate) > 60 or not copy.certificate.isprintable():
        raise Invalid("The certificate's number has at most 60 characters.", code="bad_field")
