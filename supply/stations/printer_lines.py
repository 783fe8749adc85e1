"""The label printers of the stations: which there are, how the worker last saw them, their paper. Reads only."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.db import table_of
from supply.errors import Invalid, NotFound
from supply.labels import paper
from supply.labels.paper import Paper
from supply.stations.models import Device, Station

DRIVERS: Final = ("escpos-", "zpl-", "system")  # how the driver of every label printer begins
SYSTEM: Final = "system"
USUAL_PAPER: Final = "57x32"
SYSTEM_DOTS: Final = 300
# Labels of the sheets that are known by name, in whole millimetres; the driver knows where on the sheet they lie.
SHEETS: Final = {
    "letter-30": (66, 25),
    "letter-20": (101, 25),
    "letter-10": (101, 50),
    "letter-6": (101, 84),
    "a4-65": (38, 21),
    "a4-24": (63, 33),
    "a4-21": (63, 38),
    "a4-14": (99, 38),
    "a4-8": (99, 67),
}
READY: Final = "open"
FAILED: Final = ("failed", "reconnecting")
_D, _S = table_of(Device).c, table_of(Station).c


@dataclass(frozen=True)
class PrinterLine:
    """One active label printer. `state` is that of devices: `open` is ready, `closed` was not looked at yet."""

    id: int
    name: str
    station: str
    station_name: str
    station_mode: str
    state: str
    state_words: str
    last_activity_at: datetime | None
    paper: Paper

    @property
    def is_failed(self) -> bool:
        """Whether the worker looked and it was not ready."""
        return self.state in FAILED

    @property
    def paper_words(self) -> str:
        """The paper as people say it."""
        return paper_words(self.paper)


def printer_lines(session: Session, *, station_id: int | None = None) -> list[PrinterLine]:
    """Every active printer, or those of one station; those that are ready first, then by number."""
    statement = sa.select(
        _D.id,
        _D.name,
        _S.code.label("station"),
        _S.name.label("station_name"),
        _S.mode.label("station_mode"),
        _D.state,
        _D.state_words,
        _D.last_activity_at,
        _D.driver,
        _D.settings,
    ).join(table_of(Station), _S.id == _D.station_id)
    is_printer = sa.or_(*(_D.driver.startswith(beginning, autoescape=True) for beginning in DRIVERS))
    statement = statement.where(_D.is_active, _S.is_active, is_printer)
    if station_id is not None:
        statement = statement.where(_D.station_id == station_id)
    rows = session.execute(statement.order_by(_D.state != READY, _D.id))
    return [_line(row) for row in rows]


def printer_named(session: Session, name: str) -> PrinterLine:
    """The printer of that name. Raises NotFound, which names those there are."""
    lines = printer_lines(session)
    found = next((line for line in lines if line.name == name), None)
    if found is None:
        known = ", ".join(line.name for line in lines[:6])
        there = f"Printers here: {known}." if known else "No label printer is set up yet."
        raise NotFound(f"There is no label printer {name[:60]!r}. {there}")
    return found


def _line(row: Any) -> PrinterLine:
    shown = dict(row._mapping)
    driver, settings = shown.pop("driver"), json.loads(shown.pop("settings"))
    return PrinterLine(**shown, paper=paper_of(settings, driver=driver))


def paper_of(settings: Mapping[str, Any], *, driver: str = "") -> Paper:
    """The paper that a printer's settings name, by size, by name or by sheet; 57 × 32 mm where they say nothing."""
    dots = {key: settings[key] for key in ("dots_per_inch", "printable_dots") if settings.get(key) is not None}
    if driver == SYSTEM:
        dots.setdefault("dots_per_inch", SYSTEM_DOTS)
    try:
        if settings.get("width_mm") is not None:
            return Paper(settings["width_mm"], settings.get("height_mm"), **dots)
        if not settings.get("paper") and settings.get("sheet") in SHEETS:
            return Paper(*SHEETS[settings["sheet"]], **dots)
        return paper.named(str(settings.get("paper") or USUAL_PAPER), **dots)
    except (Invalid, TypeError):
        return paper.named(USUAL_PAPER)


def paper_words(lying: Paper) -> str:
    """A size of paper as people say it; of a label on a sheet, the sheet too.

    >>> paper_words(Paper(57, 32)), paper_words(Paper(58, None)), paper_words(paper.named("sheet 5160"))
    ('57 × 32 mm', 'roll of 58 mm', 'sheet 5160, 66 × 25 mm')
    """
    size = f"{lying.width_mm} × {lying.height_mm} mm"
    return (
        f"roll of {lying.width_mm} mm" if lying.height_mm is None else f"{lying.sheet}, {size}" if lying.sheet else size
    )
