"""The office as generator, transporters and facilities, with what they are registered for and until when."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from supply.staff.permissions import Actor
from supply.waste.models import PartyKind, PartyRegistration, WasteParty

REGISTRATION_KINDS = (
    "State generator number",
    "State transporter permit",
    "US DOT number",
    "EPA identification number",
    "Facility permit",
)


@dataclass(frozen=True)
class Address:
    """Street, city, two letters of the state, postcode."""

    street: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""

    @property
    def lines(self) -> tuple[str, ...]:
        """The address as it is printed."""
        town = " ".join(part for part in (f"{self.city}," if self.city else "", self.state, self.zip) if part)
        return tuple(line for line in (self.street, town) if line)


@dataclass(frozen=True)
class PartyFields:
    """What is known about a party. `emergency_phone` is answered whenever waste is in transit (49 CFR 172.604);
    `emergency_contact` is the offeror's name or the contract number of the emergency response provider.
    """

    kind: PartyKind
    name: str
    phone: str = ""
    site: Address = Address()
    mailing: Address = Address()
    emergency_phone: str = ""
    emergency_contact: str = ""


@dataclass(frozen=True)
class RegistrationLine:
    """A registration; `state` is good, soon or expired at the day asked."""

    id: int
    kind: str
    number: str
    issued_by: str  # two letters of a state, or US
    expires_on: date | None
    state: str


@dataclass(frozen=True)
class PartyLine:
    """A party as lists and papers show it."""

    id: int
    fields: PartyFields
    is_active: bool
    registrations: tuple[RegistrationLine, ...]

    @property
    def name(self) -> str:
        """What it is called."""
        return self.fields.name


def add_party(session: Session, *, fields: PartyFields, by: Actor, now: datetime) -> WasteParty:
    """Add a party. Raises NotAllowed, Invalid (each wrong field in words), Conflict (there is a generator already)."""
    raise NotImplementedError


def change_party(session: Session, *, party_id: int, fields: PartyFields, by: Actor, now: datetime) -> WasteParty:
    """Change what is known; papers that were signed keep what they say. Raises NotFound, Invalid."""
    raise NotImplementedError


def set_active(session: Session, *, party_id: int, is_active: bool, by: Actor, now: datetime) -> None:
    """Offer the party for pickups, or no longer."""
    raise NotImplementedError


def add_registration(
    session: Session,
    *,
    party_id: int,
    kind: str,
    number: str,
    state: str,
    expires_on: date | None,
    by: Actor,
    now: datetime,
) -> PartyRegistration:
    """Add a permit or number; `state` is two letters or US. Raises NotFound, NotAllowed, Invalid."""
    raise NotImplementedError


def withdraw_registration(session: Session, *, registration_id: int, by: Actor, now: datetime) -> None:
    """End a registration that is replaced or was entered by mistake."""
    raise NotImplementedError


def parties(
    session: Session, *, today: date, kind: PartyKind | None = None, with_inactive: bool = False
) -> list[PartyLine]:
    """Parties by kind and name."""
    raise NotImplementedError


def find_party(session: Session, name_or_id: str | int, kind: PartyKind, *, today: date) -> PartyLine:
    """The party of that name or id. Raises NotFound naming those there are."""
    raise NotImplementedError


def generator(session: Session, *, today: date) -> PartyLine | None:
    """The office as generator, once it is set up."""
    raise NotImplementedError


def refuse_expired(party: PartyLine, today: date) -> None:
    """Raise Conflict (registration_expired) with the date, when a registration of the party has run out."""
    raise NotImplementedError
