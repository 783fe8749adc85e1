"""The kiosk on the real server and ledger: a scan is the only click; everything it can lead to is answered in place."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from supply.barcodes.house_code import COMMAND, LOCATION, encode
from supply.staff import people
from supply.staff.permissions import Actor
from supply.stock import locations
from tests.browser import scan_at_once
from tests.factories import PASSWORD
from tests.web.kiosk import office
from tests.web.kiosk.acts import Begin, facts, posts, press, put_in, scan, state
from tests.web.kiosk.conftest import begin
from tests.web.kiosk.office import KioskOffice


def box_date(days: int) -> str:
    return office.day(days).strftime("%Y-%b-%d").upper()


def test_a_scan_takes_one_box_and_says_everything_about_it(kiosk: Begin, shelf: KioskOffice) -> None:
    page = kiosk()
    sent = posts(page)
    scan(page, office.OLDER)
    state(page, "recorded")
    card = page.locator(".k-card")
    for words in (
        "Recorded",
        "Nitrile gloves M",
        "−1 box",
        "14 left in Storeroom",
        f"Lot A07 · expires {box_date(200)}",
    ):
        expect(card).to_contain_text(words)
    expect(card.get_by_role("img")).to_have_attribute("aria-label", "14 on hand, par 10, reorder at 2")
    ticks = page.evaluate(
        """() => ["reorder", "par"].map((name) => document.querySelector(".k-bar-" + name))
            .map((tick) => [Number(tick.getAttribute("x1")), getComputedStyle(tick).strokeDasharray])"""
    )
    assert ticks == [[round(2 / (14 * 1.08) * 300), "3px, 3px"], [round(10 / (14 * 1.08) * 300), "none"]]
    assert shelf.stock() == {"A07": 4, "B12": 5, "S01": 5}
    assert len(sent) == 1


def test_the_heading_says_what_a_scan_does_here(kiosk: Begin) -> None:
    page = kiosk()
    expect(page.get_by_role("heading", level=1)).to_have_text("TAKE  from Storeroom")


def test_a_second_scan_of_the_same_box_is_a_second_box(kiosk: Begin, shelf: KioskOffice) -> None:
    page = kiosk()
    scan(page, office.OLDER)
    scan(page, office.OLDER)
    expect(page.locator(".k-again")).to_have_text("×2")
    expect(page.locator("#kiosk-recent li")).to_have_count(2)
    assert shelf.stock()["A07"] == 3


def test_the_newer_lot_is_recorded_and_the_older_one_is_named(kiosk: Begin, shelf: KioskOffice) -> None:
    page = kiosk()
    scan(page, office.NEWER)
    state(page, "older_lot")
    expect(page.locator(".k-note")).to_contain_text("A07")
    assert shelf.stock()["B12"] == 4


def test_a_lot_that_expires_soon_is_recorded_and_says_so(kiosk: Begin) -> None:
    page = kiosk()
    scan(page, office.SOON)
    expect(page.locator(".k-card")).to_contain_text("expires in 12 days")


def test_undo_in_the_list_works_by_keyboard_and_after_a_reload(kiosk: Begin, shelf: KioskOffice) -> None:
    page = kiosk()
    scan(page, office.OLDER)
    state(page, "recorded")
    page.reload()
    undo = page.get_by_role("button", name="Undo TAKE Nitrile gloves M")
    undo.focus()
    page.keyboard.press("Enter")
    state(page, "undone")
    assert shelf.stock()["A07"] == 5
    expect(page.locator(".k-undone")).to_have_count(1)


def test_an_expired_box_stops_everything_until_it_is_answered_and_loses_no_scan(
    kiosk: Begin, shelf: KioskOffice
) -> None:
    page = kiosk()
    scan(page, office.EXPIRED)
    dialog = page.get_by_role("alertdialog")
    expect(dialog).to_contain_text(f"Expired {box_date(-20)}")
    expect(dialog).to_contain_text("Do not use")
    assert facts(page) == {
        "Item": "Nitrile gloves M", "Lot": "X99", "Expires": box_date(-20),
        "Do this": "Put it in the expired-stock bin and take another one.",
    }  # fmt: skip
    expect(page.get_by_role("button", name="Put in the bin")).to_be_focused()
    scan(page, office.OLDER)
    scan(page, office.OLDER)
    expect(dialog).to_contain_text("2 more scans wait")
    assert shelf.stock()["A07"] == 5
    page.keyboard.press("Escape")
    expect(page.locator("#kiosk-recent li")).to_have_count(2)
    assert shelf.stock()["A07"] == 3


def test_an_expired_box_that_was_used_already_is_recorded_before_the_scans_behind_it(
    kiosk: Begin, shelf: KioskOffice
) -> None:
    page = kiosk()
    with page.expect_response("**/api/v1/scans"):
        scan(page, office.EXPIRED)
    page.get_by_role("alertdialog").wait_for()
    sent = posts(page)
    scan(page, office.OLDER)
    press(page, "Already used")
    expect(page.locator("#kiosk-recent li")).to_have_count(2)
    assert [one.post_data_json.get("reason") for one in sent] == ["already_used", None]


@pytest.mark.parametrize(("code", "name", "words"), [("RECALLED", "recalled", "R24"), ("HELD", "held_lot", "H13")])
def test_a_recalled_or_held_lot_stops_and_can_be_thrown_out_in_one_touch(
    kiosk: Begin, shelf: KioskOffice, code: str, name: str, words: str
) -> None:
    page = kiosk()
    scan(page, getattr(office, code))
    state(page, name)
    told = facts(page)
    assert (told["Item"], told["Lot"], told["Expires"]) == ("Syringes 5 mL", words, box_date(300))
    press(page, "Throw it out")
    state(page, "recorded")
    expect(page.locator(".k-card")).to_contain_text("THROW OUT")
    assert shelf.stock("SYR-5")[words] == 2


def test_a_code_without_a_lot_asks_which_one_while_a_bad_lot_stands_there(kiosk: Begin, shelf: KioskOffice) -> None:
    page = kiosk()
    scan(page, office.NAMELESS_MASK)
    state(page, "which_lot")
    expect(page.locator(".k-choice", has_text="M01")).to_contain_text("Expired")
    page.locator(".k-choice", has_text="M02").click()
    state(page, "recorded")
    assert shelf.stock("MASK") == {"M01": 2, "M02": 3}
    expect(page.locator("#kiosk-tray")).to_be_hidden()


def test_a_question_left_open_waits_in_the_tray_and_can_be_answered_from_there(
    kiosk: Begin, shelf: KioskOffice
) -> None:
    page = kiosk()
    scan(page, office.NAMELESS_MASK)
    state(page, "which_lot")
    scan(page, office.OLDER)
    state(page, "recorded")
    press(page, "1 saved scan needs you")
    press(page, "Answer")
    page.locator(".k-choice", has_text="M02").click()
    state(page, "recorded")
    assert shelf.stock("MASK")["M02"] == 3
    expect(page.locator("#kiosk-tray")).to_be_hidden()


def test_a_lost_separator_shows_both_readings_side_by_side(kiosk: Begin) -> None:
    page = kiosk()
    scan(page, office.LOST_SEPARATOR)
    state(page, "unclear")
    expect(page.locator(".k-side .k-choice")).to_have_count(2)
    expect(page.locator(".k-side")).to_contain_text(box_date(500))


def test_what_the_label_lacks_is_asked_and_only_that(kiosk: Begin, shelf: KioskOffice) -> None:
    page = kiosk("manager")
    put_in(page)
    scan(page, "SYR-5")
    state(page, "missing")
    page.get_by_label("Lot number on the box").fill("N55")
    press(page, "Use this")
    expect(page.get_by_label("Expiry date on the box")).to_be_visible()
    press(page, "Use this")
    expect(page.locator(".k-problem")).to_contain_text("Type the date")
    page.get_by_label("Expiry date on the box").fill(office.day(250).isoformat())
    press(page, "Use this")
    state(page, "recorded")
    assert shelf.stock("SYR-5")["N55"] == 1


def test_a_manager_says_what_an_unknown_code_is_and_it_is_known_from_then_on(kiosk: Begin, shelf: KioskOffice) -> None:
    page = kiosk("manager")
    scan(page, office.STRANGE)
    state(page, "unknown")
    page.get_by_label("What is it?").fill("glove")
    page.locator(".k-choice", has_text="Nitrile gloves M").click()
    page.get_by_label("Putting in: how many in one scan? (box)").fill("2")
    press(page, "Link this code")
    state(page, "recorded")
    before = sum(shelf.stock().values())
    press(page, "Undo")
    state(page, "undone")
    assert sum(shelf.stock().values()) == before + 1
    scan(page, office.STRANGE)  # box or each was said while linking: it is not asked again
    state(page, "recorded")
    assert sum(shelf.stock().values()) == before


SLOW_DISK = """
    const remove = IDBObjectStore.prototype.delete;
    IDBObjectStore.prototype.delete = function (key) {
        const until = performance.now() + 900;
        const hold = () => performance.now() < until && (this.get("nothing").onsuccess = hold);
        hold();
        return remove.call(this, key);
    };
