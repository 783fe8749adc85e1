"""The tablet's outbox against a network that breaks: every scan is kept first, sent in order, and counted once."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.web.kiosk.conftest import ScanWire

Open = Callable[..., Page]
SETUP = """async ([person, tab, staying]) => {
    const { Api } = await import("/static/kiosk/api.js");
    const { Outbox, newKey } = await import("/static/kiosk/queue.js");
    const { openStore } = await import("/static/kiosk/store.js");
    const api = new Api({ csrf: "token" });
    Object.assign(window, { answers: [], holds: [], changes: [], durabilities: [], keptAtSending: [] });
    const begin = IDBDatabase.prototype.transaction;
    IDBDatabase.prototype.transaction = function (names, mode, options) {
        if (mode === "readwrite") durabilities.push(options && options.durability);
        return begin.call(this, names, mode, options);
    };
    window.store = await openStore();
    window.outbox = new Outbox({
        store, tab, person,
        send: async (body, signal) => {
            keptAtSending.push((await store.all()).some((entry) => entry.key === body.request_id));
            return api.post("/scans", body, signal);
        },
        onAnswer: async (entry, status, answer) => {
            answers.push([entry.body.barcode, status, answer.outcome || answer.code]);
            return staying.includes(answer.code);
        },
        onHeld: (entry, why) => holds.push([entry.body.barcode, why]),
        onChange: (queue) => changes.push(queue),
    });
    window.scan = (barcode, options) => outbox.add({ request_id: newKey(), barcode, action: "use" }, options);
    window.left = async () => (await store.all()).map((entry) => [entry.body.barcode, entry.state]);
}"""


@pytest.fixture
def context(browser: Browser, bench_address: str, wire: ScanWire) -> Iterator[BrowserContext]:
    made = browser.new_context(base_url=bench_address)
    yield made
    made.close()


@pytest.fixture
def open_kiosk(context: BrowserContext) -> Open:
    """Open a window with an outbox of this person; `staying` are the refusals that keep a scan for a person."""

    def start(person: str = "ana", tab: str = "one", staying: tuple[str, ...] = (), page: Page | None = None) -> Page:
        opened = page or context.new_page()
        opened.goto("/")
        opened.evaluate(SETUP, [person, tab, list(staying)])
        return opened

    return start


def settle(page: Page) -> None:
    """Try again and again, as the sender's timers do, until nothing waits."""
    page.evaluate(
        """async () => {
            for (let turn = 0; turn < 60; turn += 1) {
                await outbox.pump();
                if (!(await store.all()).some((entry) => entry.state === "waiting")) return;
                await new Promise((resolve) => setTimeout(resolve, 20));
            }
            throw new Error("something still waits");
        }"""
    )


def test_a_scan_is_on_the_disk_before_it_is_sent(open_kiosk: Open, wire: ScanWire) -> None:
    page = open_kiosk()
    page.evaluate("scan('A')")
    settle(page)
    assert page.evaluate("keptAtSending") == [True]
    durabilities = page.evaluate("durabilities")
    assert durabilities
    assert set(durabilities) == {"strict"}
    assert wire.barcodes == ["A"]
    assert page.evaluate("left()") == []


def test_scans_go_out_in_their_order_whatever_breaks(open_kiosk: Open, wire: ScanWire) -> None:
    wire.plan = ["down", "take", "lost", 503, "take", 429, "lost", "down", 500, "take"]
    page = open_kiosk()
    page.evaluate("Promise.all(Array.from({ length: 12 }, (_, at) => scan('S' + at)))")
    settle(page)
    assert wire.barcodes == [f"S{at}" for at in range(12)]
    assert [barcode for barcode, _, _ in page.evaluate("answers")] == [f"S{at}" for at in range(12)]


@pytest.mark.parametrize(
    "trouble",
    [
        "down",
        "lost",
        500,
        502,
        503,
        429,
        425,
        (200, "<html>Welcome to the hotel's network</html>"),
        (404, "<html>Not found</html>"),
        (200, {"hello": "a proxy"}),
    ],
)
def test_what_is_no_answer_of_ours_leaves_the_scan_waiting_with_the_same_key(
    open_kiosk: Open, wire: ScanWire, trouble: Any
) -> None:
    wire.plan = [trouble]
    page = open_kiosk()
    page.evaluate("scan('A').then(() => outbox.pump())")
    assert page.evaluate("left()") == [["A", "waiting"]]
    assert page.evaluate("holds") == [["A", "offline"]]
    settle(page)
    assert wire.barcodes == ["A"]
    assert len({body["request_id"] for body in wire.arrived}) == 1
    assert wire.arrived[0] == wire.arrived[1]
    assert len(page.evaluate("answers")) == 1


def test_the_sender_tries_again_by_itself(open_kiosk: Open, wire: ScanWire) -> None:
    wire.plan = ["down", 503]
    page = open_kiosk()
    page.evaluate("scan('A')")
    page.wait_for_function("answers.length === 1", timeout=8000)
    assert wire.barcodes == ["A"]


@pytest.mark.parametrize(("status", "code"), [(422, "which_lot"), (403, "not_allowed"), (409, "key_reused")])
def test_a_refusal_is_an_answer_and_is_not_sent_again(open_kiosk: Open, wire: ScanWire, status: int, code: str) -> None:
    wire.plan = [(status, {"code": code, "detail": "No.", "outcome": "refused"})]
    page = open_kiosk()
    page.evaluate("scan('A')")
    settle(page)
    assert [entry[1] for entry in page.evaluate("answers")] == [status]
    assert len(wire.arrived) == 1
    assert page.evaluate("left()") == []


