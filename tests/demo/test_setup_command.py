"""`supply setup --demo`, as it is typed."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from supply.cli.main import supply


def run(*arguments: str) -> Result:
    return CliRunner().invoke(supply, arguments)


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUPPLY_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("SUPPLY_DATABASE_URL", raising=False)
    monkeypatch.delenv("SUPPLY_USER", raising=False)


def test_three_years_of_an_office_are_made_and_add_up(tmp_path: Path) -> None:
    made = run("setup", "--demo")
    assert made.exit_code == 0, made.stderr
    assert str(tmp_path / "data" / "demo.json") in made.stderr
    assert run("verify").exit_code == 0
    lines = [json.loads(line) for line in run("stock", "--json").stdout.splitlines()]
    assert len({line["sku"] for line in lines}) > 140
    again = run("setup", "--demo")
    assert (again.exit_code, "has items already" in again.stderr) == (1, True)


def test_a_database_with_items_is_left_as_it_is(tmp_path: Path) -> None:
    assert run("setup").exit_code == 0
    file = tmp_path / "items.csv"
    file.write_text("sku,name\nTAPE,Tape\n")
    assert run("import", "items", str(file)).exit_code == 0
    refused = run("setup", "--demo")
    assert (refused.exit_code, "has items already" in refused.stderr) == (1, True)
    assert not (tmp_path / "data" / "demo.json").exists()
    assert run("user", "list", "--json").stdout.count("\n") == 1
