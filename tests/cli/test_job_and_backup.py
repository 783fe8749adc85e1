"""`supply job list` and `run`, `supply backup` and `restore`: exit status, words, and one JSON object a line."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from supply.cli.main import supply
from supply.jobs.models import JobName
from tests.serving import Served


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An office with one item and three boxes of it; gives its data folder."""
    for name in ("SUPPLY_DATABASE_URL", "SUPPLY_CONFIG", "SUPPLY_USER"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "data"
    monkeypatch.setenv("SUPPLY_DATA", str(folder))
    assert run("setup").exit_code == 0
    items = tmp_path / "items.csv"
    items.write_text("sku,name,unit,gtin\nGLOVE-M,Nitrile gloves M,box,09520123456788\n")
    assert run("import", "items", str(items)).exit_code == 0
    assert run("scan", "09520123456788", "--action", "receive", "--quantity", "3", "--lot", "A1").exit_code == 0
    return folder


def run(*arguments: str) -> Result:
    return CliRunner().invoke(supply, arguments)


def rows(result: Result) -> list[dict[str, object]]:
    assert result.exit_code == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def stock() -> int:
    return sum(int(str(row["quantity"])) for row in rows(run("stock", "--json")))


def test_job_list_names_every_job_with_next_and_last(office: Path) -> None:
    found = rows(run("job", "list", "--json"))
    assert [row["name"] for row in found] == list(JobName)
    assert {row["state"] for row in found} == {"never"}
    assert all("T" in str(row["next"]) for row in found)
    assert run("job", "list").stdout.splitlines()[0].startswith("daily_usage\tnever\t")


def test_job_run_runs_it_at_once_and_remembers_who(office: Path) -> None:
    done = run("job", "run", "verify")
    assert (done.exit_code, done.stdout) == (0, "The ledger, the balances and the audit trail agree.\n")
    row = next(row for row in rows(run("job", "list", "--json")) if row["name"] == "verify")
    assert (row["state"], row["outcome"]) == ("done", "done")
    (told,) = rows(run("job", "run", "backup", "--json"))
    assert told["outcome"] == "done"
    assert len(list((office / "backups").glob("supply-*.backup"))) == 1


def test_a_job_that_fails_and_one_that_does_not_exist_exit_1(office: Path) -> None:
    with closing(sqlite3.connect(office / "supply.db")) as hand:
        hand.execute("UPDATE balances SET quantity = 7")
        hand.commit()
    failed = run("job", "run", "verify")
    assert failed.exit_code == 1
    assert "The books do not agree: 1 fault. balance: lot 1" in failed.stderr
    missing = run("job", "run", "dance")
    assert missing.exit_code == 1
    assert "There is no job 'dance'" in missing.stderr


def test_who_may_not_start_jobs_or_back_up_is_told_so(office: Path, tmp_path: Path) -> None:
    assert run("user", "add", "nora", "--role", "nurse").exit_code == 0
    refused = run("job", "run", "verify", "--user", "nora")
    assert refused.exit_code == 1
    assert "may not start jobs by hand" in refused.stderr
    refused = run("backup", str(tmp_path / "x.backup"), "--user", "nora")
    assert refused.exit_code == 1
    assert not (tmp_path / "x.backup").exists()


def test_backup_and_restore_bring_back_what_was_there(tmp_path: Path) -> None:
    """Each command in a process of its own: SQLite keeps a restore out while any connection is open."""
    office, file = Served(tmp_path / "data"), tmp_path / "today.backup"
    items = tmp_path / "items.csv"
    items.write_text("sku,name,unit,gtin\nGLOVE-M,Nitrile gloves M,box,09520123456788\n")
    office.run("setup")
    office.run("import", "items", str(items))
    office.run("scan", "09520123456788", "--action", "receive", "--quantity", "3", "--lot", "A1")
    taken = json.loads(office.run("backup", str(file), "--json").stdout)
    assert (taken["file"], taken["movements"]) == (str(file), 1)
    office.run("scan", "09520123456788", "--action", "use")
    done = office.run("restore", str(file))
    assert "What was there before is kept as" in done.stderr
    (line,) = office.run("stock", "--json").stdout.splitlines()
    assert json.loads(line)["quantity"] == 3
    office.run("verify")
    with closing(sqlite3.connect(office.folder / "supply.db")) as reader:
        acts = [row[0] for row in reader.execute("SELECT action FROM audit_entries ORDER BY seq")]
    assert acts[-1] == "backup.restore"


def test_restore_of_a_letter_exits_1_and_changes_nothing(office: Path, tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear supplier")
    refused = run("restore", str(letter))
    assert (refused.exit_code, refused.stderr) == (1, "letter.txt is no backup of ours.\n")
    assert stock() == 3


def test_a_backup_over_a_letter_is_refused(office: Path, tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear supplier")
    assert run("backup", str(letter)).exit_code == 1
    assert letter.read_text() == "Dear supplier"
