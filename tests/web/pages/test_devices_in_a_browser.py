"""Devices, stations and scanner set-up in a real browser: a wedge is learned from trusted keys; axe finds nothing."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from supply.db import Database
from supply.staff.permissions import Role
from supply.stations import sessions
from supply.stations.scanner_profiles import profile_of_station
from supply.stations.scanner_sheet import BY_NAME, SYMBOLS
from tests.browser import SIZES, axe_violations, overflow, scan_as_wedge, small_targets
from tests.factories import Office as Room
from tests.web.conftest import START

DEVICES = {
    "scanner-1": ("serial", {"port": "/dev/serial/by-id/usb-Symbol_Scanner-if00"}),
    "printer-1": ("zpl-network", {"host": "192.168.1.40"}),
}


@pytest.fixture
def admin(room: Room, page: Page, enter: Callable[[Role], None]) -> Page:
    """An administrator in front of a desk, with a station and two devices, one in trouble."""

    def install(session) -> None:
        station = sessions.add_station(
            session, code="kiosk-1", name="Kiosk", location="STOREROOM", mode="use", actor_id=None, now=START
        )
        for name, (driver, settings) in DEVICES.items():
            row = sessions.add_device(
                session, station=station, name=name, driver=driver, settings=settings, actor_id=None, now=START
            )
            row.state, row.state_words = ("open", "") if name == "scanner-1" else ("failed", "printer-1 has no paper.")

    room.db.transact(install)
    enter(Role.admin)
    return page


PAGES = (
    "/devices", "/devices/1", "/devices/new", "/devices/new?driver=serial", "/devices/found", "/stations",
    "/stations/kiosk-1", "/scanner-setup", "/scanner-setup/sheet?station=kiosk-1",
)  # fmt: skip

IN_THE_DARK = ("/devices", "/devices/1", "/stations/kiosk-1")


def test_the_pages_are_usable_by_everybody_at_every_size(admin: Page) -> None:
    shots = os.environ.get("SUPPLY_SHOTS")
    for scheme in ("light", "dark"):
        admin.emulate_media(color_scheme=scheme)
        for size, (width, height) in SIZES.items():
            admin.set_viewport_size({"width": width, "height": height})
            for address in PAGES:
                if scheme == "dark" and (size != "phone" or address not in IN_THE_DARK):
                    continue
                admin.goto(address)
                if shots:
                    name = address.strip("/").replace("/", "_").replace("?", "_")
                    admin.screenshot(path=Path(shots) / f"{name}-{size}-{scheme}.png", full_page=True)
                assert (address, size, overflow(admin)) == (address, size, 0)
                assert (address, small_targets(admin)) == (address, [])
                if size == "phone":
                    assert (address, axe_violations(admin)) == (address, [])


def test_a_wedge_is_learned_key_by_key_and_kept_for_the_station(admin: Page, db: Database) -> None:
    admin.goto("/scanner-setup/sheet?station=kiosk-1")
    admin.get_by_role("button", name="Begin").click()
    for symbol in SYMBOLS:
        expect(admin.get_by_role("heading", level=1)).to_have_text(symbol.title)
        expect(admin.locator(".needs-no-script")).to_have_count(0)
        if symbol.times == 0:
            admin.get_by_role("button", name="Nothing came").click()
        else:
            for _ in range(symbol.times):
                scan_as_wedge(admin, symbol.text)
        expect(admin.locator("#outcome")).to_contain_text("as it must be" if symbol.times == 0 else "As it must be.")
        if symbol.name == "gs1-square":
            expect(admin.locator("#outcome .control").first).to_have_text("Ctrl+]")
            assert axe_violations(admin) == []
        admin.locator("#next").click()
    expect(admin.get_by_role("heading", level=1)).to_have_text("This scanner passed")
    assert axe_violations(admin) == []
    if os.environ.get("SUPPLY_SHOTS"):
        admin.screenshot(path=Path(os.environ["SUPPLY_SHOTS"]) / "result.png", full_page=True)
    for tone in ("Recorded", "Not read"):
        admin.get_by_role("button", name=tone).click()
    admin.get_by_role("button", name="Keep this for the scanner").click()
    expect(admin.locator(".notice")).to_contain_text("passed and is kept")
    with db.read_session() as session:
        profile = profile_of_station(session, sessions.find_station(session, "kiosk-1").id)
    assert profile is not None
    kept = {key: profile[key] for key in ("gs", "gs_as", "suffix", "layout", "aim", "prefix")}
    assert kept == {"gs": "kept", "gs_as": "Ctrl+]", "suffix": "", "layout": "us", "aim": False, "prefix": ""}
    assert 0 < profile["average_key_ms"] < 35
    assert BY_NAME["bad"].times == 0
