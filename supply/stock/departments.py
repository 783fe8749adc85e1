"""Departments: the finest grain of use that is recorded. One is made when it is first named."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.db import insert_or_ignore, table_of
from supply.stock.models import Department


def ensure_department(session: Session, code: str) -> int:
    """The id of that department, made where it is missing."""
    code = code.strip()[:40]
    table = table_of(Department)
    same = sa.select(table.c.id).where(table.c.code_key == code.casefold())
    found = session.scalar(same)
    if found is None:
        session.execute(insert_or_ignore(session, table).values(code=code, code_key=code.casefold()))
        found = session.scalar(same)
    assert found is not None
    return int(found)
