"""One cell: what it means, and what is refused rather than guessed."""

from datetime import date

import pytest

from supply.exchange import cells
from supply.exchange.cells import BadCell


@pytest.mark.parametrize(
    ("cell", "value"),
    [("0", 0), ("12", 120_000), ("12.5", 125_000), ("0.1281", 1_281), ("999999999999.9999", 9_999_999_999_999_999)],
)
def test_an_amount_is_exact_to_its_fourth_decimal(cell: str, value: int) -> None:
    assert cells.money(cell) == value


@pytest.mark.parametrize("cell", ["-1", "1,50", "$3", "1.23456", "1e3", "", "NaN", ".5", "٣"])
def test_what_is_no_plain_amount_is_refused(cell: str) -> None:
    with pytest.raises(BadCell):
        cells.money(cell)


def test_a_month_means_its_last_day_and_says_so() -> None:
    assert (cells.expiry("2028-02").on, cells.expiry("2028-02").precision) == (date(2028, 2, 29), "month")
    assert (cells.expiry("2028-02-01").on, cells.expiry("2028-02-01").precision) == (date(2028, 2, 1), "day")


@pytest.mark.parametrize("cell", ["2028-13", "2028-00", "2027-02-29", "28-02-01", "02/2028", "2028", "9999-01"])
def test_what_is_no_date_is_refused(cell: str) -> None:
    with pytest.raises(BadCell):
        cells.expiry(cell)


@pytest.mark.parametrize("cell", ["9.52E+12", "1E5", "9,52e12"])
def test_a_code_that_a_spreadsheet_rounded_is_refused(cell: str) -> None:
    with pytest.raises(BadCell, match="rounded by a spreadsheet"):
        cells.code_text(cell)


@pytest.mark.parametrize(("cell", "value"), [("yes", True), ("NO", False), ("True", True), ("0", False)])
def test_yes_and_no_are_read_whatever_their_spelling(cell: str, value: bool) -> None:
    assert cells.yes_no(cell) is value


@pytest.mark.parametrize("cell", ["1.0", "x", "1 000", "-1", "11", "²"])
def test_a_whole_number_outside_its_bounds_is_refused(cell: str) -> None:
    with pytest.raises(BadCell, match="from 0 to 10"):
        cells.whole(0, 10)(cell)
