"""Fixtures of every test: a fixed moment, fresh databases of both kinds, an office with a storeroom."""

import itertools
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from supply.db import Database
from supply.migrations import upgrade
from supply.stations.installing import install
from tests import postgres
from tests.factories import Office

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
REAL_TIME = [Path(__file__).parent / name for name in ("agent", "devices", "journeys")]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Try again, once and said aloud, what waits for a browser, a wire or a process on a machine that others use too.

    Faults, races and everything that waits for nothing have to hold the first time; their sabotaged controls may need
    more than one go until the sabotage shows.
    """
    for item in items:
        waits = "browser" in getattr(item, "fixturenames", ()) or any(item.path.is_relative_to(at) for at in REAL_TIME)
        if "control" in item.name:
            item.add_marker(pytest.mark.flaky(reruns=3))
        elif waits:
            item.add_marker(pytest.mark.flaky(reruns=1, reruns_delay=1))


@pytest.fixture
def now() -> datetime:
    """The moment at which tests happen: Monday 2026-11-23, 10:00 in New York."""
    return NOW


@pytest.fixture
def today() -> date:
    """The office's date at `now`."""
    return date(2026, 11, 23)


def _installed(db: Database) -> None:
    upgrade.migrate(db)
    db.transact(lambda session: install(session, stations=(), now=NOW))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installed SQLite database, to be copied."""
    path = tmp_path_factory.mktemp("template") / "supply.db"
    db = Database(f"sqlite:///{path}")
    _installed(db)
    with db.engine.connect() as connection:
        connection.connection.dbapi_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
    db.close()
    return path


@pytest.fixture(scope="session")
def postgres_template() -> Iterator[str]:
    """A PostgreSQL server with an installed database named `installed`; gives the server's URL."""
    with postgres.server() as url:
        admin = sa.create_engine(url + "postgres", isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(sa.text("CREATE DATABASE installed"))
        db = Database(url + "installed")
        _installed(db)
        db.close()
        admin.dispose()
        yield url


_names = itertools.count(1)


@pytest.fixture
def sqlite_db(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """A fresh installed SQLite database."""
    path = tmp_path / "supply.db"
    shutil.copy(sqlite_template, path)
    db = Database(f"sqlite:///{path}")
    yield db
    db.close()


@pytest.fixture
def postgres_db(postgres_template: str) -> Iterator[Database]:
    """A fresh installed PostgreSQL database."""
    name = f"test_{next(_names)}"
    admin = sa.create_engine(postgres_template + "postgres", isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name} TEMPLATE installed"))
    db = Database(postgres_template + name)
    yield db
    db.close()
    with admin.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    """The database of tests for which one kind is enough."""
    return sqlite_db


@pytest.fixture(params=["sqlite", "postgres"])
def either_db(request: pytest.FixtureRequest) -> Database:
    """Each database in turn."""
    found: Database = request.getfixturevalue(f"{request.param}_db")
    return found


@pytest.fixture
def office(db: Database) -> Office:
    """The installed office on `db`, with short words for what tests do."""
    return Office(db, NOW)


@pytest.fixture
def either_office(either_db: Database) -> Office:
    """The installed office on each database in turn."""
    return Office(either_db, NOW)
