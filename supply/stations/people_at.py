"""Signing on at a station by badge and PIN, and who can be chosen there by name. Cookies belong to the web."""

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.barcodes import house_code
from supply.staff import badges
from supply.staff.models import Person, PersonRole
from supply.staff.permissions import GRANTED, Action

BADGE_BYTES = 16  # 128 bits


@dataclass(frozen=True)
class PersonThere:
    """Somebody who may be chosen by name at a station."""

    name: str
    display_name: str
    badge_hint: str


def new_badge_text() -> str:
    """A fresh badge: 128 random bits as a house code, which any scanner and keyboard layout gets through."""
    value = base64.b32encode(secrets.token_bytes(BADGE_BYTES)).decode().rstrip("=")
    return house_code.encode(house_code.BADGE, value)


def people_there(session: Session, now: datetime) -> list[PersonThere]:
    """Whoever may take something here, by name, with which badge they have; built-in and ended people are left out."""
    roles = [role.value for role in GRANTED[Action.take] | GRANTED[Action.receive] | GRANTED[Action.count]]
    hints = badges.badge_hints(session, now)
    found = sa.select(Person).where(
        Person.disabled_at.is_(None),
        ~Person.is_built_in,
        sa.or_(Person.ends_at.is_(None), Person.ends_at > now),
        Person.id.in_(sa.select(PersonRole.person_id).where(PersonRole.role.in_(roles))),
    )
    rows = session.scalars(found.order_by(Person.name_key).limit(500))
    return [PersonThere(row.name, row.display_name, hints.get(row.id, "")) for row in rows]
