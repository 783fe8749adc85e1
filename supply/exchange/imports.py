"""The one entrance for imports: who may, which kind, and all or nothing."""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path

from sqlalchemy.orm import Session

from supply.errors import Invalid
from supply.exchange import columns, sheets
from supply.exchange.faults import Faults
from supply.exchange.items import import_items
from supply.exchange.opening_stock import import_stock
from supply.exchange.outcome import Imported
from supply.exchange.sheets import Sheet
from supply.exchange.suppliers import import_suppliers
from supply.exchange.usage import import_usage
from supply.staff.permissions import Action, Actor, require

PERMISSIONS = {
    "items": Action.catalogue,
    "suppliers": Action.purchase,
    "stock": Action.adjust,
    "usage": Action.catalogue,
}


@dataclass(frozen=True)
class When:
    """The moment of the import and the office's time zone."""

    now: datetime
    zone: tzinfo


def check_kind(kind: str) -> None:
    """Raise Invalid for a kind that cannot be imported."""
    if kind not in PERMISSIONS:
        raise Invalid(f"{kind!r} cannot be imported; choose one of {', '.join(PERMISSIONS)}.", code="unknown_kind")


def read_sheet(kind: str, path: Path) -> Sheet:
    """The file as rows of text. Raises Invalid for what is no CSV or XLSX file, or too large."""
    check_kind(kind)
    return sheets.read_file(path, columns.known_columns(kind))


def import_sheet(session: Session, kind: str, sheet: Sheet, *, by: Actor, when: When) -> Imported:
    """Import a file's rows in this transaction, all or none.

    Raises NotAllowed, Invalid for wrong columns, BadImport naming every wrong row, Conflict for stock imported before.
    """
    check_kind(kind)
    require(by, PERMISSIONS[kind])
    faults = Faults()
    rows = columns.checked_rows(sheet, kind, faults)
    now, today, who = when.now, when.now.astimezone(when.zone).date(), by.person_id
    if kind == "items":
        return import_items(session, rows=rows, faults=faults, digest=sheet.digest, actor_id=who, now=now, today=today)
    if kind == "suppliers":
        return import_suppliers(session, rows=rows, faults=faults, digest=sheet.digest, actor_id=who, now=now)
    if kind == "usage":
        return import_usage(session, rows=rows, faults=faults, digest=sheet.digest, actor_id=who, now=now, today=today)
    return import_stock(
        session,
        rows=rows,
        faults=faults,
        digest=sheet.digest,
        actor_id=who,
        now=now,
        today=today,
        zone=when.zone,
    )
