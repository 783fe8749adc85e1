"""Papers of waste: read before they are signed, refused without training, frozen, chased, settled, voided, replaced."""

import base64

import pytest

from supply.staff.people import find_actor
from supply.staff.permissions import Role
from tests.documents.papers import drawing, missing_or_out_of_order, text_of
from tests.factories import Office
from tests.waste_office import book, hand_over, sealed_container, set_up_waste, train
from tests.web.pages.conftest import Browser

PAGE = "/waste/papers/M-000001"
TYPED = {"method": "typed", "title": "Waste coordinator", "typed_name": "waste"}
DRIVER = {"method": "typed", "driver": "Ana Pérez", "title": "Driver"}
DRAWN = "data:image/png;base64," + base64.b64encode(drawing()).decode()


@pytest.fixture
def dock(room: Office, browse, office) -> Browser:
    """The waste coordinator, trained, with a scanned pickup and its paper to sign."""
    set_up_waste(room, trained=office.ids[Role.waste])
    number = sealed_container(room)
    book(room, number)
    browser = browse(Role.waste)
    browser.follow("/waste/pickups/P-000001/dock", barcode=number)
    browser.follow("/waste/pickups/P-000001/paper")
    return browser


def handed_over(room: Office) -> None:
    """A paper that both have signed."""
    by = room.db.transact(lambda session: find_actor(session, "waste"))
    assert hand_over(room, book(room, sealed_container(room)), by) == "M-000001"


def test_the_whole_document_stands_before_the_place_to_sign(dock: Browser) -> None:
    page = dock.get(f"{PAGE}/sign").text
    wanted = ["<h1>Read it, then sign", 'class="stamp">DRAFT', "1. Shipper (generator)", "Riverside Clinic",
              "2. Consignee", "Lakeside Treatment", "3. Carrier", "Safe Carriers", "5. Basic description",
              "UN3291, Regulated medical waste, n.o.s., 6.2, PG II", "12.5 lb", "1 plastic container", "W-000001",
              "+1 800 555 0199", "Contract CCN 12345", "This is to certify that", "not EPA form 8700-22",
              "Sign for Riverside Clinic", "cannot be changed or undone", "Sign this paper"]  # fmt: skip
    assert missing_or_out_of_order(page, wanted) == []


def test_typed_by_both_the_paper_is_accepted_and_says_what_comes_next(dock: Browser) -> None:
    page = dock.follow(f"{PAGE}/sign", **TYPED)
    assert "Signed by waste, 2026-NOV-23 09:00. Now the driver signs." in page
    done = dock.follow(f"{PAGE}/driver", **DRIVER, hauler_document="SC-1177")
    assert "Handed over: 1 container, 12.5 lb" in done
    assert "must be back by <strong>2026-DEC-28</strong>" in done
    assert "Copy by 2026-DEC-28, 35 days left" in dock.get("/waste/papers").text
    assert "SC-1177" in dock.get(PAGE).text
    assert "SC-1177" in text_of(dock.get(f"{PAGE}/tracking.pdf").data)


def test_a_drawing_is_kept_on_the_page_and_on_the_paper(dock: Browser) -> None:
    drawn = {"method": "drawn", "drawing": DRAWN}
    answer = dock.post(f"{PAGE}/sign", **drawn, title="")
    assert answer.status_code == 422
    assert "Type your title" in answer.text
    assert DRAWN in answer.text
    dock.follow(f"{PAGE}/sign", **drawn, title="Coordinator")
    page = dock.get(PAGE).text
    assert f'<img src="{DRAWN}" alt="Drawn signature of waste">' in page
    assert "/s/ waste" not in text_of(dock.get(f"{PAGE}/paper.pdf").data)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"typed_name": "Ana"}, "Type your name as it stands on the paper: waste."),
        ({"typed_name": ""}, "Type your name as it stands on the paper: waste."),
        ({"title": ""}, "Type your title"),
        ({"method": "drawn", "drawing": ""}, "Draw your signature in the box, or type your name instead."),
        ({"method": "drawn", "drawing": "data:image/png;base64,!!"}, "Draw your signature in the box"),
        ({"method": "drawn", "drawing": "https://evil.example/x.png"}, "Draw your signature in the box"),
        ({"method": "drawn", "drawing": "data:image/png;base64,aGVsbG8="}, "signature"),
    ],
)
def test_what_is_no_signature_signs_nothing(dock: Browser, changed: dict[str, str], sentence: str) -> None:
    answer = dock.post(f"{PAGE}/sign", **TYPED | changed)
    assert answer.status_code == 422
    assert sentence in answer.text.split("problem-summary")[1]
    assert "Not signed" in dock.get(PAGE).text


def test_a_drawing_larger_than_any_pad_makes_is_refused(dock: Browser) -> None:
    huge = "data:image/png;base64," + "A" * 300_000
    assert dock.post(f"{PAGE}/sign", method="drawn", drawing=huge, title="Coordinator").status_code == 413


def test_nobody_signs_with_training_that_has_ended(room: Office, dock: Browser, browse, office) -> None:
    train(room, office.ids[Role.manager], days_ago=1200)
    manager = browse(Role.manager)
    words = "You can&#39;t sign this: training ended 2026-AUG-11. Ask waste."
    page = manager.get(f"{PAGE}/sign").text
    assert words in page
    assert "Sign this paper" not in page
    answer = manager.post(f"{PAGE}/sign", **TYPED | {"typed_name": "manager"})
    assert answer.status_code == 403
    assert "Not signed" in dock.get(PAGE).text


