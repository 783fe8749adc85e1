"""Codes of an item: what a code says, learning it, the label."""

import html
import io

import numpy as np
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from supply.staff.permissions import Role
from tests.factories import GLOVES, Office, gs1
from tests.web.pages.conftest import UNKNOWN


def test_a_code_is_read_out_before_it_is_learnt(stocked: Office, browse) -> None:
    page = browse(Role.manager).get(f"/items/SWAB/codes?barcode={gs1(UNKNOWN, lot='Q9', expiry='270100')}").text
    for word in ("GS1", UNKNOWN, "Q9", "2027-JAN (last day)", "Add this code"):
        assert word in page
    assert stocked.scan(gs1(UNKNOWN)).answer["outcome"] == "unresolved"


def test_a_learnt_code_means_the_item_with_its_units(stocked: Office, browse) -> None:
    page = browse(Role.manager).follow("/items/SWAB/codes", barcode=gs1(UNKNOWN), units_received="200", units_used="1")
    assert "The code is learnt." in page
    assert "A scan brings in 200, takes out 1." in page
    assert stocked.receive("X1", gtin=UNKNOWN).answer["movements"][0]["quantity"] == 200


def test_the_separator_may_be_typed(stocked: Office, browse) -> None:
    page = browse(Role.manager).get(f"/items/SWAB/codes?barcode=01{UNKNOWN}10Q9{{GS}}17270131").text
    assert "2027-JAN-31" in page
    assert "<dd>Q9</dd>" in page


@pytest.mark.parametrize(
    ("fields", "status", "sentence"),
    [
        ({"barcode": ""}, 422, "Scan the code, or type"),
        ({"barcode": gs1(UNKNOWN), "units_received": "0"}, 422, "A whole number from 1"),
        ({"barcode": "0109521101530031"}, 422, "This code cannot name an item"),
        ({"barcode": gs1(GLOVES)}, 409, "GLOVE-M already has the code"),
    ],
)
def test_a_code_that_cannot_be_learnt_is_refused_beside_its_field(stocked, browse, fields, status, sentence) -> None:
    form = {"units_received": "1", "units_used": "1"} | fields
    answer = browse(Role.manager).post("/items/GLOVE-M/codes", **form)
    assert answer.status_code == status
    assert sentence in answer.text
    assert "Please check this" in answer.text


@pytest.mark.parametrize("role", [Role.nurse, Role.receiver, Role.auditor])
def test_others_see_the_codes_and_teach_none(stocked: Office, browse, role: Role) -> None:
    browser = browse(role)
    page = browser.get("/items/GLOVE-M/codes").text
    assert GLOVES in page
    assert "Add a code" not in page
    assert browser.post("/items/GLOVE-M/codes", barcode=gs1(UNKNOWN)).status_code == 403


def test_the_label_on_the_page_is_served_and_a_scan_of_it_takes_one(stocked: Office, browse) -> None:
    browser = browse(Role.receiver)
    address = "/labels/picture.png?kind=item&amp;id=GLOVE-M"
    assert browser.get("/items/GLOVE-M/codes").text.count(f'="{address}"') == 2, "shown, and to be saved"
    answer = browser.get(html.unescape(address))
    assert answer.mimetype == "image/png"
    (code,) = zxingcpp.read_barcodes(np.array(Image.open(io.BytesIO(answer.data)).convert("L")))
    assert stocked.scan(code.text).answer["item"]["sku"] == "GLOVE-M"


def test_a_scan_anywhere_on_the_page_reads_the_code(stocked: Office, page: Page, enter) -> None:
    enter(Role.manager)
    page.goto("/items/SWAB/codes")
    expect(page.locator("form[data-ready]")).to_be_visible()
    page.keyboard.type(gs1(UNKNOWN), delay=1)
    page.keyboard.press("Enter")
    expect(page.get_by_text("This code says")).to_be_visible()
    page.get_by_role("button", name="Add this code").click()
    expect(page.get_by_text("The code is learnt.")).to_be_visible()
