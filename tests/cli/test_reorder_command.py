"""`supply reorder` and `supply import suppliers`."""

import csv
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from supply.cli.main import supply

YESTERDAY = datetime.now(UTC).date() - timedelta(days=2)  # past in every time zone


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with gloves that were used every day and have run out."""
    for name in ("SUPPLY_DATABASE_URL", "SUPPLY_CONFIG", "SUPPLY_USER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SUPPLY_DATA", str(tmp_path / "data"))
    done("setup")
    (tmp_path / "items.csv").write_text(
        "sku,name,unit,supplier,pack_quantity,lead_time_days,price\nGLOVE-M,Gloves,box,Harbor Medical,10,7,5.00\n"
        "QUIET,Quiet,box,,,,\n"
    )
    days = [f"GLOVE-M,{YESTERDAY - timedelta(days=n)},2" for n in range(100)]
    (tmp_path / "usage.csv").write_text("\n".join(["sku,date,quantity", *days]) + "\n")
    done("import", "items", str(tmp_path / "items.csv"))
    done("import", "usage", str(tmp_path / "usage.csv"))
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(supply, arguments)


def done(*arguments: str) -> Result:
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return result


def test_lines_say_what_to_order_from_whom_and_why(folder: Path) -> None:
    (line,) = [json.loads(text) for text in done("reorder", "suggest", "--json").stdout.splitlines()]
    assert set(line) == {"sku", "quantity", "packs", "supplier", "cost", "reason"}
    assert (line["sku"], line["supplier"], line["quantity"]) == ("GLOVE-M", "Harbor Medical", 10 * line["packs"])
    assert line["cost"] == f"{5 * line['packs']}.00"
    assert "None left that may be used" in line["reason"]
    assert "GLOVE-M" in done("reorder", "suggest").stdout


def test_a_day_gone_by_can_be_looked_at_and_one_to_come_cannot(folder: Path) -> None:
    early = str(YESTERDAY - timedelta(days=99))
    assert "GLOVE-M" not in done("reorder", "suggest", "--as-of", early).stdout
    later = run("reorder", "suggest", "--as-of", str(YESTERDAY + timedelta(days=9)))
    assert (later.exit_code, "still to come" in later.stderr) == (1, True)


def test_one_item_is_explained(folder: Path) -> None:
    numbers = json.loads(done("reorder", "explain", "glove-m", "--json").stdout)
    assert numbers["lead"]["quoted"] == 7
    assert numbers["quantity"] == numbers["packs"] * 10
    words = done("reorder", "explain", "GLOVE-M").stdout
    assert "order below" in words
    assert "demand.per_day" in words
    assert run("reorder", "explain", "NOPE").exit_code == 1


def test_suppliers_are_imported(folder: Path) -> None:
    path = folder / "suppliers.csv"
    path.write_text(done("import", "suppliers", "--template").stdout)
    assert "2 rows read: 2 suppliers added." in done("import", "suppliers", str(path)).stdout


def test_csv_files_need_no_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUPPLY_DATA", str(tmp_path / "none"))
    (tmp_path / "items.csv").write_text(
        "item_id,pack,shelf_life_days,lead_nominal_days,review_days,cover_days,guess,category\nG,10,730,7,7,14,2.0,x\n"
    )
    (tmp_path / "usage.csv").write_text("item_id,date,issued,stockout\n")
    (tmp_path / "lots.csv").write_text("item_id,expiry,qty\n")
    (tmp_path / "on_order.csv").write_text("item_id,order_date,qty\n")
    (tmp_path / "leads.csv").write_text("item_id,days\n")
    done("reorder", "suggest", "--from-csv", str(tmp_path), "--today", "2026-11-23")
    with (tmp_path / "suggestions.csv").open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["item_id"], int(row["qty"]) % 10, int(row["qty"]) > 0) == ("G", 0, True)
    assert not (tmp_path / "none").exists()


def test_options_that_do_not_go_together_are_wrong_usage(tmp_path: Path) -> None:
    assert run("reorder", "suggest", "--from-csv", str(tmp_path)).exit_code == 2
    assert run("reorder", "suggest", "--today", "2026-11-23").exit_code == 2
    missing = run("reorder", "suggest", "--from-csv", str(tmp_path), "--today", "2026-11-23")
    assert (missing.exit_code, "usage.csv cannot be read" in missing.stderr) == (1, True)
