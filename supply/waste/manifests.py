"""The paper of a pickup: drafted, checked, signed, accepted, its copy chased, closed. What is signed is never changed.

A mistake on a signed paper is voided with its reason and replaced by a new version; both are kept.
"""

from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from sqlalchemy.orm import Session

from supply.staff.permissions import Actor
from supply.waste.models import WasteManifest
from supply.waste.rules import StateRules
from supply.waste.signatures import Sign


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

    Raises NotFound, NotAllowed, Conflict: not_our_paper (in words who prints the document), nothing_on_it.
    """
    raise NotImplementedError


def sign_generator(
    session: Session, *, number: str, sign: Sign, by: Actor, now: datetime, today: date
) -> WasteManifest:
    """Sign for the office: freezes the content. Raises NotAllowed (no current hazmat training: until when it was valid
    and who could sign), Conflict (not_ready naming every missing field, signed_already, out_of_date)."""
    raise NotImplementedError


def accept_by_transporter(
    session: Session, *, number: str, driver: Sign, by: Actor, now: datetime, rules: StateRules, zone: tzinfo
) -> WasteManifest:
    """The driver signs: the day of acceptance from which the paper is kept. `pickups.hand_over` calls it."""
    raise NotImplementedError


def record_copy(session: Session, *, number: str, copy: ReturnedCopy, by: Actor, now: datetime) -> WasteManifest:
    """The signed copy came back: CLOSED when count and weight fit, else DISCREPANCY (any difference in count, or more
    than a tenth in weight). Raises NotFound, NotAllowed, Invalid, Conflict (not_accepted, copy_there)."""
    raise NotImplementedError


def settle_discrepancy(session: Session, *, number: str, words: str, by: Actor, now: datetime) -> WasteManifest:
    """Close a paper that did not fit, saying what was found. Raises Conflict (no_discrepancy), Invalid."""
    raise NotImplementedError


def void(session: Session, *, number: str, reason: str, by: Actor, now: datetime) -> WasteManifest:
    """Void a paper before the driver has signed it, with a reason; `draft` then makes the next version.

    Raises Conflict (accepted: it is with the transporter), Invalid without a reason.
    """
    raise NotImplementedError


def who_could_sign(session: Session, *, today: date) -> list[str]:
    """Names of those who may sign papers and whose hazmat training counts today."""
    raise NotImplementedError