def test_a_paper_with_missing_fields_says_which_and_is_made_anew(room: Office, browse, office) -> None:
    set_up_waste(room, trained=office.ids[Role.waste])
    number = sealed_container(room)
    book(room, number)
    browser = browse(Role.waste)
    browser.follow("/waste/pickups/P-000001/dock", barcode=number)
    party = {"kind": "generator", "name": "Riverside Clinic", "site_street": "12 Mill Street", "site_city": "Albany",
             "site_state": "NY", "site_zip": "12207", "phone": "+1 518 555 0100"}  # fmt: skip
    browser.follow("/waste/parties/1", **party)
    page = browser.follow("/waste/pickups/P-000001/paper")
    assert "It cannot be signed yet" in page
    assert "mergency" in page.split("It cannot be signed yet")[1]
    assert browser.post(f"{PAGE}/sign", **TYPED).status_code == 409
    browser.follow("/waste/parties/1", **party, emergency_phone="+1 800 555 0199", emergency_contact="CCN 12345")
    assert "Sign this paper" in browser.follow("/waste/pickups/P-000001/paper")


def test_what_is_signed_is_signed_once_and_not_signed_out_of_turn(dock: Browser) -> None:
    assert "The office signs first." in dock.get(f"{PAGE}/driver").text
    assert dock.post(f"{PAGE}/driver", **DRIVER).status_code == 409
    dock.follow(f"{PAGE}/sign", **TYPED)
    assert "cannot be changed or signed again" in dock.get(f"{PAGE}/sign").text
    assert dock.post(f"{PAGE}/sign", **TYPED).status_code == 409
    dock.follow(f"{PAGE}/driver", **DRIVER)
    assert dock.post(f"{PAGE}/driver", **DRIVER).status_code == 409


def test_a_paper_that_changed_after_it_was_read_is_not_signed(room: Office, dock: Browser) -> None:
    read = dock.get(f"{PAGE}/sign").text.split('name="read" value="')[1].split('"')[0]
    assert len(read) == 64
    more = sealed_container(room, "REDBAG")
    dock.follow("/waste/pickups/P-000001/add", containers=[more])
    dock.follow("/waste/pickups/P-000001/paper")
    answer = dock.post(f"{PAGE}/sign", **TYPED, read=read)
    assert answer.status_code == 409
    assert more in answer.text
    assert "Not signed" in dock.get(PAGE).text


def test_the_driver_must_be_named(dock: Browser) -> None:
    dock.follow(f"{PAGE}/sign", **TYPED)
    answer = dock.post(f"{PAGE}/driver", **DRIVER | {"driver": ""}, hauler_document="SC-1")
    assert answer.status_code == 422
    assert "Type the driver&#39;s name." in answer.text
    assert 'value="SC-1"' in answer.text


def test_the_pdf_is_a_draft_until_it_is_signed(dock: Browser) -> None:
    draft = dock.get(f"{PAGE}/paper.pdf")
    assert (draft.content_type, "DRAFT" in text_of(draft.data)) == ("application/pdf", True)
    dock.follow(f"{PAGE}/sign", **TYPED)
    assert "DRAFT" not in text_of(dock.get(f"{PAGE}/paper.pdf").data)
    assert "Tracking record" in text_of(dock.get(f"{PAGE}/tracking.pdf").data)
    assert dock.get("/waste/papers/M-000009/paper.pdf").status_code == 404


def test_a_copy_that_fits_closes_the_paper(room: Office, browse, office) -> None:
    set_up_waste(room, trained=office.ids[Role.waste])
    handed_over(room)
    browser = browse(Role.waste)
    assert "Say on which day" in browser.post(f"{PAGE}/copy", received_on="", count="1").text
    page = browser.follow(f"{PAGE}/copy", received_on="2026-11-23", count="1", weight="12.4", unit="lb")
    assert "The copy is recorded, and it fits." in page
    assert "Nothing is owed" in browser.get("/waste/papers").text
    tracked = text_of(browser.get(f"{PAGE}/tracking.pdf").data)
    assert "12.4 lb" in tracked


def test_a_copy_that_does_not_fit_waits_until_it_is_settled(room: Office, browse, office) -> None:
    set_up_waste(room, trained=office.ids[Role.waste])
    handed_over(room)
    browser = browse(Role.waste)
    page = browser.follow(f"{PAGE}/copy", received_on="2026-11-23", count="2", weight="", unit="lb")
    assert "The copy does not fit." in page
    assert "Settle the discrepancy" in page
    assert browser.post(f"{PAGE}/settle", words="").status_code == 422
    page = browser.follow(f"{PAGE}/settle", words="Facility counted a lid; agreed by phone")
    assert "Facility counted a lid" in page
    assert "Closed" in page


def test_a_wrong_paper_is_voided_with_a_reason_and_replaced(dock: Browser) -> None:
    dock.follow(f"{PAGE}/sign", **TYPED)
    assert dock.post(f"{PAGE}/void", reason="").status_code == 422
    page = dock.follow(f"{PAGE}/void", reason="Wrong facility")
    assert "Wrong facility" in page
    assert 'class="stamp">VOID' in page
    assert "VOID" in text_of(dock.get(f"{PAGE}/paper.pdf").data)
    replacement = dock.follow("/waste/pickups/P-000001/paper")
    assert "Read it, then sign: M-000002" in replacement
    assert "M-000002" in dock.get(PAGE).text
    assert dock.post(f"{PAGE}/sign", **TYPED).status_code == 409


def test_an_auditor_reads_papers_and_signs_none(room: Office, dock: Browser, browse) -> None:
    auditor = browse(Role.auditor)
    assert "UN3291" in auditor.get(PAGE).text
    assert auditor.get(f"{PAGE}/paper.pdf").status_code == 200
    assert auditor.get(f"{PAGE}/sign").status_code == 403
    assert auditor.post(f"{PAGE}/void", reason="x").status_code == 403
    assert browse(Role.nurse).get("/waste/papers").status_code == 403
