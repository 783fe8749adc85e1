"""People of the demonstration office: one for each role, named as the role, with a random password and a token."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from supply.staff import people, tokens
from supply.staff.permissions import Actor, Role

DISPLAY_NAMES = {
    Role.nurse: "Nora Velez, RN",
    Role.receiver: "Ray Okafor",
    Role.manager: "Mara Lindqvist",
    Role.waste: "Wes Tanaka",
    Role.auditor: "Ada Moreau",
    Role.admin: "Adam Petrov",
}
PASSWORD_BYTES = 9


@dataclass(frozen=True)
class Hired:
    """A person with what they sign in with."""

    actor: Actor
    password: str
    token: str


def hire(session: Session, *, by: Actor, now: datetime) -> dict[Role, Hired]:
    """Add one person for each role."""
    hired = {}
    for role, display_name in DISPLAY_NAMES.items():
        password = secrets.token_urlsafe(PASSWORD_BYTES)
        people.add_person(
            session, name=role.value, display_name=display_name, roles=[role], password=password, by=by, now=now
        )
        token = tokens.create_token(session, person_name=role.value, label="Demonstration", by=by, now=now)
        hired[role] = Hired(people.find_actor(session, role.value), password, token)
    return hired
