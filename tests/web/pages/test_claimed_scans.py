"""Scans made under a chosen name: asked of the person on their own page, of a manager under Scans to settle."""

import re

import sqlalchemy as sa

from supply.staff.permissions import Role
from supply.stations.models import ScanRecord
from tests.factories import Office
from tests.web.pages.conftest import Browser


def claim(office: Office, name: str = "nurse") -> str:
    return str(office.scan("GLOVE-M", claimed_by=name).answer["request_id"])


def claims(office: Office) -> list[str | None]:
    with office.db.read_session() as session:
        return [one for one in session.scalars(sa.select(ScanRecord.claim).order_by(ScanRecord.id)) if one]


def say(browser: Browser, keys: list[str], mine: str):
    return browser.post("/scans/claims", request_id=keys, mine=mine, next="/account")


def test_a_nurse_says_on_her_page_which_scans_were_hers(stocked: Office, browse) -> None:
    keys = [claim(stocked) for _ in range(3)]
    browser = browse(Role.nurse)
    assert "scans in your name" in browser.get("/").text
    page = browser.get("/account").text
    assert re.findall(r"All (\d+) were mine", page) == ["3"]
    assert say(browser, keys[:2], "yes").status_code == 303
    assert say(browser, keys[2:], "no").status_code == 303
    assert claims(stocked) == ["mine", "mine", "not_mine"]
    assert "Were these scans yours?" not in browser.get("/account").text


def test_what_she_denies_is_with_the_manager_in_words(stocked: Office, browse) -> None:
    key = claim(stocked)
    say(browse(Role.nurse), [key], "no")
    manager = browse(Role.manager)
    listing = manager.get("/scans/exception").text
    assert "Not nurse" in listing
    assert "not_mine" not in listing
    assert "says: not mine" in manager.get(f"/scans/{key}").text


def test_a_manager_answers_for_her_and_another_nurse_may_not(stocked: Office, browse) -> None:
    key = claim(stocked)
    listing = browse(Role.manager).get("/scans/claimed").text
    assert "Yes, nurse" in listing
    assert say(browse(Role.receiver), [key], "yes").status_code == 403
    assert claims(stocked) == ["open"]
    assert say(browse(Role.manager), [key], "yes").status_code == 303
    assert claims(stocked) == ["mine"]


def test_no_scan_or_a_word_that_is_none_changes_nothing(stocked: Office, browse) -> None:
    key = claim(stocked)
    for keys in ([], ["x"], [key, "x"]):
        assert say(browse(Role.manager), keys, "yes").status_code == 422
    assert claims(stocked) == ["open"]
