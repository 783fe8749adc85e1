"""The keyboard wedge in a real browser: what a scanner types becomes exactly one whole scan, wherever the focus is."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

GS = "\x1d"
GTIN, LOT, SERIAL = "0100380740000011", "10LOT42A", "21Ser99"
WHOLE = f"{GTIN}{LOT}{GS}{SERIAL}"
Start = Callable[..., Page]


def scans(page: Page) -> list[str]:
    return list(page.evaluate("scans"))


def broken(page: Page) -> list[str]:
    return list(page.evaluate("broken"))


def pause(page: Page, milliseconds: float) -> None:
    page.evaluate("ms => { fakeNow += ms }", milliseconds)


def separate(page: Page, how: str) -> None:
    """Send GS as this kind of scanner does."""
    if not how.startswith("Alt+"):
        return page.keyboard.press(how)
    page.keyboard.down("Alt")
    for digit in how.removeprefix("Alt+"):
        page.keyboard.press(f"Numpad{digit}")
    return page.keyboard.up("Alt")


def end(page: Page, how: str) -> None:
    for key in how.split():
        page.keyboard.press(key)


def scan(page: Page, *, gs: str = "Control+]", terminator: str = "Enter") -> None:
    page.keyboard.type(GTIN + LOT)
    separate(page, gs)
    page.keyboard.type(SERIAL)
    end(page, terminator)


@pytest.mark.parametrize("gs", ["Control+]", "Alt+0029", "Alt+029", "Alt+29", "Alt+232", "F8", "F12"])
def test_a_separator_survives_however_the_scanner_types_it(wedge: Start, gs: str) -> None:
    page = wedge()
    scan(page, gs=gs)
    assert scans(page) == [WHOLE]


@pytest.mark.parametrize(
    "terminator", ["Enter", "Tab", "Control+j", "Enter Control+j", "Control+m Control+j", "NumpadEnter"]
)
def test_every_terminator_ends_one_scan_and_only_one(wedge: Start, terminator: str) -> None:
    page = wedge()
    page.focus("#button")
    scan(page, terminator=terminator)
    assert (scans(page), broken(page)) == ([WHOLE], [])
    assert page.evaluate("document.activeElement.id") == "button"
    assert page.evaluate("clicks") == []


@pytest.mark.parametrize("alias", ["|", "~", "^", "{GS}", "<GS>"])
def test_a_printable_stand_in_becomes_the_separator_where_the_station_says_so(wedge: Start, alias: str) -> None:
    page = wedge(separatorAliases=[alias])
    page.keyboard.type(GTIN + LOT + alias + SERIAL)
    page.keyboard.press("Enter")
    assert scans(page) == [WHOLE]


def test_a_printable_stand_in_is_left_alone_where_the_station_does_not_say_so(wedge: Start) -> None:
    page = wedge()
    page.keyboard.type("ABC|DEF")
    page.keyboard.press("Enter")
    assert scans(page) == ["ABC|DEF"]


@pytest.mark.parametrize("focus", ["body", "#button", "#submit", "#link", "#text", "#date", "#area", "#select"])
def test_a_scan_counts_wherever_the_focus_is_and_leaves_no_trace_there(wedge: Start, focus: str) -> None:
    page = wedge()
    if focus != "body":
        page.focus(focus)
    scan(page)
    scan(page)
    assert scans(page) == [WHOLE, WHOLE]
    assert page.evaluate("clicks") == []
    values = page.evaluate("['text', 'date', 'area', 'select'].map(id => document.getElementById(id).value)")
    assert values == ["kept", "2027-03-14", "kept", "apple"]
    assert page.url.endswith("/")


def test_a_scan_with_spaces_presses_no_button(wedge: Start) -> None:
    page = wedge()
    page.focus("#button")
    page.keyboard.type("+H123 ABC 4 ")
    page.keyboard.press("Enter")
    assert (scans(page), page.evaluate("clicks")) == (["+H123 ABC 4 "], [])


def test_a_scan_counts_inside_an_open_dialog_and_does_not_press_its_button(wedge: Start) -> None:
    page = wedge()
    page.evaluate("document.getElementById('dialog').showModal()")
    assert page.evaluate("document.activeElement.id") == "inside"
    scan(page, terminator="Enter Control+j")
    assert (scans(page), page.evaluate("clicks")) == ([WHOLE], [])


def test_the_second_half_of_cr_lf_presses_no_button_that_the_answer_has_focused(wedge: Start) -> None:
    page = wedge()
    page.keyboard.type("4006381333931")
    page.keyboard.press("Enter")
    page.focus("#button")
    page.keyboard.press("Enter")
    assert (scans(page), page.evaluate("clicks")) == (["4006381333931"], [])
    pause(page, 1000)
    page.keyboard.press("Enter")
    assert page.evaluate("clicks") == ["click button"]


def test_two_scans_back_to_back_both_count(wedge: Start) -> None:
    page = wedge()
    page.keyboard.type("4006381333931\n4006381333931\n0012345678905\n")
    assert scans(page) == ["4006381333931", "4006381333931", "0012345678905"]


def test_a_gap_inside_a_scan_gives_neither_its_head_nor_its_tail(wedge: Start) -> None:
    page = wedge()
    page.keyboard.type(GTIN)
    pause(page, 900)
    page.keyboard.type(LOT)
    page.keyboard.press("Enter")
    assert (scans(page), broken(page)) == ([], ["gap"])
    scan(page)
    assert scans(page) == [WHOLE]


def test_a_scan_whose_terminator_was_lost_is_not_fused_with_the_next(wedge: Start) -> None:
    page = wedge()
    page.keyboard.type(GTIN)
    pause(page, 60_000)
    page.keyboard.type("4006381333931\n")
    assert (scans(page), broken(page)) == ([], ["gap"])


def test_nothing_is_given_without_a_terminator(wedge: Start) -> None:
    page = wedge()
    page.keyboard.type(WHOLE.replace(GS, ""))
    pause(page, 60_000)
    assert (scans(page), broken(page)) == ([], [])


@pytest.mark.parametrize("gap", [1, 20, 35, 100, 190])
def test_a_slow_scanner_is_not_split_by_time(wedge: Start, gap: int) -> None:
    page = wedge(step=gap)
    scan(page)
    assert scans(page) == [WHOLE]


def test_a_gap_inside_a_scan_into_a_field_is_no_scan_and_restores_the_field(wedge: Start) -> None:
    page = wedge()
    page.focus("#text")
    page.keyboard.type(GTIN[:8])
    pause(page, 900)
    page.keyboard.type(GTIN[8:] + LOT)
    page.keyboard.press("Enter")
    assert (scans(page), broken(page)) == ([], ["gap"])
    assert page.input_value("#text") == "kept"
    assert page.evaluate("clicks") == []


def test_a_person_types_in_a_field_and_enter_submits_it(wedge: Start) -> None:
    page = wedge(step=140)
    page.fill("#text", "")
    page.keyboard.type("nitrile gloves")
    page.keyboard.press("Enter")
    assert page.input_value("#text") == "nitrile gloves"
    assert (scans(page), broken(page)) == ([], [])
    assert page.evaluate("clicks") == ["click submit"]


def test_what_a_person_typed_stays_when_a_scan_follows_in_the_same_field(wedge: Start) -> None:
    page = wedge(step=140)
    page.fill("#text", "")
    page.keyboard.type("glo")
    pause(page, 500)
    page.evaluate("step = 8")
    scan(page)
    assert (scans(page), page.input_value("#text")) == ([WHOLE], "glo")


def test_a_search_typed_and_left_does_not_spoil_the_next_scan(wedge: Start) -> None:
    page = wedge(step=140)
    page.fill("#text", "")
    page.keyboard.type("glov")
    page.focus("#button")
    pause(page, 3000)
    page.evaluate("step = 8")
    scan(page)
    assert (scans(page), broken(page)) == ([WHOLE], [])


def test_a_field_may_opt_out(wedge: Start) -> None:
    page = wedge()
    page.focus("#off")
    page.keyboard.type("4006381333931")
    page.keyboard.press("Enter")
    assert (scans(page), page.input_value("#off")) == ([], "4006381333931")


def test_a_person_walks_and_presses_buttons_with_the_keyboard(wedge: Start) -> None:
    page = wedge(step=200)
    page.focus("#button")
    page.keyboard.press("Enter")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    assert page.evaluate("clicks") == ["click button", "click button"]
    assert page.evaluate("document.activeElement.id") == "link"
    assert (scans(page), broken(page)) == ([], [])


def test_a_stray_key_is_no_scan(wedge: Start) -> None:
    page = wedge()
    page.keyboard.press("x")
    page.keyboard.press("Enter")
    assert (scans(page), broken(page)) == ([], ["short"])


@pytest.mark.parametrize("focus", ["body", "#text"])
def test_with_a_prefix_time_does_not_matter_and_the_prefix_is_taken_off(wedge: Start, focus: str) -> None:
    page = wedge(step=390, prefix="~")
    if focus != "body":
        page.focus(focus)
        page.keyboard.type("ab")
    page.keyboard.type("~4006381333931")
    page.keyboard.press("Enter")
    assert scans(page) == ["4006381333931"]
    assert page.input_value("#text") == ("kept" if focus == "body" else "abkept")


def test_with_a_prefix_what_does_not_begin_with_it_is_no_scan(wedge: Start) -> None:
    page = wedge(prefix="~")
    page.keyboard.type("4006381333931\n")
    assert (scans(page), broken(page)) == ([], ["prefix"])


def test_with_a_prefix_a_lost_terminator_costs_only_the_scan_that_lost_it(wedge: Start) -> None:
    page = wedge(prefix="~")
    page.keyboard.type("~40063813")
    pause(page, 5000)
    page.keyboard.type("~0012345678905\n")
    assert (scans(page), broken(page)) == (["0012345678905"], ["cut"])


def test_an_aim_identifier_begins_a_scan_and_stays_in_it(wedge: Start) -> None:
    page = wedge(aim=True)
    page.keyboard.type("40063")
    pause(page, 5000)
    page.keyboard.type("]d2")
    scan(page)
    assert scans(page) == ["]d2" + WHOLE]


def test_a_german_keyboard_does_not_change_what_was_scanned(wedge: Start) -> None:
    """The scanner sends US key positions; the system turns them into German characters; the positions count."""
    page = wedge()
    positions = [
        ("KeyS", "S", True), ("KeyU", "U", True), ("KeyP", "P", True), ("Semicolon", "Ö", True), ("KeyY", "Z", True),
        ("KeyZ", "Y", True), ("Slash", "-", False), ("Digit0", "0", False), ("Digit4", "4", False),
        ("Minus", "ß", False), ("Digit2", '"', True), ("BracketRight", "+", False), ("KeyZ", "y", False),
    ]  # fmt: skip
    page.evaluate(
        """keys => { for (const [code, key, shiftKey] of [...keys, ["Enter", "Enter", false]]) {
            const made = { code, key, shiftKey, bubbles: true, cancelable: true };
            document.body.dispatchEvent(new KeyboardEvent("keydown", made));
        } }""",
        positions,
    )
    assert scans(page) == ["SUP:YZ/04-@]z"]


def test_caps_lock_does_not_change_what_was_scanned(wedge: Start) -> None:
    page = wedge()
    page.evaluate(
        """() => {
            const keys = [["KeyL", "l", true], ["KeyO", "O", false], ["KeyT", "t", true], ["Enter", "Enter", false]];
            for (const [code, key, shiftKey] of keys) {
                const made = { code, key, shiftKey, modifierCapsLock: true, bubbles: true, cancelable: true };
                document.body.dispatchEvent(new KeyboardEvent("keydown", made));
            }
        }"""
    )
    assert scans(page) == ["LoT"]


def test_hibc_punctuation_arrives_whole(wedge: Start) -> None:
    page = wedge()
    page.keyboard.type("+A123BJC5D6E71/$$52001510X3G ")
    page.keyboard.press("Enter")
    assert scans(page) == ["+A123BJC5D6E71/$$52001510X3G "]


def test_an_endless_code_is_refused_and_the_next_one_counts(wedge: Start) -> None:
    page = wedge(maxLength=20)
    page.keyboard.type("1" * 25 + "\n" + "4006381333931\n")
    assert (scans(page), broken(page)) == (["4006381333931"], ["gap"])


def test_a_key_held_down_adds_nothing_and_presses_nothing(wedge: Start) -> None:
    page = wedge()
    page.focus("#button")
    page.keyboard.type("40063813")
    for _ in range(5):
        page.keyboard.down("3")
    page.keyboard.up("3")
    page.keyboard.down("Enter")
    page.keyboard.down("Enter")
    page.keyboard.up("Enter")
    assert (scans(page), page.evaluate("clicks")) == (["400638133"], [])
