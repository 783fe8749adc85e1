"""Box or each: what one scan of a code takes, asked once of whoever scans it first and remembered with the code."""

from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.audit import chain
from supply.barcodes.model import Barcode
from supply.errors import Invalid
from supply.staff.permissions import Actor
from supply.stations.fields import ScanFields
from supply.stock.catalog import Match
from supply.stock.models import ItemCode

CODE, EACH = "code", "each"
ASKED_OF = frozenset({"use", "return", "move", "discard"})


def settle_units(
    session: Session, match: Match, barcode: Barcode, fields: ScanFields, person: Actor, now: datetime
) -> Match:
    """The item with the units that this scan moves. Raises Invalid (box_or_each) where the request lets itself be asked
    and nobody ever said; with `remember` the answer is kept with the code, for everybody."""
    if fields.action not in ASKED_OF or not (fields.ask_unit or fields.remember):
        return match
    if match.units_received <= 1 or barcode.quantity or barcode.scheme == "house":
        return match
    rows = _unsettled(session, match, barcode)
    if not rows:
        return match
    if fields.unit is None:
        raise Invalid(
            f"Is this the {_box(match)} or one {match.unit}?", code="box_or_each", candidates=_candidates(match)
        )
    units = match.units_received if fields.unit == CODE else 1
    if fields.remember:
        _remember(session, rows, units, match, person, now)
    return replace(match, units_used=units)


def _unsettled(session: Session, match: Match, barcode: Barcode) -> list[ItemCode]:
    pairs = [(ItemCode.scheme == scheme) & (ItemCode.value == value) for scheme, value in barcode.lookup_keys]
    if not pairs:
        return []
    found = sa.select(ItemCode).where(ItemCode.item_id == match.item_id, sa.or_(*pairs))
    return list(session.scalars(found.where(~ItemCode.are_units_settled)))


def _candidates(match: Match) -> list[dict[str, object]]:
    return [
        {"unit": CODE, "units": match.units_received, "words": f"the {_box(match)}"},
        {"unit": EACH, "units": 1, "words": f"one {match.unit}"},
    ]


def _box(match: Match) -> str:
    return f"box of {match.units_received:,}"


def _remember(session: Session, rows: list[ItemCode], units: int, match: Match, person: Actor, now: datetime) -> None:
    for row in rows:
        row.units_used, row.are_units_settled = units, True
    session.flush()
    details = {"codes": [[row.scheme, row.value] for row in rows], "used": units}
    subject = f"item {match.sku}"
    chain.record(session, at=now, actor_id=person.person_id, action="item.units", subject=subject, details=details)
