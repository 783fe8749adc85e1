"""The designer of labels: the form with the label beside it, saved only when its fullest label can be read."""

import io
import re
from html import unescape

import pytest
import sqlalchemy as sa
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from supply.labels.models import LabelTemplate
from supply.staff.permissions import Role
from tests.browser import SIZES, axe_violations, overflow, small_targets
from tests.factories import Office
from tests.web.pages.conftest import Browser, hidden, lot_id
from tests.web.pages.test_labels import add_printer, form, jobs

NEW = "/labels/designs/edit?kind=lot&preset=usual"


def fields(browser: Browser, address: str = NEW, **changed: str) -> dict[str, str]:
    """What the form of a lot's design sends as it comes."""
    page = browser.get(address).text
    sent = {name: hidden(page, name)[0] for name in ("request_id", "order")}
    sent |= {f"show-{name}": "yes" for name in ("quantity", "sku")}
    return sent | {"name": "Ours", "paper": "57x32", "symbology": "", "office": "Valley Practice"} | changed


def kept(office: Office) -> list[LabelTemplate]:
    with office.db.read_session() as session:
        return list(session.scalars(sa.select(LabelTemplate).order_by(LabelTemplate.id)))


def test_every_kind_has_a_page_with_its_label_read_back(stocked: Office, browse) -> None:
    browser = browse(Role.manager)
    page = browser.get("/labels/designs").text
    for address in dict.fromkeys(re.findall(r'href="(/labels/designs/edit[^"]+preset=usual)"', page)):
        answer = browser.get(unescape(address))
        assert answer.status_code == 200
        assert "Read back:" in answer.text


def test_a_design_is_saved_used_by_itself_and_seen_on_the_label(stocked: Office, browse) -> None:
    add_printer(stocked)
    browser = browse(Role.manager)
    answer = browser.post(NEW, **fields(browser), do="save", is_default="yes")
    assert answer.status_code == 303
    [row] = kept(stocked)
    assert (row.name, row.paper, row.is_default, row.design["office"]) == ("Ours", "57x32", True, "Valley Practice")
    browser.post("/labels/print", **form(browser, "lot", lot_id(stocked, "A1")))
    [job] = jobs(stocked)
    assert job.payload["design"]["office"] == "Valley Practice"
    assert "In use" in browser.get("/labels/designs").text


def test_what_cannot_be_read_is_not_saved_and_what_was_typed_stays(stocked: Office, browse) -> None:
    browser = browse(Role.manager)
    for changed, words in (
        ({"paper": "40x30"}, "does not fit on 40x30 paper"),
        ({"paper": "40x30", "may_be_fine": "yes"}, "too fine to be read"),
        ({"paper": "own", "width_mm": "5", "height_mm": "20"}, "20 to 120 mm wide"),
        ({"name": ""}, "Give the template a name"),
        ({"symbology": "code128"}, "Choose one of these codes"),
    ):
        answer = browser.post(NEW, **fields(browser, **changed), do="save")
        assert answer.status_code == 422, words
        assert words in unescape(answer.text)
        assert "Valley Practice" in answer.text
    assert kept(stocked) == []


def test_a_word_moves_up_and_a_design_goes_back_to_how_it_comes(stocked: Office, browse) -> None:
    browser = browse(Role.manager)
    moved = browser.post(NEW, **fields(browser), do="up:lot_number").text
    order = hidden(moved, "order")[0].split(",")
    assert order[:3] == ["name", "lot_number", "expiry"]
    again = browser.post(NEW, **fields(browser) | {"order": ",".join(order)}, do="reset").text
    assert hidden(again, "order")[0].split(",")[:3] == ["name", "expiry", "lot_number"]


def test_an_own_size_is_kept_changed_and_removed(stocked: Office, browse) -> None:
    browser = browse(Role.manager)
    browser.post(NEW, **fields(browser, paper="own", width_mm="70", height_mm="40"), do="save")
    [row] = kept(stocked)
    assert row.paper == "70x40"
    here = f"/labels/designs/edit?template={row.id}"
    assert browser.post(here, **fields(browser, here, paper="62x29"), do="save").status_code == 303
    assert kept(stocked)[0].paper == "62x29"
    assert browser.post(here, **fields(browser, here), do="remove").status_code == 303
    assert kept(stocked) == []
    assert browser.get(here).status_code == 404


def test_a_test_label_prints_in_the_design_under_way(stocked: Office, browse) -> None:
    add_printer(stocked)
    browser = browse(Role.manager)
    answer = browser.post(NEW, **fields(browser), do="test", printer="printer-1")
    assert answer.status_code == 200
    assert "A test label is on the way to printer-1." in answer.text  # on this very page, not on the next one
    [job] = jobs(stocked)
    assert (job.subject, job.payload["design"]["office"]) == ("test label", "Valley Practice")
    assert kept(stocked) == []


def test_the_picture_of_a_design_reads_back(stocked: Office, browse) -> None:
    browser = browse(Role.manager)
    page = browser.post("/labels/designs/preview?kind=item", **fields(browser) | {"symbology": "qr", "order": "name"})
    [address, *_] = re.findall(r'src="([^"]+)"', page.text)
    [code] = zxingcpp.read_barcodes(Image.open(io.BytesIO(browser.get(unescape(address)).data)))
    assert code.format == zxingcpp.BarcodeFormat.QRCode
    assert code.text.startswith("SUPI")
    broken = browser.get("/labels/designs/picture.png?kind=item&paper=57x32&design=[1]")
    assert broken.status_code == 422


def test_a_black_printer_is_told_of_coloured_stock_for_a_biohazard_mark(stocked: Office, browse) -> None:
    assert "orange or red label stock" in browse(Role.manager).get("/labels/designs/edit?kind=container").text


@pytest.mark.parametrize("role", [Role.nurse, Role.receiver, Role.waste, Role.auditor])
def test_only_the_manager_and_the_administrator_design(stocked: Office, browse, role: Role) -> None:
    assert browse(role).get("/labels/designs").status_code == 403
    assert browse(role).post(NEW, do="save").status_code == 403


def test_with_script_the_picture_follows_the_form(stocked: Office, page: Page, enter) -> None:
    enter(Role.manager)
    page.goto(NEW)
    picture = page.get_by_role("img", name="An ordinary label")
    before = picture.get_attribute("src") or ""
    page.get_by_label("Line of the office").fill("Valley Practice")
    expect(picture).not_to_have_attribute("src", before)
    page.get_by_label("Paper", exact=True).select_option("40x30")
    expect(page.locator("#shown").get_by_text("does not fit on 40x30 paper")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_the_designer_is_accessible(stocked: Office, page: Page, enter, size: str, theme: str) -> None:
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=theme)
    enter(Role.manager)
    for where in ("/labels/designs", NEW):
        page.goto(where)
        assert axe_violations(page) == [], where
        assert overflow(page) == 0, where
        assert small_targets(page, 44) == [], where
