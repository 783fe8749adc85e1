"""PURE: what stands on our shipping paper, field by field in its order, and its one spelling that is hashed and signed.

It is a DOT shipping paper (49 CFR 172 subpart C) and a tracking record; never a form of a state or of the EPA.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

TITLE = "Shipping paper for regulated medical waste"
TRACKING_TITLE = "Record of waste that leaves with another document"
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
    page: str  # the sheets number themselves x of y when they are printed
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
    return json.dumps(asdict(content), sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def from_text(text: str) -> PaperContent:
    """The content that was stored."""
    values = json.loads(text)
    for name in ("shipper", "consignee", "carrier"):
        values[name] = PaperParty(**_with_tuples(values[name]))
    values["lines"] = tuple(PaperLine(**_with_tuples(line)) for line in values["lines"])
    return PaperContent(**values)


def sha256_of(text: str) -> str:
    """The digest that a signature carries."""
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def packages_words(count: int, package: str) -> str:
    """Number and type of packages.

    >>> packages_words(3, "fiberboard box"), packages_words(1, "plastic drum")
    ('3 fiberboard boxes', '1 plastic drum')
    """
    if count == 1:
        return f"1 {package}"
    return f"{count} {package}{'es' if package.endswith(('s', 'x', 'ch', 'sh')) else 's'}"


def missing_fields(content: PaperContent) -> tuple[str, ...]:
    """Every field that is still missing, in words that say where to fill it in."""
    office, hauler, plant = content.shipper, content.carrier, content.consignee
    asked = (
        (office.name, "the office's name (Parties, the office)"),
        (office.site_address, "the office's site address (Parties, the office)"),
        (office.phone, "the office's telephone (Parties, the office)"),
        (content.emergency_phone, "the emergency telephone, answered at all hours (Parties, the office)"),
        (
            content.emergency_contact,
            "who answers the emergency telephone, or the contract number (Parties, the office)",
        ),
        (plant.name, "the destination facility (the pickup)"),
        (plant.site_address, f"the address of {plant.name or 'the facility'} (Parties, facilities)"),
        (plant.phone, f"the telephone of {plant.name or 'the facility'} (Parties, facilities)"),
        (hauler.name, "the transporter (the pickup)"),
        (hauler.site_address, f"the address of {hauler.name or 'the transporter'} (Parties, transporters)"),
        (hauler.phone, f"the telephone of {hauler.name or 'the transporter'} (Parties, transporters)"),
        (hauler.registrations, f"a registration of {hauler.name or 'the transporter'} (Parties, transporters)"),
        (content.lines, "sealed containers (the pickup)"),
    )
    return tuple(words for value, words in asked if not value)


def _with_tuples(values: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in values.items()}
