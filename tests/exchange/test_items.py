"""Importing the catalogue."""

import pytest
import sqlalchemy as sa

from supply.audit.models import AuditEntry
from supply.barcodes.gtin import check_digit
from supply.db import Database
from supply.errors import Invalid, NotAllowed
from supply.exchange.faults import BadImport
from supply.staff.permissions import Role
from supply.stock.catalog import find_item
from supply.stock.models import Item, ItemCode, Rotation, Tracking
from tests.exchange.conftest import Importing
from tests.factories import Office

BOX, CASE = "09520123456788", "19520123456785"


def count(db: Database, model: type) -> int:
    with db.read_session() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def item(db: Database, sku: str) -> Item:
    with db.read_session() as session:
        return find_item(session, sku)


def test_every_column_reaches_the_catalogue(either_office: Office, either_imports: Importing) -> None:
    done = either_imports(
        "items",
        "sku,name,unit,category,rotation,tracking,gtin,units_received,units_used,lot_required,expiry_required,"
        "shelf_life_days,reorder_point,par_level,supplier,supplier_sku,pack_quantity,lead_time_days,price\n"
        f"FLU,Flu vaccine,dose,Vaccines,FEFO,counted,{BOX},10,1,yes,no,365,20,60,Northfield,NF-8,10,7,189.0025\n",
    )
    assert (done.added, done.codes) == (1, 1)
    row = item(either_office.db, "FLU")
    assert (row.unit, row.rotation, row.tracking) == ("dose", Rotation.fefo, Tracking.counted)
    assert (row.lot_required, row.expiry_required, row.shelf_life_days) == (True, False, 365)
    assert (row.reorder_point, row.par_level, row.pack_quantity, row.lead_time_days) == (20, 60, 10, 7)
    assert (row.supplier, row.supplier_sku, row.price) == ("Northfield", "NF-8", 1_890_025)
    stored = either_office.scan(f"01{BOX}1728010110X", "receive")
    assert stored.answer["movements"][0]["quantity"] == 10
    assert either_office.faults() == []


def test_columns_that_are_left_out_have_their_defaults(office: Office, imports: Importing) -> None:
    imports("items", "name,sku\nTape,TAPE\n")
    row = item(office.db, "TAPE")
    assert (row.unit, row.rotation, row.tracking, row.lot_required) == ("each", None, Tracking.lot, False)
    with office.db.read_session() as session:
        assert find_item(session, "tape").sku == "TAPE"


def test_a_repeated_sku_adds_another_code(office: Office, imports: Importing) -> None:
    imports("items", f"sku,name,gtin,units_received,units_used\nA,Gloves,{BOX},1,1\na,,{CASE},100,\n")
    assert office.scan(CASE, "receive").answer["movements"][0]["quantity"] == 100
    assert office.scan(BOX, "use").answer["movements"][0]["quantity"] == 1
    assert (count(office.db, Item), count(office.db, ItemCode)) == (1, 2)


def test_a_code_of_another_kind_has_its_own_column(office: Office, imports: Importing) -> None:
    imports("items", "sku,name,code\nH,Hibc thing,'+A123BJC5D6E71G\nN,Drug,0777-3105-02\nP,Own number,CAB-77\n")
    for code, sku in (("+A123BJC5D6E71G", "H"), ("0777-3105-02", "N"), ("CAB-77", "P")):
        assert office.scan(code, "lookup").answer["item"]["sku"] == sku


def test_the_same_file_again_changes_nothing(office: Office, imports: Importing) -> None:
    text = f"sku,name,category,price,gtin,units_received\nA,Gloves,Gloves,6.40,{BOX},50\n"
    imports("items", text)
    again = imports("items", text)
    assert (again.added, again.changed, again.unchanged, again.codes) == (0, 0, 1, 0)


