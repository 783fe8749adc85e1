"""The board of waste containers and the page of one: who may do what, what is said, what a refusal keeps."""

import re
from uuid import uuid4

import pytest

from supply.staff.people import find_actor
from supply.staff.permissions import Role
from tests.factories import GLOVES, SYRINGES, Office, gs1
from tests.waste_office import book, hand_over, open_container, sealed_container, set_up_waste
from tests.web.pages.conftest import VACCINE, Browser, notice_undo

PAGE = "/waste/containers/W-000001"


def throw_in(browser: Browser, barcode: str, **fields: str) -> str:
    """One scan through the plain form, and the page after it."""
    return browser.follow(f"{PAGE}/scan", request_id=str(uuid4()), barcode=barcode, **fields)


def test_an_empty_board_leads_to_the_first_container(room: Office, browse) -> None:
    page = browse(Role.nurse).get("/waste").text
    assert "No container stands here" in page
    assert "/waste/containers/new" in page


def test_the_board_shows_the_worst_first_with_its_age_in_words(room: Office, browse) -> None:
    room.later(days=-45)
    old = open_container(room, "REDBAG")
    room.later(days=20)
    near = open_container(room, "REDBAG")
    room.later(days=24)
    fresh = open_container(room, "REDBAG", put_in=None)
    room.later(days=1)
    page = browse(Role.waste).get("/waste").text
    assert [page.index(f">{number}<") for number in (old, near, fresh)] == sorted(
        page.index(f">{number}<") for number in (old, near, fresh)
    )
    assert "1 container is over the limit" in page
    assert 'aria-label="45 of 30 days used, 15 days over"' in page
    assert 'aria-label="25 of 30 days used, 5 days left"' in page
    assert 'aria-label="Its clock has not started"' in page
    for words in ("Over its limit", "Near its limit", "Verify this limit", "Seal it and book a pickup", ">45 d<"):
        assert words in page


def test_a_nurse_opens_a_container_and_notes_what_went_in(room: Office, browse) -> None:
    browser = browse(Role.nurse)
    page = browser.follow("/waste/containers", stream="SHARPS", location="STOREROOM")
    assert "Throw into W-000001" in page
    assert "Put its label on now." in page
    page = browser.follow(f"{PAGE}/note", text="Used lancets", is_sharps="")
    assert "Noted in W-000001." in page
    assert "Used lancets" in page
    assert "Seal it" not in page.replace("Seal it next", "")
    assert browser.post(f"{PAGE}/seal", weight="12", unit="lb").status_code == 403


def test_a_container_can_be_labelled_before_it_is_used_and_cancelled(room: Office, browse) -> None:
    browser = browse(Role.waste)
    page = browser.follow("/waste/containers", stream="REDBAG", location="STOREROOM", label_only="yes")
    assert "Put it in use" in page
    refused = browser.post(f"{PAGE}/void", reason="")
    assert refused.status_code == 422
    assert "problem-summary" in refused.text
    page = browser.follow(f"{PAGE}/void", reason="Box was torn")
    assert "Box was torn" in page
    assert "Cancelled" in page
    assert "W-000001" in browser.get("/waste/containers").text
    used = browser.follow("/waste/containers", stream="REDBAG", location="STOREROOM")
    assert "Throw into W-000002" in used
    assert browser.post("/waste/containers/W-000002/void", reason="x").status_code == 409


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"stream": "", "location": "STOREROOM"}, "Choose what kind of waste it is for."),
        ({"stream": "SHARPS", "location": ""}, "Choose where it stands."),
        ({"stream": "SHARPS", "location": "STOREROOM", "weight_limit": "much", "unit": "lb"}, "Type the weight"),
    ],
)
def test_what_is_missing_stands_beside_its_field(room: Office, browse, fields: dict[str, str], sentence: str) -> None:
    answer = browse(Role.waste).post("/waste/containers", package="drum", **fields)
    assert answer.status_code == 422
    assert answer.text.count(sentence) == 2
    assert 'value="drum"' in answer.text


def test_one_scan_throws_an_expired_lot_in_and_can_be_undone(stocked: Office, browse) -> None:
    open_container(stocked)
    browser = browse(Role.manager)
    page = throw_in(browser, gs1(VACCINE, lot="F0"), location="FRIDGE", reason="expired")
    assert "Lot F0" in page
    assert stocked.stock("VAX-FLU").get("F0", 0) == 1
    page = browser.follow(notice_undo(page))
    assert stocked.stock("VAX-FLU")["F0"] == 2
    assert "Taken back" in browser.get(PAGE).text
    assert stocked.faults() == []


