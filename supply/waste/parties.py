"""The office as generator, transporters and facilities, with what they are registered for and until when."""

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.audit import chain
from supply.errors import Conflict, Invalid, NotFound
from supply.staff.permissions import Action, Actor, require
from supply.stock.lots import expiry_words
from supply.waste.models import PartyKind, PartyRegistration, WasteParty

SOON_DAYS = 30
KIND_WORDS = {
    PartyKind.generator: "the office",
    PartyKind.transporter: "transporter",
    PartyKind.facility: "destination facility",
}
PHONE = re.compile(r"[0-9+().x /-]*")
STATE = re.compile(r"[A-Z]{2}")

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
    """Add a party. Raises NotAllowed, Invalid (bad_field), Conflict (generator_exists)."""
    require(by, Action.containers_seal)
    if fields.kind == PartyKind.generator and _active_generator(session) is not None:
        raise Conflict("The office is there already; change what stands there.", code="generator_exists")
    row = WasteParty(is_active=True, made_at=now, made_by_id=by.person_id, **_columns(fields))
    session.add(row)
    return _kept(session, row, by, now, "add_party")


def change_party(session: Session, *, party_id: int, fields: PartyFields, by: Actor, now: datetime) -> WasteParty:
    """Change what is known; papers that were signed keep what they say. Raises NotFound, Invalid (bad_field)."""
    require(by, Action.containers_seal)
    row = _locked(session, party_id)
    if row.kind != fields.kind:
        raise Invalid("What kind of party it is cannot be changed; add another one.", code="bad_field")
    for name, value in _columns(fields).items():
        setattr(row, name, value)
    return _kept(session, row, by, now, "change_party")


def set_active(session: Session, *, party_id: int, is_active: bool, by: Actor, now: datetime) -> None:
    """Offer the party for pickups, or no longer. Raises NotFound, Conflict (generator_exists)."""
    require(by, Action.containers_seal)
    row = _locked(session, party_id)
    if is_active and not row.is_active and row.kind == PartyKind.generator and _active_generator(session) is not None:
        raise Conflict("There is another office; only one makes waste here.", code="generator_exists")
    row.is_active = is_active
    _kept(session, row, by, now, "activate_party" if is_active else "deactivate_party")


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
    """Add a permit or number; `state` is two letters or US. Raises NotFound, NotAllowed, Invalid (bad_field)."""
    require(by, Action.containers_seal)
    party = _locked(session, party_id)
    row = PartyRegistration(
        party_id=party.id,
        kind=_text(kind, "what kind of registration it is", 60, is_needed=True),
        number=_text(number, "its number", 60, is_needed=True),
        state=_state(state),
        expires_on=expires_on,
        added_at=now,
        added_by_id=by.person_id,
    )
    if not row.state:
        raise Invalid("Say which state gave it, in two letters; US for a federal one.", code="bad_field")
    session.add(row)
    session.flush()
    said = {"kind": row.kind, "number": row.number, "state": row.state, "expires_on": str(row.expires_on)}
    _said(session, party, by, now, "add_registration", said)
    return row


def withdraw_registration(session: Session, *, registration_id: int, by: Actor, now: datetime) -> None:
    """End a registration that is replaced or was entered by mistake. Raises NotFound."""
    require(by, Action.containers_seal)
    row = session.get(PartyRegistration, registration_id)
    if row is None:
        raise NotFound("There is no such registration.")
    if row.withdrawn_at is None:
        row.withdrawn_at = now
        session.flush()
        said = {"kind": row.kind, "number": row.number}
        _said(session, _locked(session, row.party_id), by, now, "withdraw_registration", said)


def parties(
    session: Session, *, today: date, kind: PartyKind | None = None, with_inactive: bool = False
) -> list[PartyLine]:
    """Parties by kind and name."""
    statement = sa.select(WasteParty).order_by(WasteParty.kind, sa.func.lower(WasteParty.name), WasteParty.id)
    if kind is not None:
        statement = statement.where(WasteParty.kind == kind)
    if not with_inactive:
        statement = statement.where(WasteParty.is_active)
    return _lines(session, session.scalars(statement), today)


def party_line(session: Session, party_id: int, *, today: date) -> PartyLine:
    """One party, active or not. Raises NotFound."""
    row = session.get(WasteParty, party_id)
    if row is None:
        raise NotFound("There is no such party.")
    return _lines(session, [row], today)[0]


def find_party(session: Session, name_or_id: str | int, kind: PartyKind, *, today: date) -> PartyLine:
    """The active party of that name or id. Raises NotFound naming those there are."""
    known = parties(session, today=today, kind=kind)
    wanted = str(name_or_id).strip().casefold()
    for line in known:
        if line.name.casefold() == wanted or str(line.id) == wanted:
            return line
    listed = ", ".join(line.name for line in known[:6]) or "none yet; add one first"
    raise NotFound(f"There is no {KIND_WORDS[kind]} {str(name_or_id)[:60]!r}. There are: {listed}.")