def test_a_known_item_is_changed_only_in_what_differs_and_empty_cells_change_nothing(
    office: Office, imports: Importing
) -> None:
    imports("items", f"sku,name,par_level,price,gtin,units_received\nA,Gloves,10,6.40,{BOX},50\n")
    done = imports("items", f"sku,name,par_level,price,gtin,units_received\na,,12,,{BOX},100\n")
    row = item(office.db, "A")
    assert (done.changed, row.name, row.par_level, row.price) == (1, "Gloves", 12, 64_000)
    assert office.scan(BOX, "receive").answer["movements"][0]["quantity"] == 100
    with office.db.read_session() as session:
        entry = session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "import.items")).all()[-1]
    assert '"par_level":[10,12]' in entry.details


def test_every_wrong_row_is_named_and_nothing_is_imported(office: Office, imports: Importing) -> None:
    with pytest.raises(BadImport) as refused:
        imports(
            "items",
            "sku,name,gtin,rotation,par_level,price\n"
            "GOOD,Good,,,,\n"
            "A,Aa,123,,,\n"
            "B,,,,,\n"
            "C,Cc,09520123456789,lifo,-3,1.23456\n"
            ",No number,,,,\n"
            "GOOD,Other name,,,,\n"
            "D,Dd,,,,,surplus\n",
        )
    said = {(row.line, row.column) for row in refused.value.rows}
    assert said == {
        (3, "gtin"), (4, "name"), (5, "gtin"), (5, "rotation"), (5, "par_level"), (5, "price"), (6, "sku"),
        (7, "sku"), (7, "name"), (8, None),
    }  # fmt: skip
    assert count(office.db, Item) == 0


def test_the_list_of_wrong_rows_ends_and_says_how_many_more(imports: Importing) -> None:
    with pytest.raises(BadImport) as refused:
        imports("items", "sku,name,par_level\n" + "".join(f"S{n},Name,x\n" for n in range(250)))
    assert (len(refused.value.rows), refused.value.more) == (200, 50)


def test_an_unknown_column_is_refused_by_name_with_the_nearest_known_one(imports: Importing) -> None:
    with pytest.raises(Invalid, match=r"reoder_point \(did you mean reorder_point\?\); colour"):
        imports("items", "sku,name,reoder_point,colour\nA,Aa,1,red\n")


@pytest.mark.parametrize(("text", "reason"), [("name\nA\n", "sku is missing"), ("sku,SKU\nA,A\n", "more than once")])
def test_a_missing_or_doubled_column_is_refused(imports: Importing, text: str, reason: str) -> None:
    with pytest.raises(Invalid, match=reason):
        imports("items", text)


def test_a_code_that_names_two_items_is_taken_and_said(office: Office, imports: Importing) -> None:
    done = imports("items", f"sku,name,gtin\nA,Aa,{BOX}\nB,Bb,{BOX}\n")
    assert "names both A and B" in done.warnings[0]
    assert office.scan(BOX, "use").answer["code"] == "ambiguous_code"


def test_units_per_scan_without_a_code_are_said_to_be_left_out(imports: Importing) -> None:
    assert "no code to scan" in imports("items", "sku,name,units_received\nA,Aa,10\n").warnings[0]


def test_only_who_keeps_the_catalogue_may_import_it(office: Office, imports: Importing) -> None:
    with pytest.raises(NotAllowed):
        imports("items", "sku,name\nA,Aa\n", by=office.person("nina", Role.nurse))
    imports("items", "sku,name\nA,Aa\n", by=office.person("max", Role.manager))


def test_thousands_of_rows_are_one_entry_in_the_audit_trail(office: Office, imports: Importing) -> None:
    codes = [f"0952{n:09d}" for n in range(2_000)]
    rows = "".join(f"S{n},Item {n},{code}{check_digit(code)}\n" for n, code in enumerate(codes))
    assert imports("items", "sku,name,gtin\n" + rows).added == 2_000
    with office.db.read_session() as session:
        entries = session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "import.items")).all()
    assert len(entries) == 1
    assert '"rows":2000' in entries[0].details
    assert office.faults() == []


def test_capitals_of_any_language_name_the_same_item(either_office: Office, either_imports: Importing) -> None:
    either_imports("items", "sku,name\nÉTÉ-1,Thé\n")
    assert either_imports("items", "sku,name\nété-1,Thé vert\n").changed == 1
    either_imports("stock", "sku,quantity\nÉté-1,3\n")
    assert either_office.stock("ÉTÉ-1") == {None: 3}
