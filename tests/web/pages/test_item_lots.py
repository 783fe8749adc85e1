"""The lots of an item: their order, hold and release, and correcting the book."""

from uuid import uuid4

import pytest

from supply.staff.permissions import Role
from supply.stock.item_sheet import item_sheet
from tests.factories import Office, gs1
from tests.web.pages.conftest import VACCINE, lot_id, notice_undo


def test_lots_stand_in_the_order_they_will_leave_and_barred_ones_last(stocked: Office, browse) -> None:
    page = browse(Role.nurse).get("/items/VAX-FLU").text
    order = [page.index(f">Lot {number}</h3>") for number in ("F1", "F2", "F0", "F3")]
    assert order == sorted(order)
    assert page.count("Use first") == 1
    assert page.index("Lot F1</h3>") < page.index("Use first") < page.index("Lot F2</h3>")
    assert "2027-MAR (last day)" in page
    assert "Recalled: do not use." in page
    assert "Hold or correct" not in page


def test_a_lot_is_held_with_a_reason_and_the_undo_lets_it_go(stocked: Office, browse) -> None:
    browser, held = browse(Role.manager), lot_id(stocked, "F1")
    page = browser.follow(f"/items/VAX-FLU/lots/{held}/state", state="held", reason="fridge was warm")
    assert "The lot is on hold." in page
    assert "fridge was warm" in page
    assert stocked.scan(gs1(VACCINE, lot="F1"), location="FRIDGE").answer["code"] == "quarantined_lot"
    browser.follow(notice_undo(page))
    assert stocked.scan(gs1(VACCINE, lot="F1"), location="FRIDGE").status == 201


@pytest.mark.parametrize("fields", [{"state": "held"}, {"state": "lost", "reason": "x"}, {"reason": "x"}])
def test_holding_needs_a_reason_and_a_state(stocked: Office, browse, fields: dict[str, str]) -> None:
    key = lot_id(stocked, "F1")
    answer = browse(Role.manager).post(f"/items/VAX-FLU/lots/{key}/state", lot_key=f"{key}-FRIDGE", **fields)
    assert answer.status_code == 422
    assert "Please check this" in answer.text
    assert f'href="#at-{key}-FRIDGE-' in answer.text
    assert stocked.scan(gs1(VACCINE, lot="F1"), location="FRIDGE").status == 201


def test_a_count_corrects_the_book_once_however_often_it_is_sent(stocked: Office, browse) -> None:
    browser, key, lot = browse(Role.manager), str(uuid4()), lot_id(stocked, "A1")
    form = {"request_id": key, "location": "STOREROOM", "counted": "7", "reason": "found on the floor"}
    page = browser.follow(f"/items/GLOVE-M/lots/{lot}/counted", **form)
    assert "Corrected by −3." in page
    assert "Corrected by −3." in browser.follow(f"/items/GLOVE-M/lots/{lot}/counted", **form)
    assert stocked.stock("GLOVE-M")["A1"] == 7
    browser.follow(notice_undo(page))
    assert stocked.stock("GLOVE-M")["A1"] == 10
    assert browser.post(notice_undo(page)).status_code == 409
    assert stocked.faults() == []


def test_a_form_sent_again_with_another_reason_is_not_taken_for_the_same(stocked: Office, browse) -> None:
    browser, lot = browse(Role.manager), lot_id(stocked, "A1")
    form = {"request_id": str(uuid4()), "location": "STOREROOM", "counted": "7", "reason": "found on the floor"}
    browser.follow(f"/items/GLOVE-M/lots/{lot}/counted", **form)
    assert browser.post(f"/items/GLOVE-M/lots/{lot}/counted", **form | {"reason": "broken"}).status_code == 409
    assert stocked.stock("GLOVE-M")["A1"] == 7


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"counted": "-1"}, "Type how many stand there"),
        ({"counted": "many"}, "Type how many stand there"),
        ({"counted": "10"}, "The book says 10 too"),
        ({"reason": ""}, "Say why the book was wrong"),
        ({"location": "NOWHERE"}, "There is no place"),
        ({"request_id": "x"}, "This form is incomplete"),
    ],
)
def test_a_correction_that_cannot_be_right_changes_nothing(stocked: Office, browse, changed, sentence) -> None:
    form = {"request_id": str(uuid4()), "location": "STOREROOM", "counted": "7", "reason": "x"} | changed
    answer = browse(Role.manager).post(f"/items/GLOVE-M/lots/{lot_id(stocked, 'A1')}/counted", **form)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert stocked.stock("GLOVE-M")["A1"] == 10


@pytest.mark.parametrize("role", [Role.nurse, Role.receiver, Role.waste, Role.auditor, Role.admin])
def test_only_a_manager_holds_and_corrects(stocked: Office, browse, role: Role) -> None:
    browser, lot = browse(role), lot_id(stocked, "A1")
    assert browser.post(f"/items/GLOVE-M/lots/{lot}/state", state="held", reason="x").status_code == 403
    assert browser.post(f"/items/GLOVE-M/lots/{lot}/counted", counted="1", reason="x").status_code == 403
    assert browser.post(f"/items/GLOVE-M/corrections/{uuid4()}/undo").status_code == 403


def test_a_lot_of_another_item_is_not_found_here(stocked: Office, browse) -> None:
    lot = lot_id(stocked, "A1")
    assert browse(Role.manager).post(f"/items/VAX-FLU/lots/{lot}/state", state="held", reason="x").status_code == 404
    assert browse(Role.manager).post(f"/items/VAX-FLU/corrections/{uuid4()}/undo").status_code == 404


def test_a_form_without_its_token_is_refused(stocked: Office, browse) -> None:
    browser = browse(Role.manager)
    answer = browser.client.post(f"/items/GLOVE-M/lots/{lot_id(stocked, 'A1')}/state", data={"state": "held"})
    assert answer.status_code == 403


def test_the_sheet_knows_an_item_that_never_moved(room: Office, today) -> None:
    room.item("SWAB", gtin=None, name="Swabs")
    with room.db.read_session() as session:
        sheet = item_sheet(session, "swab", today=today, soon_days=30)
    assert (sheet.has_moved, sheet.lots, sheet.rotation, sheet.standing.state) == (False, (), "fifo", "none")