def generator(session: Session, *, today: date) -> PartyLine | None:
    """The office as generator, once it is set up."""
    row = _active_generator(session)
    return _lines(session, [row], today)[0] if row else None


def refuse_expired(party: PartyLine, today: date) -> None:
    """Raise Conflict (registration_expired) with the date, when a registration of the party has run out."""
    for line in party.registrations:
        if line.expires_on is not None and line.expires_on < today:
            raise Conflict(
                f"{party.name}: the {line.kind} {line.number} ({line.issued_by}) ran out on "
                f"{expiry_words(line.expires_on)}. Ask for the new one and enter it before they take waste.",
                code="registration_expired",
                expired_on=line.expires_on.isoformat(),
            )


def registration_words(line: RegistrationLine) -> str:
    """A registration as papers print it: kind, number, by whom, until when."""
    until = f", valid until {expiry_words(line.expires_on)}" if line.expires_on else ""
    return f"{line.kind} {line.number} ({line.issued_by}){until}"


def _active_generator(session: Session) -> WasteParty | None:
    statement = sa.select(WasteParty).where(WasteParty.kind == PartyKind.generator, WasteParty.is_active)
    return session.scalar(statement)


def _locked(session: Session, party_id: int) -> WasteParty:
    row = session.scalar(sa.select(WasteParty).where(WasteParty.id == party_id).with_for_update())
    if row is None:
        raise NotFound("There is no such party.")
    return row


def _lines(session: Session, rows: Iterable[WasteParty], today: date) -> list[PartyLine]:
    kept = list(rows)
    statement = (
        sa.select(PartyRegistration)
        .where(PartyRegistration.party_id.in_([row.id for row in kept]), PartyRegistration.withdrawn_at.is_(None))
        .order_by(PartyRegistration.kind, PartyRegistration.id)
    )
    held: dict[int, list[RegistrationLine]] = {row.id: [] for row in kept}
    for found in session.scalars(statement):
        held[found.party_id].append(_registration(found, today))
    return [PartyLine(row.id, _fields(row), row.is_active, tuple(held[row.id])) for row in kept]


def _registration(row: PartyRegistration, today: date) -> RegistrationLine:
    end = row.expires_on
    soon = end is not None and today > end - timedelta(days=SOON_DAYS)
    state = "expired" if end is not None and end < today else "soon" if soon else "good"
    return RegistrationLine(row.id, row.kind, row.number, row.state, end, state)


def _fields(row: WasteParty) -> PartyFields:
    return PartyFields(
        kind=row.kind,
        name=row.name,
        phone=row.phone,
        site=Address(row.site_street, row.site_city, row.site_state, row.site_zip),
        mailing=Address(row.mailing_street, row.mailing_city, row.mailing_state, row.mailing_zip),
        emergency_phone=row.emergency_phone,
        emergency_contact=row.emergency_contact,
    )


def _columns(fields: PartyFields) -> dict[str, Any]:
    """The checked values of a row. Raises Invalid (bad_field)."""
    columns: dict[str, Any] = {
        "kind": fields.kind,
        "name": _text(fields.name, "what it is called", 120, is_needed=True),
        "phone": _phone(fields.phone),
        "emergency_phone": _phone(fields.emergency_phone),
        "emergency_contact": _text(fields.emergency_contact, "who answers it", 120),
    }
    for prefix, address in (("site", fields.site), ("mailing", fields.mailing)):
        for name, value in asdict(address).items():
            length = {"street": 120, "city": 60, "state": 2, "zip": 10}[name]
            columns[f"{prefix}_{name}"] = _state(value) if name == "state" else _text(value, f"the {name}", length)
    return columns


def _text(value: str, what: str, length: int, *, is_needed: bool = False) -> str:
    text = value.strip()
    if len(text) > length or not text.isprintable() or (is_needed and not text):
        raise Invalid(f"Say {what}, in at most {length} characters.", code="bad_field")
    return text


def _phone(value: str) -> str:
    text = _text(value, "the telephone number", 40)
    if text and (not PHONE.fullmatch(text) or sum(c.isdigit() for c in text) < 7):
        raise Invalid(f"{text!r} is no telephone number; write it as 555-010-4477.", code="bad_field")
    return text


def _state(value: str) -> str:
    text = value.strip().upper()
    if text and not STATE.fullmatch(text):
        raise Invalid("Write the state in its two letters, such as PA.", code="bad_field")
    return text


def _kept(session: Session, row: WasteParty, by: Actor, now: datetime, action: str) -> WasteParty:
    session.flush()
    _said(session, row, by, now, action, asdict(_fields(row)))
    return row


def _said(session: Session, row: WasteParty, by: Actor, now: datetime, action: str, details: dict[str, Any]) -> None:
    chain.record(
        session,
        at=now,
        actor_id=by.person_id,
        action=f"waste.{action}",
        subject=f"party {row.id}",
        details={**details, "name": row.name},
    )
