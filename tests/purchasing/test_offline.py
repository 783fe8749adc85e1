"""The reorder rule on CSV files."""

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest

from supply.errors import Invalid
from supply.purchasing.offline import suggest_from_csv

TODAY = date(2026, 11, 22)
HEADS = {
    "items": "item_id,pack,shelf_life_days,lead_nominal_days,review_days,cover_days,guess,category",
    "usage": "item_id,date,issued,stockout",
    "lots": "item_id,expiry,qty",
    "on_order": "item_id,order_date,qty",
    "leads": "item_id,days",
}
DAYS = [TODAY - timedelta(days=n) for n in range(100)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One item, two units a day, twenty left."""
    write(tmp_path, "items", "G,10,730,7,7,14,,gen")
    write(tmp_path, "usage", *(f"G,{day},2.0,0" for day in DAYS))
    write(tmp_path, "lots", "G,2028-01-01,20")
    write(tmp_path, "on_order")
    write(tmp_path, "leads")
    return tmp_path


def write(folder: Path, name: str, *lines: str) -> None:
    (folder / f"{name}.csv").write_text("\n".join([HEADS[name], *lines]) + "\n")


def suggested(folder: Path) -> dict[str, str]:
    suggest_from_csv(folder, TODAY)
    with (folder / "suggestions.csv").open(newline="") as file:
        reader = csv.DictReader(file)
        assert reader.fieldnames == ["item_id", "qty"]
        return {row["item_id"]: row["qty"] for row in reader}


def explained(folder: Path) -> dict[str, str]:
    with (folder / "explanations.csv").open(newline="") as file:
        return next(csv.DictReader(file))


def test_the_rule_is_the_one_of_the_office(folder: Path) -> None:
    assert suggested(folder) == {"G": "40"}
    row = explained(folder)
    assert (row["item_id"], row["quantity"], row["packs"], row["usable"]) == ("G", "40", "4", "20")
    assert (row["use_per_week"], row["lead_quoted"], row["deliveries"]) == ("14.0", "7", "0")


def test_deliveries_and_orders_are_counted(folder: Path) -> None:
    write(folder, "leads", *["G,20"] * 30)
    assert int(suggested(folder)["G"]) > 40
    write(folder, "on_order", f"G,{TODAY},100")
    assert suggested(folder) == {"G": "0"}
    assert explained(folder)["on_order"] == "100"


def test_days_without_a_row_had_no_use(folder: Path) -> None:
    write(folder, "usage", *(f"G,{day},14,0" for day in DAYS[::7]))
    assert suggested(folder)["G"] != "0"
    assert explained(folder)["days_of_history"] == "99"


def test_a_lot_past_its_day_counts_nothing(folder: Path) -> None:
    write(folder, "lots", f"G,{TODAY},500")
    assert explained_usable(folder) == "0"
    write(folder, "lots", f"G,{TODAY + timedelta(days=1)},500")
    assert explained_usable(folder) == "500"


def explained_usable(folder: Path) -> str:
    suggest_from_csv(folder, TODAY)
    return explained(folder)["usable"]


def test_an_item_without_any_use_goes_by_its_guess(folder: Path) -> None:
    write(folder, "items", "G,10,730,7,7,14,,gen", "NEW,5,730,7,7,14,1.5,gen", "QUIET,5,,7,7,14,,gen")
    assert suggested(folder)["QUIET"] == "0"
    assert int(suggested(folder)["NEW"]) > 20


@pytest.mark.parametrize(
    ("name", "line", "sentence"),
    [
        ("items", "G,0,730,7,7,14,,gen", "items.csv, line 2: pack is no whole number from 1 on"),
        ("items", "G,10,730,7,7.5,14,,gen", "line 2: review_days is no whole number"),
        ("items", ",10,730,7,7,14,,gen", "line 2: item_id is missing"),
        ("items", "G,ten,730,7,7,14,,gen", "line 2: pack cannot be 'ten'"),
        ("usage", "G,2026-11-20,-2,0", "usage.csv, line 2: issued is negative"),
        ("usage", "G,2026-11-23,2,0", "line 2: date is still to come"),
        ("usage", "G,2026-11-20,2,0\nG,2026-11-20,2,0", "line 3: date is there already"),
        ("usage", "G,20/11/2026,2,0", "line 2: date cannot be"),
        ("usage", "G,2026-11-20,nan,0", "line 2: issued is negative or far too large"),
        ("lots", "G,2028-01-01,-1", "lots.csv, line 2: qty is negative"),
        ("leads", "G,1.5", "leads.csv, line 2: days is no whole number"),
    ],
)
def test_a_wrong_row_is_refused_by_its_line(folder: Path, name: str, line: str, sentence: str) -> None:
    write(folder, name, line)
    with pytest.raises(Invalid, match=sentence):
        suggest_from_csv(folder, TODAY)
    assert not (folder / "suggestions.csv").exists()


def test_a_missing_or_broken_file_is_said(folder: Path) -> None:
    (folder / "leads.csv").unlink()
    with pytest.raises(Invalid, match="leads.csv cannot be read"):
        suggest_from_csv(folder, TODAY)
    (folder / "leads.csv").write_bytes(b"item_id,days\n\xff\xfe,1\n")
    with pytest.raises(Invalid, match="no readable CSV"):
        suggest_from_csv(folder, TODAY)


def test_empty_lines_spaces_and_the_order_of_columns_do_not_matter(folder: Path) -> None:
    plain = suggested(folder)
    lines = "\n\n".join(f"{day}, G ,0,2.0" for day in DAYS)
    (folder / "usage.csv").write_text(f"date,item_id,stockout,issued\n\n{lines}\n")
    assert suggested(folder) == plain


def test_a_missing_column_is_said_by_its_name(folder: Path) -> None:
    (folder / "usage.csv").write_text("item_id,date\nG,2026-11-20\n")
    with pytest.raises(Invalid, match="usage.csv, line 2: issued is missing"):
        suggest_from_csv(folder, TODAY)
