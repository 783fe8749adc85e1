"""A day in the storeroom, from the first start on: a receiver with a wedge, a nurse with a serial scanner and a camera.

The product runs as `supply run`, on an empty folder, as an office would start it.
"""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from supply.devices.emulators.camera import Scene, moving_frames, render_symbol, write_video
from supply.devices.emulators.scanner import EmulatedScanner
from tests.browser import scan_as_wedge, start_browser
from tests.factories import GLOVES, PASSWORD
from tests.serving import Served, served

OLD_LOT, NEW_LOT = f"01{GLOVES}10A1\x1d17300101", f"01{GLOVES}10B2\x1d17310101"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Served]:
    """`supply run` with one kiosk whose serial scanner is a pseudo-terminal."""
    folder = tmp_path / "data"
    folder.mkdir()
    config = tmp_path / "office.toml"
    config.write_text(
        '[[stations]]\ncode = "kiosk-1"\nname = "Storeroom kiosk"\nlocation = "STOREROOM"\n'
        f'[[stations.devices]]\nname = "scanner-1"\ndriver = "serial"\nsettings = {{ port = "{folder}/scanner-1" }}\n'
    )
    with served(folder, "run", SUPPLY_CONFIG=str(config)) as running:
        running.start()
        yield running


def sign_in(page: Page, office: Served, name: str) -> None:
    page.goto(f"http://127.0.0.1:{office.port}/sign-in")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).not_to_have_url(re.compile("/sign-in"))


def lines(office: Served, *command: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in office.run(*command, "--json").stdout.splitlines()]


def lots(office: Served) -> dict[object, object]:
    return {line["lot"]: line["quantity"] for line in lines(office, "stock", "--item", "GLOVE-M")}


@pytest.mark.xdist_group("journeys")
def test_a_box_comes_in_by_wedge_and_leaves_by_scanner_and_picture(office: Served, tmp_path: Path) -> None:
    first_link = re.search(r"http://\S+/setup/\S+", (office.folder / "served.log").read_text())
    assert first_link
    video = tmp_path / "camera.y4m"
    symbol = render_symbol(f"(01){GLOVES}(10)A1(17)300101", "DataMatrix")
    write_video(video, moving_frames(symbol, Scene(), count=60, seed=1), fps=15)
    fake_camera = (
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={video}",
    )
    with start_browser(*fake_camera) as browser, EmulatedScanner(office.folder / "scanner-1") as scanner:
        _make_the_first_administrator(browser.new_page(), first_link.group())
        for name, role in (("rita", "receiver"), ("nora", "nurse")):
            office.run("user", "add", name, "--role", role, "--password-stdin", text=PASSWORD)
        items = tmp_path / "items.csv"
        items.write_text(f"sku,name,unit,gtin,units_received\nGLOVE-M,Nitrile gloves M,box,{GLOVES},10\n")
        office.run("import", "items", str(items))

        _receive_two_boxes(browser.new_page(), office)
        nurse = browser.new_context(permissions=["camera"]).new_page()
        _take_three_with_the_serial_scanner(nurse, office, scanner)
        _take_one_by_a_picture(nurse, office)

    assert lots(office) == {"A1": 6, "B2": 10}  # the oldest lot went first
    assert [line["quantity"] for line in lines(office, "stock", "--item", "GLOVE-M", "--as-of", "2099-01-01")] == [
        6,
        10,
    ]
    proved = office.run("verify", check=False)
    assert proved.returncode == 0, proved.stdout
    assert office.stop() == 0


def _make_the_first_administrator(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_label("Name").first.fill("ada")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    again = page.get_by_label("Password again")
    if again.count():
        again.fill(PASSWORD)
    page.locator("main form button[type=submit]").click()
    expect(page).not_to_have_url(re.compile("/setup/"))


def _receive_two_boxes(page: Page, office: Served) -> None:
    sign_in(page, office, "rita")
    page.goto(f"http://127.0.0.1:{office.port}/kiosk")
    page.get_by_role("button", name="Mode").click()
    page.get_by_role("button", name="PUT IN").click()
    page.get_by_role("button", name="A delivery without an order").click()
    expect(page.locator("#kiosk-mode")).to_have_text("PUT IN")
    for code, total in ((OLD_LOT, 10), (NEW_LOT, 20)):
        scan_as_wedge(page, code)
        expect(page.locator("#kiosk-answer")).to_contain_text(f"{total} left in Storeroom")
    assert lots(office) == {"A1": 10, "B2": 10}


def _take_three_with_the_serial_scanner(page: Page, office: Served, scanner: EmulatedScanner) -> None:
    sign_in(page, office, "nora")
    page.goto(f"http://127.0.0.1:{office.port}/kiosk?station=kiosk-1")
    expect(page.locator("#kiosk-person")).to_contain_text("nora")
    time.sleep(3)  # the worker looks for its devices every two seconds, the screen signs its person on
    for left in (19, 18, 17):
        scanner.scan(f"01{GLOVES}")
        expect(page.locator("#kiosk-answer")).to_contain_text(f"{left} left in Storeroom", timeout=10_000)
    assert lots(office) == {"A1": 7, "B2": 10}


def _take_one_by_a_picture(page: Page, office: Served) -> None:
    page.get_by_role("button", name="Camera").first.click()
    page.get_by_role("button", name="One piece").click()  # the kiosk asks once for each code of a pack
    expect(page.locator("#kiosk-answer")).to_contain_text("16 left in Storeroom", timeout=20_000)
    page.get_by_role("button", name="Close the camera").click()
    time.sleep(1)  # the code stayed in view all the time: it counts once
    assert lots(office) == {"A1": 6, "B2": 10}
