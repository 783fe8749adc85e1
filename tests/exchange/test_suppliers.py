"""Importing suppliers."""

import pytest

from supply.errors import NotAllowed
from supply.exchange import columns
from supply.exchange.faults import BadImport
from supply.purchasing.suppliers import find_supplier, suppliers
from supply.staff.permissions import Role
from tests.factories import Office
from tests.purchasing.buying import Buying

FILE = "code,name,email,phone,lead_time_days\nHARBOR,Harbor Medical,orders@harbor.example,+1 555 0100,4\n"


def test_suppliers_are_added_and_changed_and_an_empty_cell_changes_nothing(office: Office, imports) -> None:
    first = imports("suppliers", FILE)
    assert (first.added, first.changed) == (1, 0)
    again = imports("suppliers", "code,name,phone,lead_time_days\nharbor,Harbor Inc,,9\nBLUE,Bluebird,,\n")
    assert (again.added, again.changed, again.unchanged) == (1, 1, 0)
    with office.db.read_session() as session:
        row = find_supplier(session, "HARBOR")
    assert (row.name, row.phone, row.lead_time_days, row.email) == (
        "Harbor Inc",
        "+1 555 0100",
        9,
        "orders@harbor.example",
    )


def test_the_same_file_again_changes_nothing(imports) -> None:
    imports("suppliers", FILE)
    assert imports("suppliers", FILE).unchanged == 1


def test_a_supplier_that_items_named_gets_its_code(office: Office, imports) -> None:
    buying = Buying(office)
    buying.item()
    buying.check()
    assert imports("suppliers", FILE).changed == 1
    with office.db.read_session() as session:
        assert [(one.code, one.name) for one in suppliers(session)] == [("HARBOR", "Harbor Medical")]
    buying.check()
    assert buying.line().supplier_id == 1


def test_two_of_one_name_are_said(imports) -> None:
    done = imports("suppliers", "code,name\nA,Harbor\nB,harbor\n")
    assert done.warnings == ("Line 3: A is called harbor too.",)


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ("A,,,,", "is new here and needs a name"),
        ("A,Aa,,,\na,Bb,,,", "is on line 3 already"),
        (",Aa,,,", "it is missing"),
        ("A,Aa,nobody,,", "is no mail address"),
        ("A,Aa,,,soon", "no whole number"),
        ("A,Aa,,,731", "no whole number from 0 to 730"),
    ],
)
def test_a_wrong_row_is_named_and_nothing_is_kept(office: Office, imports, lines: str, reason: str) -> None:
    with pytest.raises(BadImport, match=reason):
        imports("suppliers", f"code,name,email,phone,lead_time_days\nGOOD,Good,,,\n{lines}\n")
    with office.db.read_session() as session:
        assert suppliers(session) == []


def test_the_template_can_be_imported_as_it_is(imports) -> None:
    assert imports("suppliers", columns.template("suppliers")).added == 2


def test_only_who_may_purchase_imports_suppliers(office: Office, imports) -> None:
    with pytest.raises(NotAllowed):
        imports("suppliers", FILE, by=office.person("nora", Role.nurse))
