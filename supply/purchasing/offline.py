"""The same reorder rule on CSV files, without a database: for offices that only want the sums, and for simulations.

Must never guess at a wrong row: a negative or repeated day of usage is refused by its line.
"""

import csv
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from supply.errors import Invalid
from supply.replenishment.rule import Coming, ItemNow, ReorderRules, Suggestion, UsableLot, suggest

Value = TypeVar("Value")
SAFETY_FACTOR = 2.05
MOST = 1e12
EXPLAINED = (
    *("item_id", "quantity", "packs", "usable", "on_order", "late", "expiring", "position", "order_at", "order_up_to"),
    *("use_per_week", "deviation_per_day", "days_of_history", "lead_days", "lead_deviation", "lead_quoted"),
    *("deliveries", "most_within_shelf_life", "days_left", "flags"),
)


def suggest_from_csv(directory: Path, today: date) -> None:
    """Read items, usage, lots, on_order and leads from a folder; write suggestions.csv and explanations.csv there.

    Usage may include `today`: what is suggested is for the end of it. Raises Invalid naming file and line.
    """
    usage = _usage(directory / "usage.csv", today)
    lots, coming, leads = _lots(directory, today), _coming(directory, today), _leads(directory)
    suggested = []
    for row in _rows(directory / "items.csv"):
        key = row.text("item_id")
        rules = ReorderRules(row.whole("review_days", 1), row.whole("cover_days", 1), SAFETY_FACTOR)
        item = ItemNow(
            use=usage.get(key, []),
            pack=row.whole("pack", 1),
            quoted_lead_days=row.whole("lead_nominal_days", 0),
            lots=tuple(lots[key]),
            coming=tuple(coming[key]),
            lead_samples=leads[key],
            shelf_life_days=row.whole_or_none("shelf_life_days", 1),
            guess=row.number_or_none("guess"),
        )
        suggested.append((key, suggest(item, rules)))
    _write(directory / "suggestions.csv", ("item_id", "qty"), [(key, one.quantity) for key, one in suggested])
    _write(directory / "explanations.csv", EXPLAINED, [(key, *_explained(one)) for key, one in suggested])


class _Row:
    """One row of a file, whose cells are read with the file's name and line at hand."""

    def __init__(self, path: Path, line: int, cells: dict[str, str]) -> None:
        self._where, self._cells = f"{path.name}, line {line}", cells

    def text(self, name: str) -> str:
        found = (self._cells.get(name) or "").strip()
        if not found:
            raise self.wrong(name, "is missing")
        return found

    def whole(self, name: str, least: int) -> int:
        found = self.number(name)
        if found != int(found) or found < least:
            raise self.wrong(name, f"is no whole number from {least} on")
        return int(found)

    def whole_or_none(self, name: str, least: int) -> int | None:
        return self.whole(name, least) if (self._cells.get(name) or "").strip() else None

    def number(self, name: str) -> float:
        found = self._as(name, float)
        if not 0 <= found < MOST:
            raise self.wrong(name, "is negative or far too large")
        return found

    def number_or_none(self, name: str) -> float | None:
        return self.number(name) if (self._cells.get(name) or "").strip() else None

    def day(self, name: str) -> date:
        return self._as(name, date.fromisoformat)

    def wrong(self, name: str, why: str) -> Invalid:
        return Invalid(f"{self._where}: {name} {why}.", code="bad_field")

    def _as(self, name: str, read: Callable[[str], Value]) -> Value:
        text = self.text(name)
        try:
            return read(text)
        except ValueError as error:
            raise self.wrong(name, f"cannot be {text[:40]!r}") from error


