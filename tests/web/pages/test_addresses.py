"""Addresses that somebody spoilt, or made to lead away: a page that says so, never a fault of ours."""

import pytest

from supply.staff.permissions import Role
from tests.factories import Office, gs1
from tests.web.pages.conftest import UNKNOWN, waiting


@pytest.mark.parametrize(
    "address",
    [
        "/items/%00", "/items?q=%00abcdefg", "/items/GLOVE-M/movements?kind=%01", "/items/GLOVE-M/codes?barcode=%00x",
        "/stock?place=%00", "/stock?after=%00|1|1|1", "/stock.csv?place=%1f", "/expiry?after=%00",
        "/receive/delivery?number=AB12CD&after=0&supplier=%00&location=STOREROOM", "/scans/unresolved?before=%00",
        "/places?x=%00",
    ],
)  # fmt: skip
def test_control_characters_are_refused_on_either_database(stocked: Office, browse, address: str) -> None:
    answer = browse(Role.manager).get(address)
    assert answer.status_code == 422
    assert "cannot be shown" in answer.text


@pytest.mark.parametrize("number", ["-1", "x", "9" * 30, "²", ""])
def test_a_spoilt_place_in_a_list_begins_anew(stocked: Office, browse, number: str) -> None:
    browser = browse(Role.manager)
    for address in ("/items?page=", "/items/GLOVE-M/movements?before=", "/scans/settled?before=", "/expiry?after="):
        assert browser.get(address + number).status_code == 200


@pytest.mark.parametrize("back", ["//evil.example/", "/\\evil.example", "https://evil.example", "javascript:alert(1)"])
def test_no_way_back_leads_to_another_site(stocked: Office, browse, back: str) -> None:
    stocked.scan(gs1(UNKNOWN))
    key = waiting(stocked, "unresolved")[0].request_id
    browser = browse(Role.manager)
    page = browser.client.get(f"/scans/{key}", query_string={"next": back}).text
    assert '<p><a href="/">Back</a></p>' in page
    answer = browser.post(f"/scans/{key}/dismiss", reason="x", next=back)
    assert answer.headers["Location"] == "/"
    assert browser.post(f"/scans/{key}/undo", next=back).headers["Location"] == "/"