"""


def test_a_question_stays_on_the_screen_however_slowly_the_tablet_writes(page: Page, kiosk: Begin) -> None:
    page.add_init_script(SLOW_DISK)
    kiosk("manager")
    scan(page, office.STRANGE)
    state(page, "unknown")
    page.get_by_label("What is it?").fill("glove")
    page.wait_for_timeout(600)  # "Checking" is said after 400 ms, of what the store still calls waiting
    state(page, "unknown")
    expect(page.get_by_label("What is it?")).to_have_value("glove")


def test_a_nurse_leaves_an_unknown_code_for_the_manager(kiosk: Begin) -> None:
    page = kiosk()
    scan(page, office.STRANGE)
    state(page, "unknown")
    expect(page.get_by_label("What is it?")).to_have_count(0)
    press(page, "Leave it for the manager")
    state(page, "ready")


def test_a_scan_cut_in_two_is_not_a_complete_read_and_posts_nothing(kiosk: Begin) -> None:
    page = kiosk()
    sent = posts(page)
    page.keyboard.type(office.OLDER[:10])
    page.wait_for_timeout(600)
    scan(page, office.OLDER[10:])
    state(page, "unread")
    assert sent == []


def test_a_damaged_code_is_not_a_complete_read(kiosk: Begin) -> None:
    page = kiosk()
    scan(page, "0109520123456780")
    state(page, "unread")
    expect(page.locator(".k-card")).to_contain_text("Not a complete read. Hold steady and scan again.")


def test_offline_scans_are_kept_counted_shown_and_sent_once(kiosk: Begin, shelf: KioskOffice) -> None:
    page = kiosk()
    page.context.set_offline(True)
    for _ in range(3):
        scan(page, office.OLDER)
    state(page, "waiting")
    expect(page.locator("#kiosk-net")).to_have_text("Offline")
    expect(page.locator("#kiosk-tray")).to_have_text("3 scans waiting to send")
    press(page, "3 scans waiting to send")
    expect(page.locator(".k-tray li")).to_have_count(3)
    press(page, "Close")
    assert shelf.stock()["A07"] == 5
    page.context.set_offline(False)
    expect(page.locator("#kiosk-net")).to_have_text("Online", timeout=15_000)
    expect(page.locator("#kiosk-recent li")).to_have_count(3)
    expect(page.locator("#kiosk-tray")).to_be_hidden()
    assert shelf.stock()["A07"] == 2


def test_every_scan_made_offline_is_answered_with_its_own_tone_and_card(kiosk: Begin) -> None:
    page = kiosk()
    page.evaluate(
        """() => { window.tones = []; const begin = OscillatorNode.prototype.start;
            OscillatorNode.prototype.start = function (at) {
                tones.push(this.frequency.value);
                return begin.call(this, at);
            }; }"""
    )
    page.context.set_offline(True)
    for code in (office.OLDER, office.NEWER, office.SOON):
        scan(page, code)
        expect(page.locator(".k-code")).to_have_text(code)
    assert page.evaluate("tones") == [587, 587] * 3


def test_a_stop_that_comes_on_the_second_try_still_stops(page: Page, kiosk: Begin) -> None:
    page.route("**/kiosk/catalogue?*", lambda route: route.abort())  # this tablet knows nothing by itself
    kiosk()
    page.context.set_offline(True)
    scan(page, office.EXPIRED)
    state(page, "waiting")
    page.context.set_offline(False)
    expect(page.get_by_role("alertdialog")).to_contain_text("Expired", timeout=15_000)


def test_a_slow_answer_says_checking_and_then_what_it_is(kiosk: Begin) -> None:
    page = kiosk()
    held: list[Route] = []
    page.route("**/api/v1/scans", lambda route: held.append(route))
    scan(page, office.OLDER)
    state(page, "checking")
    while not held:  # the card stands before the request is on its way
        page.wait_for_timeout(20)
    held[0].continue_()
    state(page, "recorded")


def test_a_tablet_whose_clock_is_a_year_off_records_the_servers_time(browser: Browser, live: str) -> None:
    page = browser.new_page(base_url=live)
    page.clock.install(time=datetime.now(UTC) - timedelta(days=365))
    page.clock.resume()
    begin(page, "nurse")
    sent = posts(page)
    scan_at_once(page, office.OLDER)
    state(page, "recorded")
    said = datetime.fromisoformat(sent[0].post_data_json["occurred_at"])
    assert abs(datetime.now(UTC) - said) < timedelta(seconds=30)
    page.close()


def test_an_idle_kiosk_forgets_the_name_and_signs_off_on_the_server(browser: Browser, live: str) -> None:
    page = browser.new_page(base_url=live)
    page.clock.install()
    page.clock.resume()
    begin(page, "nurse")
    scan_at_once(page, office.OLDER)
    state(page, "recorded")
    page.clock.fast_forward("01:50")
    expect(page.locator("#kiosk-person")).to_have_text("nurse")
    page.clock.fast_forward("00:15")
    expect(page.locator("#kiosk-person")).to_have_text("Nobody signed in")
    state(page, "idle")
    assert page.request.get("/api/v1/items").status == 401
    page.close()


def test_the_next_person_starts_in_the_stations_mode(kiosk: Begin) -> None:
    page = kiosk()
    press(page, "Mode")
    press(page, "PUT BACK")
    press(page, "Sign off")
    page.wait_for_url("**/sign-in")
    begin(page, "manager")
    expect(page.locator("#kiosk-mode")).to_have_text("TAKE")


def test_a_question_about_a_scan_made_offline_waits_in_the_tray(kiosk: Begin, shelf: KioskOffice) -> None:
    page = kiosk()
    page.context.set_offline(True)
    scan(page, office.NAMELESS_MASK)
    scan(page, office.OLDER)
    expect(page.locator("#kiosk-tray")).to_have_text("2 scans waiting to send")
    page.context.set_offline(False)
    expect(page.locator("#kiosk-tray")).to_have_text("1 saved scan needs you", timeout=15_000)
    state(page, "recorded")
    assert shelf.stock()["A07"] == 4


def test_signed_off_scans_are_kept_and_sent_after_signing_in(kiosk: Begin, shelf: KioskOffice) -> None:
    page = kiosk()
    page.context.clear_cookies()
    scan(page, office.OLDER)
    state(page, "signed_off")
    expect(page.locator(".k-card")).to_contain_text("saved on this tablet")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Name").fill("nurse")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("#kiosk-recent li")).to_have_count(1)
    assert shelf.stock()["A07"] == 4


def test_nobody_signed_in_sees_the_office_a_clock_and_where_to_sign_in(page: Page, shelf: KioskOffice) -> None:
    page.goto("/kiosk?station=kiosk-1")
    state(page, "idle")
    expect(page.locator(".k-idle")).to_contain_text("Our office")
    assert "CAB-2" not in page.content()
    scan(page, office.OLDER)
    state(page, "signed_off")
    expect(page.locator(".k-card")).to_contain_text("This scan was not taken")
    assert shelf.stock()["A07"] == 5


def test_a_scan_that_the_tablet_cannot_keep_stops_the_work(kiosk: Begin, shelf: KioskOffice) -> None:
    page = kiosk()
    page.evaluate(
        """() => { const begin = IDBDatabase.prototype.transaction;
            IDBDatabase.prototype.transaction = function (names, mode, options) {
                const refused = mode === "readwrite" && window.isFull !== false;
                if (refused) throw new DOMException("full", "QuotaExceededError");
                return begin.call(this, names, mode, options);
            }; }"""
    )
    scan(page, office.OLDER)
    expect(page.get_by_role("alertdialog")).to_contain_text("This scan was not stored")
    assert shelf.stock()["A07"] == 5
    page.evaluate("window.isFull = false")
    press(page, "Try again")
    state(page, "recorded")
    assert shelf.stock()["A07"] == 4


def test_a_full_server_is_said_loudly_and_the_scan_is_sent_once_it_has_room(kiosk: Begin, shelf: KioskOffice) -> None:
    page = kiosk()
    problem = {"code": "storage_full", "detail": "The disk is full.", "status": 507}
    page.route("**/api/v1/scans", lambda route: route.fulfill(status=507, json=problem))
    scan(page, office.OLDER)
    expect(page.get_by_role("alertdialog")).to_contain_text("The server cannot store anything")
    press(page, "I have told the manager")
    page.unroute("**/api/v1/scans")
    state(page, "recorded")
    assert shelf.stock()["A07"] == 4


def test_the_quantity_counts_for_the_next_scan_only(kiosk: Begin, shelf: KioskOffice) -> None:
    page = kiosk()
    press(page, "Quantity")
    press(page, "3")
    press(page, "Done")
    expect(page.locator("#kiosk-times")).to_have_text("×3")
    scan(page, office.OLDER)
    expect(page.locator(".k-big")).to_have_text("−3 boxes")
    expect(page.locator("#kiosk-times")).to_be_hidden()
    scan(page, office.OLDER)
    expect(page.locator(".k-big")).to_contain_text("−1 box")
    expect(page.locator("#kiosk-answer [data-state]")).not_to_have_attribute("data-state", "checking")
    assert shelf.stock()["A07"] == 1


def test_move_asks_where_to_first_and_records_nothing_before(kiosk: Begin, shelf: KioskOffice) -> None:
    page = kiosk()
    press(page, "Mode")
    press(page, "MOVE")
    scan(page, office.OLDER)
    expect(page.get_by_role("dialog")).to_contain_text("Choose first, then scan again")
    assert len(shelf.movements()) == 7
    press(page, "Cab-2")
    expect(page.get_by_role("heading", level=1)).to_contain_text("to Cab-2")
    scan(page, office.OLDER)
    state(page, "recorded")
    assert shelf.stock(location="CAB-2") == {"A07": 1}


def test_the_label_of_a_shelf_says_where_to_move(kiosk: Begin, shelf: KioskOffice) -> None:
    page = kiosk()
    with shelf.db.read_session() as session:
        cabinet = next(place.id for place in locations.physical_locations(session) if place.code == "CAB-2")
    scan(page, encode(COMMAND, "MOVE"))
    scan(page, encode(LOCATION, cabinet))
    expect(page.get_by_role("heading", level=1)).to_contain_text("to Cab-2")


def test_throwing_out_asks_why_once_and_says_it_with_every_scan(kiosk: Begin) -> None:
    page = kiosk()
    press(page, "Mode")
    press(page, "THROW OUT")
    press(page, "Damaged")
    sent = posts(page)
    scan(page, office.OLDER)
    state(page, "recorded")
    assert sent[0].post_data_json["reason"] == "damaged"


def test_every_mode_is_one_word_in_a_colour_of_its_own(kiosk: Begin) -> None:
    page = kiosk("manager")
    seen = {}
    for word in ("PUT IN", "PUT BACK", "COUNT", "LOOK UP", "TAKE"):
        press(page, "Mode")
        press(page, word)
        if word == "PUT IN":
            press(page, "A delivery without an order")
        expect(page.locator("#kiosk-mode")).to_have_text(word)
        seen[word] = page.evaluate("getComputedStyle(document.getElementById('kiosk-strip')).backgroundColor")
    assert len(set(seen.values())) == 5


def test_a_nurse_is_offered_no_receiving(kiosk: Begin) -> None:
    page = kiosk()
    press(page, "Mode")
    expect(page.get_by_role("button", name="TAKE", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="PUT IN", exact=True)).to_have_count(0)
    press(page, "Close")
    scan(page, encode(COMMAND, "PUTIN"))
    state(page, "refused")
    expect(page.locator("#kiosk-mode")).to_have_text("TAKE")


def test_looking_up_shows_the_lots_in_the_order_they_leave_and_takes_nothing(kiosk: Begin, shelf: KioskOffice) -> None:
    page = kiosk()
    scan(page, encode(COMMAND, "LOOKUP"))
    before = len(shelf.movements())
    scan(page, office.NAMELESS_MASK)
    state(page, "found")
    expect(page.locator(".k-shelf-lots")).to_contain_text("M01")
    assert len(shelf.movements()) == before


def test_a_code_can_be_typed(kiosk: Begin, shelf: KioskOffice) -> None:
    page = kiosk()
    press(page, "Type a code")
    page.get_by_label("Code or item number").fill("MASK")
    page.keyboard.press("Enter")
    state(page, "which_lot")


def test_a_scan_of_the_serial_scanner_beside_the_screen_is_answered_on_it(kiosk: Begin, shelf: KioskOffice) -> None:
    page = kiosk()
    with page.expect_response(lambda answer: "/answers?after=" in answer.url):
        pass
    nurse = Actor(_person(shelf, "nurse"), "nurse", "nurse", shelf.local.roles)
    shelf.now = datetime.now(UTC)
    shelf.scan(office.OLDER, by=nurse, station="kiosk-1")
    state(page, "recorded")
    expect(page.locator("#kiosk-recent li")).to_have_count(1)


def test_a_badge_is_never_sent_as_an_items_code(kiosk: Begin) -> None:
    page = kiosk()
    sent = posts(page)
    scan(page, "SUPPLY-BADGE-abc123")
    state(page, "badge_refused")
    assert sent == []


def test_the_choice_of_silence_stays_on_this_tablet_and_is_shown(kiosk: Begin) -> None:
    page = kiosk()
    press(page, "Sound on")
    press(page, "Sound is on. Turn it off")
    press(page, "Close")
    page.reload()
    expect(page.get_by_role("button", name="Sound off")).to_be_visible()


def test_an_unknown_station_is_named(page: Page) -> None:
    page.goto("/kiosk?station=nowhere")
    expect(page.get_by_text("There is no station 'nowhere'")).to_be_visible()


def _person(shelf: KioskOffice, name: str) -> int:
    with shelf.db.read_session() as session:
        return people.find_actor(session, name).person_id
