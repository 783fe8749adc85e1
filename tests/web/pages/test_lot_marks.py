"""Labels of the lot in hand: the day a vial was opened, and the word that stops whoever reaches for it."""

from uuid import uuid4

import pytest

from supply.staff.permissions import Role
from tests.factories import Office
from tests.web.pages.conftest import hidden, lot_id
from tests.web.pages.test_labels import add_printer, jobs, label_page

SAID = "&opened_on=2026-11-20&days=28&initials=do"


def test_the_page_of_an_opened_vial_asks_for_the_days_of_the_package_insert_first(stocked: Office, browse) -> None:
    add_printer(stocked)
    page = label_page(browse(Role.nurse), "opened", lot_id(stocked, "A1"))
    assert "The package insert says how many" in page
    assert "Does not fit" not in page
    assert "Print on" not in page
    assert "Print queue" not in page


def test_a_nurse_prints_the_label_of_the_vial_that_she_opened(stocked: Office, browse) -> None:
    add_printer(stocked)
    browser, lot = browse(Role.nurse), lot_id(stocked, "A1")
    page = label_page(browser, "opened", lot, SAID)
    assert "Print on printer-1" in page
    fields = {name: hidden(page, name)[0] for name in ("request_id", "kind", "id", "printer", "days", "initials")}
    assert fields["days"] == "28"
    answer = browser.post("/labels/print", **fields, opened_on="2026-11-20", copies="1")
    assert answer.status_code == 303
    assert "/labels?kind=opened" in answer.headers["Location"]
    [job] = jobs(stocked)
    assert (job.template, job.payload["opened"], job.payload["use_by"]) == ("opened", "2026-NOV-20", "2026-DEC-18")
    assert job.payload["source"] == "28 days from the package insert: verify"
    assert job.payload["initials"] == "DO"


def test_a_vial_is_never_good_for_longer_than_its_expiry(stocked: Office, browse) -> None:
    add_printer(stocked)
    fields = {"request_id": str(uuid4()), "kind": "opened", "id": str(lot_id(stocked, "A1")), "printer": "printer-1"}
    browse(Role.nurse).post("/labels/print", **fields, days="366", opened_on="2026-11-20", copies="1")
    [job] = jobs(stocked)
    assert job.payload["use_by"] == "2027-MAY-31"
    assert job.payload["source"].endswith("its expiry is sooner")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("&days=many", "A whole number of days"),
        ("&days=28&opened_on=2030-01-01", "a day to come"),
        ("&days=28&opened_on=soon", "The day it was opened"),
    ],
)
def test_what_cannot_be_right_about_an_opened_vial_is_said(stocked: Office, browse, said: str, words: str) -> None:
    add_printer(stocked)
    page = label_page(browse(Role.nurse), "opened", lot_id(stocked, "A1"), said)
    assert words in page
    assert "Print on printer-1" not in page


def test_a_label_that_stops_says_what_the_lot_is(stocked: Office, browse) -> None:
    add_printer(stocked)
    browser, lot = browse(Role.nurse), lot_id(stocked, "A1")
    assert "Print on printer-1" in label_page(browser, "hold", lot)
    assert "is not expired" in label_page(browser, "hold", lot, "&word=EXPIRED")
    fields = {"request_id": str(uuid4()), "kind": "hold", "id": str(lot), "printer": "printer-1", "copies": "2"}
    browser.post("/labels/print", **fields, word="DO NOT USE", reason="Box was wet")
    [job] = jobs(stocked)
    assert (job.payload["word"], job.payload["reason"], job.copies) == ("DO NOT USE", "Box was wet", 2)
