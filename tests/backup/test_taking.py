"""A backup while everybody scans is whole and misses nothing; it appears only when it is good, and old ones stay."""

import json
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from supply.backup import records
from supply.backup.keeping import backups_in, nightly_backup
from supply.backup.proof import prove
from supply.backup.taking import BackupFailed, take_backup
from supply.db import Database
from supply.errors import Conflict
from supply.jobs.model import JobContext
from supply.jobs.night import back_up, check_books
from supply.settings import load
from tests.factories import GLOVES, Office, gs1

A1 = gs1(GLOVES, lot="A1", expiry="290101")
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
WRITERS = 4


@pytest.fixture
def stocked(office: Office) -> Office:
    """A shelf that never runs dry."""
    office.item()
    office.receive("A1", "290101", 10_000)
    return office


def scans_in(path: Path) -> set[str]:
    """The keys of the scans in a file."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        return {row[0] for row in connection.execute("SELECT request_id FROM scan_records")}


def while_scanning(office: Office, act: Callable[[set[str]], None], rounds: int) -> None:
    """Four people scan while `act` is called with the scans that had been answered before."""
    answered: set[str] = set()
    lock, stop = threading.Lock(), threading.Event()
    faults: list[BaseException] = []

    def scan() -> None:
        try:
            while not stop.is_set():
                stored = office.scan(A1)
                with lock:
                    answered.add(stored.answer["request_id"].replace("-", ""))
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=scan) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    try:
        for number in range(rounds):
            while len(answered) < 20 * (number + 1):
                stop.wait(0.005)
            with lock:
                before = set(answered)
            act(before)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert faults == []


def test_a_backup_while_four_people_scan_is_whole_and_misses_no_answered_scan(stocked: Office, tmp_path: Path) -> None:
    taken = []

    def back_up_and_look(before: set[str]) -> None:
        file = tmp_path / f"{len(taken)}.backup"
        taken.append(take_backup(stocked.db, file))
        assert before <= scans_in(file)
        proven = prove(file, name="it")
        assert proven.faults == ()
        assert proven.movements == len(scans_in(file))

    while_scanning(stocked, back_up_and_look, 8)
    assert len({one.sha256 for one in taken}) == 8


def test_control_a_plain_copy_of_the_database_file_misses_answered_scans(stocked: Office, tmp_path: Path) -> None:
    missed: list[int] = []

    def copy_and_look(before: set[str]) -> None:
        file = tmp_path / f"{len(missed)}.copy"
        shutil.copyfile(stocked.db.path, file)  # type: ignore[arg-type]
        with closing(sqlite3.connect(file)) as alone:
            alone.execute("PRAGMA journal_mode=DELETE").close()
        missed.append(len(before - scans_in(file)))

    while not any(missed) and len(missed) < 40:  # now and then the database has just written everything to its file
        while_scanning(stocked, copy_and_look, 4)
    assert max(missed) > 0


def test_a_backup_is_one_file_for_its_owner_alone(stocked: Office, tmp_path: Path) -> None:
    folder = tmp_path / "usb" / "backups"
    taken = take_backup(stocked.db, folder / "today.backup")
    assert [path.name for path in folder.iterdir()] == ["today.backup"]
    assert taken.path.stat().st_mode & 0o777 == 0o600
    assert taken.size == taken.path.stat().st_size


def test_a_backup_takes_the_place_of_an_older_one_and_of_nothing_else(stocked: Office, tmp_path: Path) -> None:
    target = tmp_path / "today.backup"
    first = take_backup(stocked.db, target)
    stocked.scan(A1)
    assert take_backup(stocked.db, target).movements == first.movements + 1
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear supplier")
    for other, words in ((letter, "is no backup"), (tmp_path, "is a folder"), (stocked.db.path, "the database itself")):
        with pytest.raises(Conflict, match=words):
            take_backup(stocked.db, other)  # type: ignore[arg-type]
    assert letter.read_text() == "Dear supplier"
    assert stocked.faults() == []


FULL_DISK = """
import json, resource, sys
from pathlib import Path
from supply.db import Database
from supply.backup.taking import take_backup
from supply.errors import SupplyError
db = Database(sys.argv[1])
with db.read_session(): pass
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), resource.RLIM_INFINITY))
try:
    print(json.dumps({"size": take_backup(db, Path(sys.argv[2])).size}))
except SupplyError as error:
    print(json.dumps({"message": error.message}))
