"""Suppliers: who sends supplies, found by code or by name as items write it. Never merges two by itself."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.audit import chain
from supply.errors import Conflict, Invalid, NotFound
from supply.purchasing.models import Supplier

CODE_LENGTH, NAME_LENGTH, EMAIL_LENGTH, PHONE_LENGTH = 60, 120, 254, 40
LONGEST_LEAD_DAYS = 730
FIELDS = ("name", "email", "phone", "lead_time_days")


def folded(text: str) -> str:
    """The key under which a code or a name is found: capitals and spaces do not count.

    >>> folded(" Harbor  Medical ")
    'harbor medical'
    """
    return " ".join(text.split()).casefold()


def find_supplier(session: Session, text: str) -> Supplier:
    """The supplier of that code, else of that name. Raises NotFound."""
    found = supplier_or_none(session, text)
    if found is None:
        raise NotFound(f"There is no supplier {text!r}.")
    return found


def supplier_or_none(session: Session, text: str) -> Supplier | None:
    """The supplier of that code, else the first of that name."""
    key = folded(text)
    by_code = session.scalar(sa.select(Supplier).where(Supplier.code_key == key))
    return by_code or session.scalar(sa.select(Supplier).where(Supplier.name_key == key).order_by(Supplier.id))


def suppliers(session: Session) -> list[Supplier]:
    """Every supplier, by name."""
    return list(session.scalars(sa.select(Supplier).order_by(Supplier.name_key, Supplier.id)))


def ids_by_text(session: Session) -> dict[str, int]:
    """The ids of all suppliers by folded code and name; a code goes before a name."""
    rows = session.execute(
        sa.select(Supplier.id, Supplier.code_key, Supplier.name_key).order_by(Supplier.id.desc())
    ).all()
    return {**{row.name_key: row.id for row in rows}, **{row.code_key: row.id for row in rows}}


def ensure_suppliers(session: Session, texts: Iterable[str], *, actor_id: int | None, now: datetime) -> dict[str, int]:
    """The ids of all suppliers by folded code and name, after those that only items name were made."""
    known = ids_by_text(session)
    for text in texts:
        name = " ".join(text.split())
        if name and folded(name) not in known:
            row = _add(session, Supplier(code=name[:CODE_LENGTH], name=name), actor_id, now)
            known[row.code_key] = known[row.name_key] = row.id
    return known


def add_supplier(
    session: Session,
    *,
    code: str,
    name: str,
    actor_id: int,
    now: datetime,
    email: str | None = None,
    phone: str | None = None,
    lead_time_days: int | None = None,
) -> Supplier:
    """Add a supplier. Raises Invalid (bad_field) or Conflict (supplier_exists)."""
    row = Supplier(code=_checked_text(code, "code", CODE_LENGTH))
    if session.scalar(sa.select(Supplier.id).where(Supplier.code_key == folded(row.code))):
        raise Conflict(f"There is already a supplier {row.code}.", code="supplier_exists")
    _set(row, {"name": name, "email": email, "phone": phone, "lead_time_days": lead_time_days})
    return _add(session, row, actor_id, now)


def change_supplier(session: Session, *, supplier: Supplier, actor_id: int, now: datetime, **fields: Any) -> Supplier:
    """Change name, email, phone, lead_time_days or code; what is not named stays. Raises Invalid or Conflict."""
    before = {name: getattr(supplier, name) for name in fields}
    if "code" in fields:
        code = _checked_text(fields["code"], "code", CODE_LENGTH)
        taken = session.scalar(sa.select(Supplier.id).where(Supplier.code_key == folded(code)))
        if taken not in (None, supplier.id):
            raise Conflict(f"There is already a supplier {code}.", code="supplier_exists")
        supplier.code, supplier.code_key = code, folded(code)
    _set(supplier, {name: value for name, value in fields.items() if name in FIELDS})
    session.flush()
    details = {"before": before, "after": fields}
    subject = f"supplier {supplier.code}"
    chain.record(session, at=now, actor_id=actor_id, action="supplier.change", subject=subject, details=details)
    return supplier


def _add(session: Session, row: Supplier, actor_id: int | None, now: datetime) -> Supplier:
    row.code_key, row.name_key = folded(row.code), folded(row.name)
    session.add(row)
    session.flush()
    subject = f"supplier {row.code}"
    chain.record(session, at=now, actor_id=actor_id, action="supplier.add", subject=subject, details={"name": row.name})
    return row


def _set(row: Supplier, fields: dict[str, Any]) -> None:
    if "name" in fields:
        row.name = _checked_text(fields["name"], "name", NAME_LENGTH)
        row.name_key = folded(row.name)
    if "email" in fields:
        row.email = _checked_email(fields["email"])
    if "phone" in fields:
        row.phone = _checked_text(fields["phone"], "phone", PHONE_LENGTH) if fields["phone"] else None
    if "lead_time_days" in fields:
        row.lead_time_days = _checked_days(fields["lead_time_days"])


def _checked_text(text: Any, name: str, longest: int) -> str:
    plain = " ".join(str(text or "").split())
    if not plain or len(plain) > longest or not plain.isprintable():
        raise Invalid(f"A supplier's {name} has 1 to {longest} printable characters.", code="bad_field")
    return plain


def _checked_email(text: Any) -> str | None:
    if not text:
        return None
    plain = _checked_text(text, "email", EMAIL_LENGTH)
    local, at, domain = plain.partition("@")
    if not (local and at and domain) or "@" in domain or " " in plain:
        raise Invalid(f"{plain} is no mail address.", code="bad_field")
    return plain


def _checked_days(days: Any) -> int | None:
    if days is None:
        return None
    if isinstance(days, bool) or not isinstance(days, int) or not 0 <= days <= LONGEST_LEAD_DAYS:
        raise Invalid(f"A lead time is a whole number of days from 0 to {LONGEST_LEAD_DAYS}.", code="bad_field")
    return days
