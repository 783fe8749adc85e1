"""Importing usage of the past."""

from datetime import date

import pytest
import sqlalchemy as sa

from supply.exchange.faults import BadImport
from supply.stock.models import DailyUsage
from tests.exchange.conftest import Importing
from tests.factories import Office


def used(office: Office) -> list[tuple[date, str, int]]:
    with office.db.read_session() as session:
        rows = session.scalars(sa.select(DailyUsage).order_by(DailyUsage.used_on, DailyUsage.department))
        return [(row.used_on, row.department, row.quantity) for row in rows]


def test_rows_about_one_day_are_added_and_what_was_there_is_replaced(
    either_office: Office, either_imports: Importing
) -> None:
    either_office.item("A", gtin=None)
    header = "sku,date,quantity,department\n"
    first = either_imports("usage", header + "A,2026-03-02,3,Lab\nA,2026-03-02,4,Lab\nA,2026-03-02,1,\n")
    assert (first.rows, first.added) == (3, 2)
    assert used(either_office) == [(date(2026, 3, 2), "", 1), (date(2026, 3, 2), "Lab", 7)]
    again = either_imports("usage", header + "A,2026-03-02,9,Lab\nA,2026-03-02,1,\nA,2026-03-03,0,\n")
    assert (again.added, again.changed, again.unchanged) == (1, 1, 1)
    assert used(either_office) == [(date(2026, 3, 2), "", 1), (date(2026, 3, 2), "Lab", 9), (date(2026, 3, 3), "", 0)]
    assert either_office.movements() == []
    assert either_office.faults() == []


def test_every_wrong_row_is_named_and_nothing_is_kept(office: Office, imports: Importing) -> None:
    office.item("A", gtin=None)
    with pytest.raises(BadImport) as refused:
        imports("usage", "sku,date,quantity,location\nA,2026-11-24,1,\nX,2026-03-02,-1,ATTIC\nA,2026-03-02,1,\nA,,2,\n")
    said = {(row.line, row.column) for row in refused.value.rows}
    assert said == {(2, "date"), (3, "quantity"), (3, "sku"), (3, "location"), (5, "date")}
    assert used(office) == []
