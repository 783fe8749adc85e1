"""A backup is brought back only when it is ours, whole and not newer, and nothing runs; what was there is kept."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from supply.backup.proof import BadBackup
from supply.backup.restoring import Restored, restore
from supply.backup.taking import take_backup
from supply.db import Database, FileLock
from supply.errors import Conflict, NotFound
from supply.migrations import upgrade
from tests.backup.test_taking import break_the_books
from tests.factories import GLOVES, Office, gs1
from tests.serving import Served

A1 = gs1(GLOVES, lot="A1", expiry="290101")
NOW = datetime(2026, 11, 23, 20, 15, tzinfo=UTC)


def bring_back(db: Database, file: Path, folder: Path, **options: object) -> Restored:
    """Restore with nothing running."""
    db.close()
    options.setdefault("newest", upgrade.newest())
    return restore(db.url, file, data_folder=folder, now=NOW, **options)  # type: ignore[arg-type]


@pytest.fixture
def stocked(office: Office) -> Office:
    """Fifty boxes."""
    office.item()
    office.receive("A1", "290101", 50)
    return office


@pytest.fixture
def backup(stocked: Office, tmp_path: Path) -> Path:
    """Taken with fifty boxes there; ten are taken afterwards."""
    file = tmp_path / "usb" / "good.backup"
    take_backup(stocked.db, file)
    stocked.scan(A1, quantity=10)
    return file


def reopened(office: Office) -> Office:
    return Office(Database(str(office.db.url)), office.now)


def test_what_was_backed_up_is_there_again_and_what_it_replaced_is_kept(
    stocked: Office, backup: Path, tmp_path: Path
) -> None:
    restored = bring_back(stocked.db, backup, tmp_path)
    again = reopened(stocked)
    assert again.stock() == {"A1": 50}
    assert again.faults() == []
    assert again.scan(A1, quantity=1).status == 201
    again.db.close()
    assert restored.kept_as == str(tmp_path / "supply.db.replaced-20261123-201500")
    kept = Office(Database(f"sqlite:///{restored.kept_as}"), stocked.now)
    assert kept.stock() == {"A1": 40}
    assert kept.faults() == []
    kept.db.close()
    assert list(tmp_path.glob("*.restoring*")) == []


def test_a_backup_is_brought_to_a_machine_that_has_nothing(stocked: Office, backup: Path, tmp_path: Path) -> None:
    there = tmp_path / "new machine"
    url = sa.make_url(f"sqlite:///{there / 'supply.db'}")
    restored = restore(url, backup, data_folder=there, newest=upgrade.newest(), now=NOW)
    assert restored.kept_as is None
    again = Office(Database(str(url)), stocked.now)
    assert again.stock() == {"A1": 50}
    again.db.close()


def corrupted(path: Path) -> None:
    """A few bytes in the middle are others, as of a failing disk."""
    with open(path, "r+b") as file:
        for place in range(8_192, path.stat().st_size, 16_384):
            file.seek(place)
            file.write(b"\xff\x00\xff\x00" * 64)


def cut(path: Path) -> None:
    """The second half is missing."""
    with open(path, "r+b") as file:
        file.truncate(path.stat().st_size // 2)


def no_backup(path: Path) -> None:
    path.write_text("Dear supplier")


def another_program(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE songs (name TEXT)")
        other.commit()


def newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as later:
        later.execute("UPDATE alembic_version SET version_num = '9999'")
        later.commit()


def with_faults(path: Path) -> None:
    with closing(sqlite3.connect(path)) as hand:
        hand.execute("UPDATE balances SET quantity = quantity + 1")
        hand.commit()


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (corrupted, "is damaged"),
        (cut, "is damaged"),
        (no_backup, "is no backup of ours"),
        (another_program, "no backup of this program"),
        (newer, "newer release"),
        (with_faults, "do not agree"),
    ],
)
def test_what_is_no_good_backup_is_refused_and_changes_nothing(
    stocked: Office, backup: Path, tmp_path: Path, spoil: Callable[[Path], None], words: str
) -> None:
    good = tmp_path / "copy of the good one"
    shutil.copy(backup, good)
    spoil(backup)
    with pytest.raises(BadBackup, match=words):
        bring_back(stocked.db, backup, tmp_path)
    again = reopened(stocked)
    assert again.stock() == {"A1": 40}
    assert again.faults() == []
    again.db.close()
    assert list(tmp_path.glob("supply.db.re*")) == []
    assert bring_back(stocked.db, good, tmp_path).movements == 1  # control: unspoilt, it is taken


def test_books_with_faults_come_back_only_when_they_are_wanted_all_the_same(
    stocked: Office, backup: Path, tmp_path: Path
) -> None:
    with_faults(backup)
    bring_back(stocked.db, backup, tmp_path, despite_faults=True)
    again = reopened(stocked)
    assert again.stock() == {"A1": 51}
    again.db.close()


def test_a_file_that_is_not_there_and_the_database_itself_are_refused(stocked: Office, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        bring_back(stocked.db, tmp_path / "nothing", tmp_path)
    assert stocked.db.path is not None
    with pytest.raises(Conflict, match="the database itself"):
        bring_back(stocked.db, stocked.db.path, tmp_path)


def test_while_a_worker_leads_nothing_is_restored(stocked: Office, backup: Path, tmp_path: Path) -> None:
    lock = FileLock(tmp_path / "worker.lock")
    assert lock.try_acquire()
    with pytest.raises(Conflict, match="The worker is running") as refused:
        bring_back(stocked.db, backup, tmp_path)
    assert refused.value.code == "in_use"
    lock.close()
    assert bring_back(stocked.db, backup, tmp_path).movements == 1


def test_while_a_server_runs_nothing_is_restored(stocked: Office, backup: Path, tmp_path: Path) -> None:
    stocked.db.close()
    server = Served(tmp_path, command="serve")
    server.start()
    try:
        refused = server.run("restore", str(backup), check=False)
        assert refused.returncode == 1
        assert "using this database" in refused.stderr
    finally:
        server.stop()
    assert list(tmp_path.glob("supply.db.re*")) == []
    done = server.run("restore", str(backup))  # control: as soon as it has ended
    assert "What was there before is kept as" in done.stderr
    again = reopened(stocked)
    assert again.stock() == {"A1": 50}
    again.db.close()


def test_a_database_that_is_no_database_any_more_is_put_aside(stocked: Office, backup: Path, tmp_path: Path) -> None:
    stocked.db.close()
    assert stocked.db.path is not None
    stocked.db.path.write_bytes(b"the disk wrote this over it" * 1000)
    restored = bring_back(stocked.db, backup, tmp_path)
    assert restored.kept_as is not None
    assert Path(restored.kept_as).read_bytes().startswith(b"the disk wrote this")
    again = reopened(stocked)
    assert again.stock() == {"A1": 50}
    again.db.close()


def test_on_postgresql_a_dump_comes_back_and_the_old_database_is_kept(postgres_db: Database, tmp_path: Path) -> None:
    office = Office(postgres_db, NOW)
    office.item()
    office.receive("A1", "290101", 50)
    file = tmp_path / "good.backup"
    taken = take_backup(postgres_db, file)
    assert taken.movements == 1
    office.scan(A1, quantity=10)
    url = postgres_db.url
    with pytest.raises(Conflict, match="using this database"), postgres_db.engine.connect() as busy:
        busy.execute(sa.text("SELECT 1"))
        restore(url, file, data_folder=tmp_path, newest=upgrade.newest(), now=NOW)
    restored = bring_back(postgres_db, file, tmp_path)
    assert office.stock() == {"A1": 50}
    assert office.faults() == []
    assert restored.kept_as is not None
    kept = Database(url.set(database=restored.kept_as).render_as_string(hide_password=False))
    assert Office(kept, NOW).stock() == {"A1": 40}
    kept.close()


@pytest.mark.parametrize("spoil", [cut, no_backup])
def test_on_postgresql_a_bad_file_changes_nothing(
    postgres_db: Database, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    office = Office(postgres_db, NOW)
    office.item()
    office.receive("A1", "290101", 50)
    file = tmp_path / "good.backup"
    take_backup(postgres_db, file)
    office.scan(A1, quantity=10)
    spoil(file)
    with pytest.raises(Exception, match=r"did not succeed|is no backup"):
        bring_back(postgres_db, file, tmp_path)
    assert office.stock() == {"A1": 40}


def test_a_backup_of_the_other_kind_of_database_is_named(
    stocked: Office, postgres_db: Database, tmp_path: Path
) -> None:
    file = tmp_path / "other.backup"
    take_backup(stocked.db, file)
    with pytest.raises(BadBackup, match="the other kind"):
        bring_back(postgres_db, file, tmp_path)


def test_without_its_programs_postgresql_is_not_backed_up_and_that_is_said(
    postgres_db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Exception, match="pg_dump is not installed"):
        take_backup(postgres_db, tmp_path / "x.backup")
    assert list(tmp_path.glob("x.backup*")) == []


def test_control_broken_books_are_what_the_proof_finds(stocked: Office, tmp_path: Path) -> None:
    assert stocked.faults() == []
    break_the_books(stocked.db)
    assert stocked.faults() != []