def test_the_same_form_sent_twice_throws_in_once(stocked: Office, browse) -> None:
    open_container(stocked)
    browser, key = browse(Role.waste), str(uuid4())
    for _ in range(2):
        browser.follow(f"{PAGE}/scan", request_id=key, barcode=gs1(SYRINGES, lot="S7"))
    assert stocked.stock("SYR-3")["S7"] == 7


def test_a_refused_scan_says_why_and_moves_nothing(stocked: Office, browse) -> None:
    open_container(stocked)
    browser = browse(Role.waste)
    answer = browser.post(f"{PAGE}/scan", request_id=str(uuid4()), barcode="")
    assert (answer.status_code, "Scan the code" in answer.text) == (422, True)
    answer = browser.post(f"{PAGE}/scan", request_id=str(uuid4()), barcode=gs1(GLOVES), location="NOWHERE")
    assert answer.status_code == 422
    assert "Not thrown in" in answer.text
    assert stocked.stock() == {"A1": 10, "B2": 20}


def test_a_sealed_container_takes_nothing_and_is_weighed_again_or_moved(stocked: Office, browse) -> None:
    sealed_container(stocked)
    browser = browse(Role.waste)
    answer = browser.post(f"{PAGE}/scan", request_id=str(uuid4()), barcode=gs1(SYRINGES, lot="S7"))
    assert answer.status_code in (409, 422)
    assert stocked.stock("SYR-3")["S7"] == 8
    assert "Scan what you throw away" not in browser.get(PAGE).text
    assert "13.2 lb (6.0 kg)" in browser.follow(f"{PAGE}/weigh", weight="6", unit="kg")
    assert "<dd>Fridge</dd>" in browser.follow(f"{PAGE}/move", location="FRIDGE")


def test_sealing_wants_a_weight_and_keeps_what_was_typed(room: Office, browse) -> None:
    open_container(room)
    browser = browse(Role.waste)
    answer = browser.post(f"{PAGE}/seal", weight="heavy", unit="kg")
    assert answer.status_code == 422
    assert "Type the weight as a number above 0" in answer.text
    assert 'value="heavy"' in answer.text
    assert re.search(r'value="kg" checked', answer.text)
    page = browser.follow(f"{PAGE}/seal", weight="12.5", unit="lb")
    assert "W-000001 is sealed" in page
    assert "12.5 lb (5.7 kg)" in page


def test_swapping_seals_the_full_one_and_opens_its_successor(room: Office, browse) -> None:
    open_container(room)
    browser = browse(Role.waste)
    assert "W-000001 is full. Seal it next." in browser.follow(f"{PAGE}/full")
    page = browser.follow(f"{PAGE}/seal", weight="9", unit="lb", swap="yes")
    assert "Throw into W-000002" in page
    assert ">W-000001</a>" in page
    assert browser.post(f"{PAGE}/seal", weight="9", unit="lb", swap="yes").status_code == 409


def test_a_wrong_note_is_taken_back_and_both_stay_to_be_read(room: Office, browse) -> None:
    open_container(room)
    browser = browse(Role.nurse)
    page = browser.follow(f"{PAGE}/note", text="Gauze", is_sharps="no")
    page = browser.follow(notice_undo(page))
    assert "The note is taken back." in page
    assert "Gauze" in page
    assert page.count("<span>Taken back</span>") == 1
    assert browser.post(f"{PAGE}/entries/99/take-back").status_code == 404


def test_what_no_hauler_takes_is_closed_with_where_it_went(room: Office, browse) -> None:
    sealed_container(room, "EXPIRED_SUPPLY")
    browser = browse(Role.waste)
    assert "It has gone without a shipping paper" in browser.get(PAGE).text
    assert browser.post(f"{PAGE}/close", how="").status_code == 422
    assert "Trash, 2026-11-23" in browser.follow(f"{PAGE}/close", how="Trash, 2026-11-23")
    sealed_container(room)
    assert "without a shipping paper" not in browser.get("/waste/containers/W-000002").text


def test_an_auditor_reads_and_a_receiver_does_not(room: Office, browse) -> None:
    open_container(room)
    auditor = browse(Role.auditor)
    page = auditor.get(PAGE).text
    assert "Used lancets" in page
    assert "<form" not in page.split("<main")[1]
    assert auditor.post(f"{PAGE}/note", text="x").status_code == 403
    assert browse(Role.receiver).get("/waste").status_code == 403


def test_what_has_left_is_found_in_the_history(room: Office, browse, office) -> None:
    set_up_waste(room, trained=office.ids[Role.waste])
    browser = browse(Role.waste)
    actor = room.db.transact(lambda session: find_actor(session, "waste"))
    hand_over(room, book(room, sealed_container(room)), actor)
    assert "W-000001, Sharps" in browser.get("/waste/containers").text
    assert "No container stands here" in browser.get("/waste").text
    assert browser.get("/waste/containers/W-000099").status_code == 404
