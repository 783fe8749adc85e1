"""The items of the demonstration office and the codes on their boxes, all of prefixes kept for demonstrations."""

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources

from supply.barcodes.gtin import check_digit
from supply.barcodes.hibc import check_character
from supply.exchange.columns import known_columns
from supply.exchange.sheets import Sheet

GS1_PREFIX = "9520001"  # GS1 keeps 952 for demonstrations and examples
HIBC_LABELER = "Z952"
NDC_LABELER = "99952"
MADE_FOR = "demonstration"
LEAD_WEEKS_EXTRA = 1.0


@dataclass(frozen=True)
class DemoItem:
    """One line of the catalogue: what it is, how it is coded and packed, and how the office goes through it."""

    number: int
    sku: str
    name: str
    category: str
    unit: str
    code: str
    box: int
    price: str
    shelf_days: int
    pattern: str
    weekly: float
    place: str
    supplier: str
    lead_days: int

    @property
    def is_tracked_by_lot(self) -> bool:
        """Whether boxes carry a lot and an expiry; what never expires is only counted."""
        return self.shelf_days > 0

    @property
    def rotation(self) -> str:
        """What expires leaves by its date, anything else by its arrival."""
        return "fefo" if self.category in {"Vaccines", "Injectables", "Tests", "Samples"} else "fifo"

    @property
    def reorder_point(self) -> int:
        """Enough for the lead time and a week more, with something to spare."""
        return max(1, math.ceil(self.weekly * (self.lead_days / 7 + LEAD_WEEKS_EXTRA) * 1.3))

    @property
    def par_level(self) -> int:
        """A month above the reorder point, and a full box at least."""
        return max(self.reorder_point + math.ceil(self.weekly * 4), self.reorder_point + self.box // 2 + 1)

    @property
    def unit_cost(self) -> int:
        """The price of one unit of use in 1/10,000, as near as whole numbers come."""
        return round(float(self.price) * 10_000 / self.box)

    def gtin(self, indicator: int) -> str:
        """The GTIN-14 of a packaging level: 0 the unit, 1 the box."""
        payload = f"{indicator}{GS1_PREFIX}{self.number:05d}"
        return payload + check_digit(payload)

    @property
    def box_gtin(self) -> str:
        """The GTIN that a person scans when a box comes in."""
        return self.gtin(1 if self.box > 1 else 0)

    @property
    def other_code(self) -> str:
        """The HIBC or NDC code of the box; empty where it carries a GTIN or nothing."""
        if self.code == "hibc":
            text = f"+{HIBC_LABELER}{self.sku.replace('-', '')[:18]}1"
            return text + check_character(text)
        return f"{NDC_LABELER}-{self.number:04d}-{self.box:02d}" if self.code == "ndc" else ""


def load() -> list[DemoItem]:
    """The catalogue, in its order; an item's number is its place in it."""
    text = resources.files("supply.demo").joinpath("catalogue.csv").read_text("utf-8")
    return [_item(number, row) for number, row in enumerate(csv.DictReader(text.splitlines()), start=1)]


def _item(number: int, row: dict[str, str]) -> DemoItem:
    texts = {name: row[name] for name in ("sku", "name", "category", "unit", "code", "price", "pattern", "place")}
    return DemoItem(
        number=number,
        box=int(row["box"]),
        shelf_days=int(row["shelf_days"]),
        weekly=float(row["weekly"]),
        supplier=row["supplier"],
        lead_days=int(row["lead"]),
        **texts,
    )


def as_sheet(items: Sequence[DemoItem]) -> Sheet:
    """The catalogue as a file to import, a line for each code."""
    header = known_columns("items")
    rows: list[tuple[int, list[str]]] = []
    for item in items:
        for cells in _rows(item):
            rows.append((len(rows) + 2, [cells.get(name, "") for name in header]))
    return Sheet(tuple(header), rows, MADE_FOR.ljust(64, "-"))


def _rows(item: DemoItem) -> list[dict[str, str]]:
    first = {
        "sku": item.sku,
        "name": item.name,
        "unit": item.unit,
        "category": item.category,
        "rotation": item.rotation,
        "tracking": "lot" if item.is_tracked_by_lot else "counted",
        "lot_required": "yes" if item.code == "vaccine" else "no",
        "expiry_required": "yes" if item.code in {"vaccine", "ndc"} else "no",
        "shelf_life_days": str(item.shelf_days) if item.shelf_days else "",
        "reorder_point": str(item.reorder_point),
        "par_level": str(item.par_level),
        "supplier": item.supplier,
        "supplier_sku": f"{item.supplier[:2].upper()}-{4000 + item.number}",
        "pack_quantity": str(item.box),
        "lead_time_days": str(item.lead_days),
        "price": item.price,
    }
    box = {"units_received": str(item.box), "units_used": "1"}
    if item.code in {"gtin", "vaccine"}:
        unit = {"sku": item.sku, "gtin": item.gtin(0)}
        return [{**first, **box, "gtin": item.box_gtin}, *([unit] if item.box > 1 else [])]
    return [{**first, **box, "code": item.other_code}] if item.other_code else [first]
