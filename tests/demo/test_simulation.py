"""The story behind the demonstration office: pure, so it can be looked at day by day."""

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta

import pytest

from supply.demo import catalogue
from supply.demo.seasons import is_open, season
from supply.demo.simulation import Stream, simulate

DAYS = [date(2026, 11, 23) - timedelta(days=n) for n in range(3 * 365, 0, -1)]
ITEMS = {item.sku: item for item in catalogue.load()}


def three_years(sku: str) -> Stream:
    return simulate(ITEMS[sku], owner="office", weekly=ITEMS[sku].weekly, days=DAYS)


@pytest.mark.parametrize("sku", ["GLV-NIT-M", "VAC-FLU-ADULT", "TST-FLUAB", "INJ-EPI-1", "PAP-CUP"])
def test_no_lot_ever_leaves_a_place_more_often_than_it_came(sku: str) -> None:
    stream = three_years(sku)
    held: dict[tuple[int, str], int] = defaultdict(int)
    for move in sorted(stream.moves, key=lambda move: move.day):
        held[move.lot, move.target] += move.quantity
        if move.source not in {"SUPPLIER", "VARIANCE"}:
            held[move.lot, move.source] -= move.quantity
            assert held[move.lot, move.source] >= 0
    home = ITEMS[sku].place
    assert [lot.left for lot in stream.lots] == [held[n, home] for n in range(len(stream.lots))]


def test_the_flu_is_a_winter_and_vaccination_an_autumn() -> None:
    used: dict[str, dict[int, int]] = {"flu": defaultdict(int), "vaccine": defaultdict(int)}
    for kind, sku in (("flu", "TST-FLUAB"), ("vaccine", "VAC-FLU-ADULT")):
        for move in three_years(sku).moves:
            if move.kind == "issue":
                used[kind][move.day.month] += move.quantity
    assert used["flu"][1] > 3 * used["flu"][7]
    assert used["vaccine"][10] > 3 * used["vaccine"][4]


def test_slow_items_move_now_and_then_only() -> None:
    used = {move.day for move in three_years("INJ-EPI-1").moves if move.kind == "issue"}
    assert 5 < len(used) < 80


def test_nobody_uses_what_has_expired() -> None:
    stream = three_years("VAC-FLU-ADULT")
    for move in stream.moves:
        expiry = stream.lots[move.lot].expiry
        assert move.kind != "issue" or expiry is None or move.day <= expiry


def test_another_owners_stock_tells_another_story() -> None:
    item = ITEMS["VAC-MMR"]
    office = simulate(item, owner="office", weekly=item.weekly, days=DAYS)
    programme = simulate(item, owner="vfc", weekly=item.weekly, days=DAYS)
    assert {lot.number for lot in office.lots}.isdisjoint(lot.number for lot in programme.lots)


def test_the_office_is_closed_at_weekends_and_on_holidays() -> None:
    closed = [date(2026, 11, 26), date(2026, 11, 27), date(2026, 9, 7), date(2026, 5, 25), date(2026, 7, 4)]
    assert not any(is_open(day) for day in [*closed, date(2026, 11, 22)])
    assert is_open(date(2026, 11, 23))
    assert season("steady", date(2026, 1, 1)) == 1.0


def test_skus_are_unique_and_par_is_above_the_reorder_point() -> None:
    items = catalogue.load()
    assert len({item.sku for item in items}) == len(items) >= 150
    assert all(item.par_level > item.reorder_point >= 1 for item in items)
    assert len({item.gtin(0) for item in items} | {item.gtin(1) for item in items}) == 2 * len(items)
    assert replace(items[0], number=7).gtin(0).startswith("0952")