def test_a_refusal_that_needs_a_person_stays_on_the_tablet(open_kiosk: Open, wire: ScanWire) -> None:
    wire.plan = [(422, {"code": "which_lot", "detail": "Which one?"})]
    page = open_kiosk(staying=("which_lot",))
    page.evaluate("scan('A')")
    settle(page)
    page = open_kiosk(page=page, staying=("which_lot",))
    settle(page)
    assert page.evaluate("left()") == [["A", "needs_person"]]
    assert len(wire.arrived) == 1
    page.evaluate("store.all().then(([entry]) => outbox.settle(entry.key))")
    assert page.evaluate("left()") == []


@pytest.mark.parametrize("refusal", [(401, {"code": "not_signed_in"}), (403, {"code": "forged", "detail": "Too old."})])
def test_a_signed_off_session_keeps_the_scans_and_says_so(open_kiosk: Open, wire: ScanWire, refusal: Any) -> None:
    wire.plan = [refusal]
    page = open_kiosk()
    page.evaluate("scan('A').then(() => outbox.pump())")
    assert page.evaluate("holds") == [["A", "signed_off"]]
    assert page.evaluate("outbox.connection") == "signed_off"
    assert page.evaluate("left()") == [["A", "waiting"]]
    settle(page)
    assert (wire.barcodes, page.evaluate("outbox.connection")) == (["A"], "online")


def test_scans_survive_a_reload_and_go_out_after_it(open_kiosk: Open, wire: ScanWire) -> None:
    wire.plan = ["down"]
    page = open_kiosk()
    page.evaluate("outbox.pause(); Promise.all(['A', 'B', 'C'].map((text) => scan(text)))")
    page = open_kiosk(page=page)
    assert page.evaluate("left()") == [["A", "waiting"], ["B", "waiting"], ["C", "waiting"]]
    settle(page)
    assert wire.barcodes == ["A", "B", "C"]


def test_a_window_closed_while_sending_counts_its_scan_once(open_kiosk: Open, wire: ScanWire) -> None:
    wire.plan = ["lost"]
    page = open_kiosk()
    page.evaluate("scan('A').then(() => outbox.pump())")
    page.close()
    page = open_kiosk()
    settle(page)
    assert len(wire.arrived) == 2
    assert wire.barcodes == ["A"]


def test_two_windows_have_one_sender(open_kiosk: Open, wire: ScanWire) -> None:
    first, second = open_kiosk(tab="one"), open_kiosk(tab="two")
    first.evaluate("window.done = Promise.all(Array.from({ length: 6 }, (_, at) => scan('A' + at))); 0")
    second.evaluate("window.done = Promise.all(Array.from({ length: 6 }, (_, at) => scan('B' + at))); 0")
    settle(first)
    settle(second)
    assert len(wire.arrived) == 12
    assert [text for text in wire.barcodes if text[0] == "A"] == [f"A{at}" for at in range(6)]
    assert [text for text in wire.barcodes if text[0] == "B"] == [f"B{at}" for at in range(6)]
    assert [text[0] for text, _, _ in first.evaluate("answers")] == ["A"] * 6


def test_scans_made_during_a_question_wait_and_the_answer_to_it_goes_first(open_kiosk: Open, wire: ScanWire) -> None:
    page = open_kiosk()
    page.evaluate("outbox.pause(); Promise.all(['B', 'C'].map((text) => scan(text)))")
    page.evaluate("scan('answer', { front: true })")
    assert wire.arrived == []
    page.wait_for_function("changes.at(-1).waiting.length === 3")
    page.evaluate("outbox.resume()")
    settle(page)
    assert wire.barcodes == ["answer", "B", "C"]


def test_a_scan_stays_its_persons_when_another_signs_in(open_kiosk: Open, wire: ScanWire) -> None:
    page = open_kiosk(person="ana")
    page.evaluate("outbox.pause(); scan('A')")
    page = open_kiosk(person="ben", page=page)
    settle(page)
    assert wire.arrived[0]["claimed_by"] == "ana"


def test_a_scan_taken_under_the_first_person_is_not_counted_again(open_kiosk: Open, wire: ScanWire) -> None:
    wire.plan = ["lost"]
    page = open_kiosk(person="ana")
    page.evaluate("scan('A').then(() => outbox.pump())")
    page = open_kiosk(person="ben", page=page)
    settle(page)
    assert page.evaluate("answers") == [["A", 200, "known"]]
    assert len(wire.taken) == 1


def test_a_scan_that_cannot_be_kept_is_not_sent_and_says_so(open_kiosk: Open, wire: ScanWire) -> None:
    page = open_kiosk()
    page.evaluate("store.close()")
    assert page.evaluate("scan('A').then(() => 'kept', () => 'refused')") == "refused"
    assert wire.arrived == []


def test_one_scan_that_breaks_the_server_does_not_hold_up_the_others_for_ever(open_kiosk: Open, wire: ScanWire) -> None:
    wire.plan = [500] * 60
    page = open_kiosk()
    page.evaluate("outbox.pause(); Promise.all(['poison', 'B'].map((text) => scan(text)))")
    page.evaluate(
        "(async () => { outbox.paused = false; for (let turn = 0; turn < 61; turn += 1) await outbox.pump(); })()"
    )
    assert wire.barcodes == ["B"]
    assert page.evaluate("left()") == [["poison", "needs_person"]]


def test_keys_are_version_4_uuids_even_without_a_secure_context(bench: Page) -> None:
    keys = bench.evaluate(
        """async () => {
            const { newKey } = await import("/static/kiosk/queue.js");
            Object.defineProperty(crypto, "randomUUID", { value: undefined });
            return Array.from({ length: 200 }, newKey);
        }"""
    )
    assert {uuid.UUID(key).version for key in keys} == {4}
    assert len(set(keys)) == 200
