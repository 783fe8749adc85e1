"""A database with every table on a file, the built-in person, and fixed moments."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

import supply.audit.models  # noqa: F401 - its tables
import supply.staff.models  # noqa: F401 - its tables
from supply.db import Base, Database
from supply.staff import people
from supply.staff.permissions import Actor

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"
TABLES = [
    table
    for table in Base.metadata.sorted_tables
    if table.name.startswith(("audit", "people", "person", "sign_in", "api_", "setup", "badges", "station_f"))
]


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'supply.db'}"


@pytest.fixture
def db(url: str) -> Iterator[Database]:
    opened = Database(url)
    Base.metadata.create_all(opened.engine, tables=TABLES)
    yield opened
    opened.close()


@pytest.fixture
def local(db: Database) -> Actor:
    return db.transact(lambda session: people.ensure_local(session, now=NOW))


@pytest.fixture
def now() -> datetime:
    return NOW
