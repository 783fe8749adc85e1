"""Places: physical ones nested in one another, and the virtual ones on the other side of the ledger. Hold no stock."""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.audit import chain
from supply.db import connection_of, table_of
from supply.errors import Conflict, Invalid
from supply.stock.models import Location, LocationKind, Owner

CODE = re.compile(r"[A-Z0-9][A-Z0-9 ._/-]{0,39}")
VIRTUAL = {
    LocationKind.supplier: ("SUPPLIER", "Supplier"),
    LocationKind.used: ("USED", "Used"),
    LocationKind.waste: ("WASTE", "Waste"),
    LocationKind.variance: ("VARIANCE", "Count variance"),
}


@dataclass(frozen=True)
class Place:
    """A physical place, the ids of all places within it (itself first) and their codes, and the virtual places."""

    id: int
    code: str
    name: str
    within: frozenset[int]
    codes: dict[int, str]
    virtual: dict[str, int]
    office_id: int = 0


def find_place(session: Session, code: str) -> Place:
    """The physical place of that code, in one statement. Raises Invalid (bad_location) naming the places there are."""
    wanted = code.strip().upper()
    rows = connection_of(session).execute(_place_rows(), {"code": wanted}).all()
    main = next(
        (row for row in rows if row.code == wanted and row.kind == LocationKind.physical and row.is_active), None
    )
    if main is None:
        raise Invalid(f"There is no place {code!r}. {_known(session)}", code="bad_location")
    physical = [row for row in rows if row.kind == LocationKind.physical]
    return Place(
        id=main.id,
        code=main.code,
        name=main.name,
        within=frozenset(row.id for row in physical),
        codes={row.id: row.code for row in rows},
        virtual={row.kind.value: row.id for row in rows if row.kind != LocationKind.physical},
        office_id=main.office_id,
    )


@lru_cache(maxsize=1)
def _place_rows() -> sa.Select[Any]:
    table = table_of(Location)
    own = table.alias("own")
    root = sa.select(own.c.path).where(own.c.code == sa.bindparam("code")).scalar_subquery()
    office = (
        sa.select(table_of(Owner).c.id).where(table_of(Owner).c.code == "office").scalar_subquery().label("office_id")
    )
    return sa.select(table.c.id, table.c.code, table.c.name, table.c.kind, table.c.is_active, office).where(
        sa.or_(table.c.path.like(root.concat("%")), table.c.kind != LocationKind.physical)
    )


def _known(session: Session) -> str:
    codes = session.execute(
        sa.select(Location.code)
        .where(Location.kind == LocationKind.physical, Location.is_active)
        .order_by(Location.code)
        .limit(6)
    ).scalars()
    return "Places here: " + ", ".join(codes) + "."


def add_location(
    session: Session, *, code: str, name: str, parent_code: str | None, actor_id: int | None, now: datetime
) -> Location:
    """Add a physical place inside another one. Raises Invalid (code, parent) or Conflict (code taken)."""
    code = code.strip().upper()
    if not CODE.fullmatch(code):
        raise Invalid("A place's code has 1 to 40 letters, digits, spaces or . _ / -.", code="bad_location")
    if session.scalar(sa.select(Location.id).where(Location.code == code)):
        raise Conflict(f"There is already a place {code}.", code="location_exists")
    parent = None
    if parent_code:
        parent = session.scalar(
            sa.select(Location).where(
                Location.code == parent_code.strip().upper(), Location.kind == LocationKind.physical
            )
        )
        if parent is None:
            raise Invalid(f"There is no place {parent_code!r} to put {code} into.", code="bad_location")
    row = Location(code=code, name=name.strip() or code, kind=LocationKind.physical, path="", is_active=True)
    row.parent_id = parent.id if parent else None
    session.add(row)
    session.flush()
    row.path = f"{parent.path if parent else '/'}{row.id}/"
    if len(row.path) > 200:
        raise Invalid(f"{code} would be nested too deeply; put it higher up.", code="bad_location")
    session.flush()
    chain.record(
        session,
        at=now,
        actor_id=actor_id,
        action="location.add",
        subject=f"location {code}",
        details={"name": row.name, "parent": parent.code if parent else None},
    )
    return row


def ensure_virtual(session: Session) -> None:
    """Make the four virtual places where they are missing."""
    there = set(session.scalars(sa.select(Location.kind)))
    for kind, (code, name) in VIRTUAL.items():
        if kind not in there:
            row = Location(code=code, name=name, kind=kind, path="", is_active=True)
            session.add(row)
            session.flush()
            row.path = f"/{row.id}/"
    session.flush()


def physical_locations(session: Session) -> list[Location]:
    """Every active physical place, parents before what they hold."""
    return list(
        session.scalars(
            sa.select(Location)
            .where(Location.kind == LocationKind.physical, Location.is_active)
            .order_by(Location.path)
        )
    )