@contextmanager
def _reading(path: Path) -> Iterator[Iterator[list[str]]]:
    """The rows of a file. Raises Invalid (bad_file) for one that cannot be read."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            yield csv.reader(file)
    except OSError as error:
        raise Invalid(f"{path} cannot be read: {error.strerror}.", code="bad_file") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise Invalid(f"{path.name} is no readable CSV file.", code="bad_file") from error


def _rows(path: Path) -> Iterator[_Row]:
    with _reading(path) as rows:
        header = next(rows, [])
        for line, cells in enumerate(rows, start=2):
            if cells:
                yield _Row(path, line, dict(zip(header, cells, strict=False)))


def _usage(path: Path, today: date) -> dict[str, list[float]]:
    """Units per day from an item's first day to its last one in the file, by item; days without a row are 0."""
    days: dict[str, dict[int, float]] = defaultdict(dict)
    for key, day, issued in _days_of_use(path, today):
        days[key][day] = issued
    return {
        key: [of.get(day, 0.0) for day in range(min(of), max(*of, today.toordinal() - 1) + 1)]
        for key, of in days.items()
    }


def _days_of_use(path: Path, today: date) -> Iterator[tuple[str, int, float]]:
    """Item, day (ordinal) and units of each row. A long simulation reads millions: what is right is read at once, and
    only what is not is looked at cell by cell."""
    seen: set[tuple[str, int]] = set()
    ordinals: dict[str, int] = {}
    last = today.toordinal()
    with _reading(path) as rows:
        header = next(rows, [])
        named = [header.index(name) if name in header else -1 for name in ("item_id", "date", "issued")]
        key_at, day_at, issued_at = named if min(named) >= 0 else (-1, len(header), len(header))
        for line, cells in enumerate(rows, start=2):
            try:
                key, text, issued = cells[key_at], cells[day_at], float(cells[issued_at])
                day = ordinals.get(text) or ordinals.setdefault(text, date.fromisoformat(text).toordinal())
                is_right = bool(key) and key == key.strip() and day <= last and 0 <= issued < MOST
            except (ValueError, IndexError):
                is_right = False
            if not cells:
                continue
            if not is_right:
                key, day, issued = _strictly(_Row(path, line, dict(zip(header, cells, strict=False))), today)
            if (key, day) in seen:
                raise Invalid(f"{path.name}, line {line}: date is there already for this item.", code="bad_field")
            seen.add((key, day))
            yield key, day, issued


def _strictly(row: _Row, today: date) -> tuple[str, int, float]:
    key, day, issued = row.text("item_id"), row.day("date"), row.number("issued")
    if day > today:
        raise row.wrong("date", "is still to come")
    return key, day.toordinal(), issued


def _lots(directory: Path, today: date) -> dict[str, list[UsableLot]]:
    """Lots that may still be used after `today`; an expiry is the last day of use."""
    found: dict[str, list[UsableLot]] = defaultdict(list)
    for row in _rows(directory / "lots.csv"):
        days = (row.day("expiry") - today).days
        if days > 0:
            found[row.text("item_id")].append(UsableLot(int(row.number("qty")), days))
    return found


def _coming(directory: Path, today: date) -> dict[str, list[Coming]]:
    found: dict[str, list[Coming]] = defaultdict(list)
    for row in _rows(directory / "on_order.csv"):
        found[row.text("item_id")].append(Coming(int(row.number("qty")), (today - row.day("order_date")).days))
    return found


def _leads(directory: Path) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for row in _rows(directory / "leads.csv"):
        found[row.text("item_id")].append(row.whole("days", 0))
    return found


def _explained(one: Suggestion) -> tuple[Any, ...]:
    return (
        *(one.quantity, one.packs, one.usable, one.coming, one.late, one.expiring, one.position),
        *(round(one.order_at, 2), round(one.order_up_to, 2), round(one.demand.per_week, 3)),
        *(round(one.demand.deviation, 3), one.demand.days, round(one.lead.mean, 2), round(one.lead.deviation, 2)),
        *(one.lead.quoted, one.lead.deliveries, None if one.most is None else round(one.most, 1)),
        *(None if one.days_left is None else round(one.days_left, 1), " ".join(one.flags)),
    )


def _write(path: Path, header: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
