"""Reading forms, money and days; and CSV that no spreadsheet takes for formulas."""

import csv
import doctest
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from supply.web import csv_text, entries, money
from supply.web.entries import Entries, EntriesWrong, day_from


@pytest.mark.parametrize("module", [csv_text, entries, money])
def test_the_examples_in_the_documentation_hold(module) -> None:
    assert doctest.testmod(module).failed == 0


def test_every_wrong_field_is_named_at_once() -> None:
    form = Entries(MultiDict({"name": " ", "count": "2.5", "price": "cheap", "until": "14/3/27", "request_id": "x"}))
    form.text("name", "Type a name.", most=9)
    form.whole("count", "A whole number.")
    form.money("price", "A price.")
    form.day("until", "A day.")
    form.key()
    with pytest.raises(EntriesWrong) as refused:
        form.check()
    assert set(refused.value.wrong) == {"name", "count", "price", "until", "request_id"}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("2027-03-14", date(2027, 3, 14)),
        ("2027-MAR-14", date(2027, 3, 14)),
        ("2027-02", date(2027, 2, 28)),
        ("2028-feb", date(2028, 2, 29)),
        ("2027-02-30", None),
        ("2027-13", None),
        ("2027-XYZ-01", None),
        ("0000-01-01", None),
        ("03/14/2027", None),
    ],
)
def test_a_day_is_read_one_way_only(typed: str, found: date | None) -> None:
    assert day_from(typed) == found


@given(st.text(max_size=40))
def test_no_text_becomes_a_formula_and_all_of_it_survives(text: str) -> None:
    written = csv_text.csv_text(("a",), [(text,)])
    ((_,), (cell,)) = list(csv.reader(io.StringIO(written.removeprefix("\ufeff"), newline="")))
    assert not cell.strip().startswith(tuple("=+-@＝＋－＠"))
    assert cell in (text, f"'{text}")


@given(st.integers(min_value=0, max_value=10**12))
def test_money_is_read_back_as_it_was_written(amount: int) -> None:
    assert money.money_from(money.money_text(amount) or "") == amount
