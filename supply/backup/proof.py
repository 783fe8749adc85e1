"""Whether a SQLite file is a whole, sound database of ours whose books agree. Reads only, and only that file."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.audit import chain
from supply.audit.chain import Fault
from supply.errors import Invalid
from supply.stock import ledger

HEADER = b"SQLite format 3\x00"
TABLES = frozenset({"alembic_version", "movements", "balances", "audit_entries", "people"})


class BadBackup(Invalid):
    """The file is no backup of ours, is damaged, or was written by a newer release. Nothing was changed."""

    code = "bad_backup"


@dataclass(frozen=True)
class Proven:
    """A sound file: the schema it has, how many movements, and what in its books does not agree."""

    revision: str
    movements: int
    faults: tuple[Fault, ...]


def prove(path: Path, *, name: str) -> Proven:
    """Read the whole file. `name` is what the words call it. Raises BadBackup unless SQLite finds it whole and ours."""
    with open(path, "rb") as file:
        if file.read(len(HEADER)) != HEADER:
            raise BadBackup(f"{name} is no backup of this program.")
    engine = sa.create_engine(
        "sqlite://",
        creator=lambda: sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True),
        poolclass=sa.NullPool,
    )
    try:
        with Session(engine) as session:
            _refuse_damaged(session, name)
            revision = _revision(session, name)
            faults = tuple(books_faults(session))
            return Proven(revision, session.scalar(sa.text("SELECT count(*) FROM movements")) or 0, faults)
    except sa.exc.DatabaseError as error:
        raise BadBackup(f"{name} is damaged: {error.orig}. Take another backup.") from error
    finally:
        engine.dispose()


def books_faults(session: Session) -> list[Fault]:
    """Everything in the ledger, the balances and the audit chain that does not agree."""
    return [*ledger.verify(session), *chain.verify(session)]


def refuse_faults(proven: Proven, name: str, despite_faults: bool) -> None:
    """Raise BadBackup when the books do not agree, unless they are wanted all the same."""
    if proven.faults and not despite_faults:
        first = proven.faults[0]
        raise BadBackup(
            f"The books in {name} do not agree ({first.subject}: {first.detail}). Take another backup; "
            "if there is none, restore it with --despite-faults.",
            code="books_do_not_agree",
        )


def _refuse_damaged(session: Session, name: str) -> None:
    said = session.scalars(sa.text("PRAGMA integrity_check(3)")).all()
    if list(said) != ["ok"]:
        raise BadBackup(f"{name} is damaged: {str(said[0])[:200]}. Take another backup.")


def _revision(session: Session, name: str) -> str:
    there = set(session.scalars(sa.text("SELECT name FROM sqlite_master WHERE type = 'table'")))
    revision = session.scalar(sa.text("SELECT version_num FROM alembic_version")) if there >= TABLES else None
    if revision is None:
        raise BadBackup(f"{name} is a SQLite file, but no backup of this program.")
    return str(revision)
