"""Killed in the middle: a backup has no name before it is whole, a restore leaves the old books or the new ones."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from supply.backup.keeping import backups_in, nightly_backup
from supply.backup.proof import BadBackup, prove
from supply.backup.taking import take_backup
from supply.db import Database
from supply.migrations import upgrade
from tests.backup.test_taking import NOW
from tests.factories import GLOVES, Office, gs1

A1 = gs1(GLOVES, lot="A1", expiry="290101")
KILLS = 8

BACKING_UP = """
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from supply.backup.keeping import nightly_backup
from supply.db import Database
db, now = Database(sys.argv[1]), datetime(2027, 1, 1, tzinfo=UTC)
print("ready", flush=True)
while True:
    now += timedelta(days=1)
    nightly_backup(db, Path(sys.argv[2]), keep=1000, now=now)
"""
WRITING_STRAIGHT = """
import sys, time
content = open(sys.argv[1], "rb").read()
print("ready", flush=True)
with open(sys.argv[2], "wb", buffering=0) as file:
    for begin in range(0, len(content), 4096):
        file.write(content[begin : begin + 4096])
        time.sleep(0.005)
"""
RESTORING = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
import sqlalchemy as sa
from supply.backup.restoring import restore
print("ready", flush=True)
restore(sa.make_url(sys.argv[1]), Path(sys.argv[2]), data_folder=Path(sys.argv[3]), newest=sys.argv[4],
        now=datetime.now(UTC))
print("done", flush=True)
time.sleep(60)
"""


def kill_after(seconds: float, code: str, *arguments: str) -> None:
    """Start it, wait until it has begun, and pull the plug."""
    process = subprocess.Popen([sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    process.communicate()


@pytest.fixture
def stocked(office: Office) -> Office:
    """Some hundred movements, so that a copy takes a moment."""
    office.item()
    office.receive("A1", "290101", 500)
    for _ in range(60):
        office.scan(A1)
    return office


def test_a_backup_killed_in_the_middle_has_no_name(stocked: Office, tmp_path: Path) -> None:
    folder, chance = tmp_path / "backups", random.Random(7)
    for _ in range(KILLS):
        kill_after(chance.uniform(0, 0.15), BACKING_UP, str(stocked.db.url), str(folder))
    for file in backups_in(folder):
        assert prove(file, name=file.name).faults == ()
    nightly_backup(stocked.db, folder, keep=3, now=NOW)
    assert list(folder.glob("*.part*")) == []


def test_control_a_copy_that_has_its_name_from_the_start_is_left_damaged(stocked: Office, tmp_path: Path) -> None:
    whole, file = tmp_path / "whole.backup", tmp_path / "straight.backup"
    take_backup(stocked.db, whole)
    kill_after(0.1, WRITING_STRAIGHT, str(whole), str(file))
    with pytest.raises(BadBackup, match="is damaged"):
        prove(file, name="it")


def test_a_restore_killed_in_the_middle_leaves_the_old_books_or_the_new_ones(stocked: Office, tmp_path: Path) -> None:
    backup, chance, found = tmp_path / "usb" / "good.backup", random.Random(7), set()
    take_backup(stocked.db, backup)
    for _ in range(40):
        stocked.scan(A1)
    for _ in range(KILLS):
        stocked.db.close()
        arguments = [str(stocked.db.url), str(backup), str(tmp_path), upgrade.newest()]
        kill_after(chance.uniform(0, 0.1), RESTORING, *arguments)
        again = Office(Database(str(stocked.db.url)), stocked.now)
        found.add(again.stock()["A1"])
        assert again.faults() == []
        assert again.scan(A1).status == 201
        again.db.close()
    assert all(392 <= left <= 400 or 432 <= left <= 440 for left in found), found
