"""`supply import`, as it is typed."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from supply.cli.main import supply


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):  # noqa: ANN201
    """Runs a command on a data folder of its own."""
    monkeypatch.setenv("SUPPLY_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("SUPPLY_DATABASE_URL", raising=False)

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(supply, arguments)

    assert run("setup").exit_code == 0
    return run


def test_the_templates_are_files_that_can_be_imported(run, tmp_path: Path) -> None:
    for kind in ("items", "stock", "usage"):
        path = tmp_path / f"{kind}.csv"
        path.write_text(run("import", kind, "--template").stdout)
        done = run("import", kind, str(path), "--json")
        assert done.exit_code == 0, done.stderr
        assert json.loads(done.stdout)["rows"] == 2
    assert "GLV-NIT-M" in run("stock").stdout
    assert run("verify").exit_code == 0


def test_a_dry_run_checks_everything_and_changes_nothing(run, tmp_path: Path) -> None:
    path = tmp_path / "items.csv"
    path.write_text("sku,name\nA,Aa\n")
    done = run("import", "items", str(path), "--dry-run")
    assert (done.exit_code, "Nothing was changed" in done.stdout) == (0, True)
    assert json.loads(run("import", "items", str(path), "--json").stdout)["added"] == 1
    path.write_text("sku,name,price\nB,Bb,x\n")
    assert run("import", "items", str(path), "--dry-run").exit_code == 1


def test_wrong_rows_are_listed_and_the_status_is_1(run, tmp_path: Path) -> None:
    path = tmp_path / "items.csv"
    path.write_text("sku,name,price\nA,Aa,x\nB,Bb,y\n")
    told = run("import", "items", str(path))
    assert told.exit_code == 1
    assert "Line 2, price" in told.stderr
    assert "Line 3, price" in told.stderr
    listed = [json.loads(line) for line in run("import", "items", str(path), "--json").stdout.splitlines()]
    assert [(row["line"], row["column"]) for row in listed] == [(2, "price"), (3, "price")]


def test_other_kinds_are_wrong_usage(run) -> None:
    assert run("import", "recipes", "x.csv").exit_code == 2
    assert run("import", "items").exit_code == 2
