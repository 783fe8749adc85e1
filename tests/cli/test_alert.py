"""`supply alert`: what it prints, for whom, and with which exit status."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from supply.alerts import book
from supply.alerts.book import Cause
from supply.cli.main import supply
from supply.db import Database

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs the command on a database that was just set up and has two open alerts and one that is over."""
    monkeypatch.setenv("SUPPLY_DATA", str(tmp_path))
    for name in ("SUPPLY_USER", "SUPPLY_CONFIG", "SUPPLY_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)

    def command(*words: str) -> Result:
        return CliRunner().invoke(supply, list(words))

    assert command("setup").exit_code == 0
    db = Database(f"sqlite:///{tmp_path / 'supply.db'}")
    low = Cause("reorder", "item GLOVE-M", "short", "Gloves: 2 left.", "/reorder", "manager")
    gone = Cause("expiry", "lot 1", "stop", "Lot 1 expired.", "/expiry", "nurse")
    old = Cause("expiry", "lot 2", "stop", "Lot 2 expired.", "/expiry", "nurse")
    for causes in ((low, gone, old), (low, gone)):
        db.transact(lambda s, causes=causes: book.update(s, kinds=("expiry", "reorder"), causes=causes, now=NOW))
    db.close()
    return command


def lines(answer: Result) -> list[dict[str, object]]:
    assert answer.exit_code == 0, answer.stderr
    return [json.loads(line) for line in answer.stdout.splitlines()]


def test_the_list_has_the_promised_fields_most_urgent_first(run: Callable[..., Result]) -> None:
    first, second = lines(run("alert", "list", "--json"))
    assert {name: first[name] for name in ("kind", "subject", "opened_at", "severity", "acknowledged")} == {
        "kind": "expiry",
        "subject": "lot 1",
        "opened_at": "2026-11-23T15:00:00+00:00",
        "severity": "stop",
        "acknowledged": False,
    }
    assert second["subject"] == "item GLOVE-M"
    assert "Lot 1 expired." in run("alert", "list").stdout
    assert [line["subject"] for line in lines(run("alert", "list", "--json", "--kind", "reorder"))] == ["item GLOVE-M"]
    assert len(lines(run("alert", "list", "--json", "--all"))) == 3


def test_who_asks_decides_what_is_listed(run: Callable[..., Result]) -> None:
    run("user", "add", "nora", "--role", "nurse")
    assert [line["subject"] for line in lines(run("alert", "list", "--json", "--user", "nora"))] == ["lot 1"]


def test_acknowledging_is_by_number_and_refused_for_others(run: Callable[..., Result]) -> None:
    run("user", "add", "nora", "--role", "nurse")
    found = {str(line["subject"]): str(line["id"]) for line in lines(run("alert", "list", "--json"))}
    refused = run("alert", "acknowledge", found["item GLOVE-M"], "--user", "nora")
    assert (refused.exit_code, "for the manager" in refused.stderr) == (1, True)
    assert run("alert", "acknowledge", found["lot 1"], "--user", "nora").exit_code == 0
    assert [line["acknowledged"] for line in lines(run("alert", "list", "--json"))] == [True, False]
    assert run("alert", "acknowledge", "999").exit_code == 1
    assert run("alert", "acknowledge", "0").exit_code == 2
    assert run("alert", "acknowledge", str(10**30)).exit_code == 2
