"""The part of GET /health about backups: `ok` for a day and two hours after a good one, else what is wrong."""

import json
from datetime import datetime, timedelta
from pathlib import Path

from flask.testing import FlaskClient

from supply.audit import chain
from supply.backup.records import note_backup
from supply.db import Database
from tests.web.conftest import Clock


def said(client: FlaskClient) -> str:
    return str(json.loads(client.get("/health").data)["last_backup"])


def made(db: Database, at: datetime) -> None:
    """The first thing that was done in this office, if nothing was."""
    db.transact(lambda s: chain.record(s, at=at, actor_id=None, action="test", subject="test", details={}))


def test_a_new_database_has_a_day_and_two_hours_for_its_first_backup(
    client: FlaskClient, db: Database, clock: Clock
) -> None:
    made(db, clock())
    assert said(client) == "ok"
    clock.forward(hours=25)
    assert said(client) == "ok"
    clock.forward(hours=2)
    assert said(client) == "The newest good backup is missing: none was ever taken."


def test_a_good_backup_is_ok_until_it_is_too_old_and_a_failed_one_says_why(
    client: FlaskClient, db: Database, clock: Clock, tmp_path: Path
) -> None:
    made(db, clock())
    clock.forward(days=3)
    file = tmp_path / "good.backup"
    file.write_bytes(b"x")
    db.transact(lambda s: note_backup(s, at=clock(), path=file, size=1))
    assert said(client) == "ok"
    clock.forward(hours=25)
    db.transact(lambda s: note_backup(s, at=clock(), path=tmp_path, failed="The disk is full."))
    assert said(client) == "ok"
    clock.forward(hours=2)
    assert said(client) == (
        "The newest good backup is of 2026-11-26T14:00:00+00:00. The last try failed: The disk is full."
    )


def test_a_backup_whose_file_is_gone_is_no_backup(
    client: FlaskClient, db: Database, clock: Clock, tmp_path: Path
) -> None:
    made(db, clock())
    gone = tmp_path / "gone.backup"
    db.transact(lambda s: note_backup(s, at=clock(), path=gone, size=1))
    assert said(client) == f"The newest good backup is gone: {gone}."
    there = tmp_path / "there.backup"
    there.write_bytes(b"x")
    db.transact(lambda s: note_backup(s, at=clock() - timedelta(hours=9), path=there, size=1))
    assert said(client) == "ok"  # the one on a stick that was taken away is not missed
