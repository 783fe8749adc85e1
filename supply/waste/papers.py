"""PURE: what stands on our shipping paper, field by field in its order, and its one spelling that is hashed and signed.

It is a DOT shipping paper (49 CFR 172 subpart C) and a tracking record; never a form of a state or of the EPA.
"""

from dataclasses import dataclass

TITLE = "Shipping paper for regulated medical waste"
CERTIFICATION = (
    "This is to certify that the above-named materials are properly classified, described, packaged, marked and "
    "labeled, and are in proper condition for transportation according to the applicable regulations of the "
    "Department of Transportation."
)


@dataclass(frozen=True)
class PaperParty:
    """A party as it was when the paper was made. `registrations` are in words: kind, number, state, expiry."""

    name: str
    phone: str
    site_address: tuple[str, ...]
    mailing_address: tuple[str, ...]
    registrations: tuple[str, ...]


@dataclass(frozen=True)
class PaperLine:
    """One line: packages of one stream and kind. `description` is the basic description in the order of 172.202(b)."""

    hazardous_mark: str  # X in the HM column
    description: str
    packages: int
    package: str  # "fiberboard box"
    total_quantity: str  # "41.5"
    unit: str  # lb
    stream: str
    stream_name: str
    treatment: str
    containers: tuple[str, ...]  # "W-000012, 14.3 lb"


@dataclass(frozen=True)
class PaperContent:
    """Every field of the paper in its order. All is text as printed, so that what was signed is what is read.

    The date of acceptance and the retention are not here: they are known after the signature, and stand on the
    manifest's row.
    """

    title: str
    number: str
    version: int
    replaces: str | None
    page: str  # "1 of 1"
    prepared_on: str
    shipper: PaperParty
    consignee: PaperParty
    carrier: PaperParty
    lines: tuple[PaperLine, ...]
    total_packages: int
    total_quantity: str
    unit: str
    emergency_phone: str
    emergency_contact: str
    emergency_guide: str  # "ERG guide 158"
    special_permit: str
    certification: str
    hauler_document: str
    pickup: str
    state: str  # whose rules were applied


def to_text(content: PaperContent) -> str:
    """The content as JSON in its one spelling."""
    raise NotImplementedError


def from_text(text: str) -> PaperContent:
    """The content that was stored."""
    raise NotImplementedError


def sha256_of(text: str) -> str:
    """The digest that a signature carries."""
    raise NotImplementedError


def missing_fields(content: PaperContent) -> tuple[str, ...]:
    """Every field that is still missing, in words that say where to fill it in."""
    raise NotImplementedError
