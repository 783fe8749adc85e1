"""Which columns each import has, how each is read, and the check of a file's first row."""

import difflib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from supply.errors import Invalid
from supply.exchange import cells
from supply.exchange.cells import BadCell
from supply.exchange.csv_files import column_name
from supply.exchange.faults import Faults
from supply.exchange.sheets import Sheet
from supply.purchasing.suppliers import LONGEST_LEAD_DAYS
from supply.stock.catalog import UNITS_LIMIT
from supply.stock.models import Rotation, Tracking

MOST_UNITS = 1_000_000_000
MOST_DAYS = 36_500


@dataclass(frozen=True)
class Column:
    """A column: how its cells are read, whether every row needs it, and two examples."""

    name: str
    read: Callable[[str], Any]
    examples: tuple[str, str]
    is_required: bool = False


@dataclass(frozen=True)
class Row:
    """One row: the line it is on and its values by column, without empty cells; wrong ones are left out too."""

    line: int
    values: dict[str, Any]
    is_sound: bool = True


_units = cells.whole(1, UNITS_LIMIT)
_level = cells.whole(0, MOST_UNITS)
_quantity = cells.whole(1, MOST_UNITS)

COLUMNS: dict[str, tuple[Column, ...]] = {
    "items": (
        Column("sku", cells.text(60), ("GLV-NIT-M", "VAC-FLU"), is_required=True),
        Column("name", cells.text(200), ("Nitrile gloves, medium", "Influenza vaccine, 0.5 ml syringe")),
        Column("unit", cells.text(30), ("pair", "dose")),
        Column("category", cells.text(80), ("Gloves", "Vaccines")),
        Column("rotation", cells.choice({r.value: r for r in Rotation}), ("fifo", "fefo")),
        Column("tracking", cells.choice({t.value: t for t in Tracking}), ("lot", "lot")),
        Column("gtin", cells.code_text, ("19521234000010", "09521234000020")),
        Column("code", cells.code_text, ("", "")),
        Column("units_received", _units, ("50", "10")),
        Column("units_used", _units, ("1", "1")),
        Column("lot_required", cells.yes_no, ("no", "yes")),
        Column("expiry_required", cells.yes_no, ("no", "yes")),
        Column("shelf_life_days", cells.whole(0, MOST_DAYS), ("1095", "365")),
        Column("reorder_point", _level, ("200", "20")),
        Column("par_level", _level, ("600", "60")),
        Column("supplier", cells.text(60), ("Harbor Medical", "Northfield Pharma")),
        Column("supplier_sku", cells.text(60), ("HM-4401", "NF-88")),
        Column("pack_quantity", _quantity, ("50", "10")),
        Column("lead_time_days", cells.whole(0, MOST_DAYS), ("4", "7")),
        Column("price", cells.money, ("6.40", "189.00")),
    ),
    "suppliers": (
        Column("code", cells.text(60), ("HARBOR", "NORTHFIELD"), is_required=True),
        Column("name", cells.text(120), ("Harbor Medical", "Northfield Pharma")),
        Column("email", cells.text(254), ("orders@harbor.example", "")),
        Column("phone", cells.text(40), ("+1 555 0100", "+1 555 0101")),
        Column("lead_time_days", cells.whole(0, LONGEST_LEAD_DAYS), ("4", "7")),
    ),
    "stock": (
        Column("sku", cells.text(60), ("GLV-NIT-M", "VAC-FLU"), is_required=True),
        Column("lot", cells.lot_number, ("A2207", "FL-0091")),
        Column("expiry", cells.expiry, ("2029-05", "2027-06-30")),
        Column("location", cells.text(40), ("STOREROOM", "STOREROOM")),
        Column("owner", cells.text(40), ("office", "office")),
        Column("quantity", _quantity, ("400", "30"), is_required=True),
        Column("received", cells.day, ("2026-03-02", "2026-09-14")),
        Column("unit_cost", cells.money, ("0.128", "18.90")),
    ),
    "usage": (
        Column("sku", cells.text(60), ("GLV-NIT-M", "VAC-FLU"), is_required=True),
        Column("date", cells.day, ("2026-03-02", "2026-10-05"), is_required=True),
        Column("quantity", _level, ("36", "4"), is_required=True),
        Column("location", cells.text(40), ("STOREROOM", "STOREROOM")),
        Column("department", cells.text(40), ("", "Nursing")),
    ),
}


def known_columns(kind: str) -> list[str]:
    """The names of the columns of a kind of import."""
    return [column.name for column in COLUMNS[kind]]


def template(kind: str) -> str:
    """A CSV file of that kind to begin with: the columns, and two rows as an example."""
    lines = [known_columns(kind)]
    lines += [[column.examples[n] for column in COLUMNS[kind]] for n in (0, 1)]
    return "".join(",".join(_quoted(cell) for cell in line) + "\n" for line in lines)


def _quoted(cell: str) -> str:
    return f'"{cell}"' if "," in cell else cell


def checked_rows(sheet: Sheet, kind: str, faults: Faults) -> Iterator[Row]:
    """The rows of a file with every cell read. Raises Invalid for wrong columns; wrong cells go to `faults`."""
    columns = _columns_of(sheet.header, kind)
    for line, texts in sheet.rows:
        before = faults.total
        values: dict[str, Any] = {}
        if any(texts[len(columns) :]):
            faults.add(line, None, f"it has more cells than the first row has columns ({len(columns)}).")
        filled = {column.name: (column, text) for column, text in zip(columns, texts, strict=False) if text}
        for column, text in filled.values():
            _read_cell(column, text, line, values, faults)
        for column in COLUMNS[kind]:
            if column.is_required and column.name not in filled:
                faults.add(line, column.name, "it is missing.")
        yield Row(line, values, faults.total == before)


def _read_cell(column: Column, text: str, line: int, values: dict[str, Any], faults: Faults) -> None:
    try:
        values[column.name] = column.read(text)
    except BadCell as error:
        faults.add(line, column.name, str(error))


def _columns_of(header: tuple[str, ...], kind: str) -> list[Column]:
    """The column of each cell of the first row. Raises Invalid."""
    known = {column.name: column for column in COLUMNS[kind]}
    names = [column_name(cell) for cell in header]
    while names and not names[-1]:
        names.pop()
    unknown = [name for name in names if name not in known]
    if unknown:
        listed = "; ".join(_suggested(name, list(known)) for name in unknown[:10])
        message = f"These columns are not known: {listed}. Columns of {kind}: {', '.join(known)}."
        raise Invalid(message, code="unknown_column", columns=unknown)
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise Invalid(f"The column {twice[0]} is there more than once; keep one.", code="unknown_column", columns=twice)
    missing = [column.name for column in COLUMNS[kind] if column.is_required and column.name not in names]
    if missing:
        raise Invalid(f"The column {missing[0]} is missing.", code="missing_column", columns=missing)
    return [known[name] for name in names]


def _suggested(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    shown = (name or "(a column without a name)")[:60]
    return f"{shown} (did you mean {near[0]}?)" if near else shown