"""


def test_a_full_disk_is_said_in_words_and_the_older_backup_stays(stocked: Office, tmp_path: Path) -> None:
    target = tmp_path / "today.backup"
    before = take_backup(stocked.db, target)
    came = {}
    for limit in (100_000, 100_000_000):  # the second is the control: with room it succeeds
        arguments = [str(stocked.db.url), str(target), str(limit)]
        ended = subprocess.run(
            [sys.executable, "-c", FULL_DISK, *arguments], capture_output=True, text=True, check=True
        )
        came[limit] = json.loads(ended.stdout)
        if limit == 100_000:
            assert target.stat().st_size == before.size
            assert not target.with_name("today.backup.part").exists()
            prove(target, name="it")
    assert "No backup could be written" in came[100_000]["message"]
    assert "Make room" in came[100_000]["message"]
    assert came[100_000_000]["size"] > 100_000


def break_the_books(db: Database) -> None:
    """As a hand in the database would."""
    assert db.path is not None
    with closing(sqlite3.connect(db.path)) as hand:
        hand.execute("UPDATE balances SET quantity = quantity + 1")
        hand.commit()


def test_books_that_do_not_agree_make_no_good_backup_but_the_copy_is_kept(stocked: Office, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    nightly_backup(stocked.db, folder, keep=1, now=NOW)
    break_the_books(stocked.db)
    with pytest.raises(BackupFailed, match="The books do not agree") as refused:
        nightly_backup(stocked.db, folder, keep=1, now=NOW + timedelta(days=1))
    assert refused.value.code == "books_do_not_agree"
    assert [path.name for path in backups_in(folder)] == ["supply-20261123T090000Z.backup"]
    (doubtful,) = folder.glob("*.doubtful")
    assert prove(doubtful, name="it").faults != ()


def test_the_newest_backups_are_kept_and_nothing_else_is_touched(stocked: Office, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    (folder / "supply-20261101T090000Z.backup.part").write_text("left by a kill")
    (folder / "my own.backup").write_text("mine")
    for day in range(6):
        nightly_backup(stocked.db, folder, keep=3, now=NOW + timedelta(days=day))
    assert [path.name[7:15] for path in backups_in(folder)] == ["20261126", "20261127", "20261128"]
    assert (folder / "my own.backup").exists()
    assert list(folder.glob("*.part")) == []


def test_with_a_clock_that_was_ahead_the_new_backup_is_not_the_one_that_goes(stocked: Office, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    for day in (300, 301, 0):
        taken, _ = nightly_backup(stocked.db, folder, keep=2, now=NOW + timedelta(days=day))
    assert taken.path in backups_in(folder)
    assert len(backups_in(folder)) == 2


def test_the_nightly_job_notes_the_good_ones_and_why_there_is_none(stocked: Office, tmp_path: Path) -> None:
    settings = load(None, {"SUPPLY_DATA": str(tmp_path)})
    words = back_up(JobContext(stocked.db, settings, NOW, NOW.date()))
    assert "read back and checked" in words
    break_the_books(stocked.db)
    later = JobContext(stocked.db, settings, NOW + timedelta(days=1), NOW.date())
    for job in (back_up, check_books):
        with pytest.raises(Exception, match="The books do not agree"):
            job(later)
    with stocked.db.read_session() as session:
        good, attempt = records.last_good_backup(session), records.last_attempt(session)
        verified = records.last_verify(session)
    assert good is not None
    assert good.taken_at == NOW
    assert attempt is not None
    assert not attempt.is_good
    assert "do not agree" in attempt.words
    assert verified is not None
    assert verified.count == 1
    assert verified.faults[0].check == "balance"


def test_the_books_of_a_sound_office_are_noted_as_sound(stocked: Office, tmp_path: Path) -> None:
    settings = load(None, {"SUPPLY_DATA": str(tmp_path)})
    assert "agree" in check_books(JobContext(stocked.db, settings, NOW, NOW.date()))
    with stocked.db.read_session() as session:
        verified = records.last_verify(session)
    assert verified is not None
    assert (verified.count, verified.at) == (0, NOW)


def test_a_database_in_use_is_never_locked_by_a_backup(stocked: Office, tmp_path: Path) -> None:
    """Somebody holds the write lock the whole time; the backup needs none."""
    assert stocked.db.path is not None
    with closing(sqlite3.connect(stocked.db.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        taken = take_backup(stocked.db, tmp_path / "today.backup")
        other.execute("ROLLBACK")
    assert taken.movements == len(stocked.movements())
    with stocked.db.read_session() as session:
        assert session.scalar(sa.text("PRAGMA journal_mode")) == "wal"
