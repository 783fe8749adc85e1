"""What each answer of the server becomes on the screen, as a table: word, look, tone, whether it stops, the ways on."""

from typing import Any

import pytest
from playwright.sync_api import Page

ITEM = {"sku": "GLV-M", "name": "Nitrile gloves M", "unit": "box", "par_level": 10}
MOVED = {"id": 1, "kind": "issue", "lot": "B12", "lot_known": "read", "expiry": "2027-03-31",
         "expiry_precision": "month",
         "from": "STOREROOM", "to": "USED", "quantity": 2}  # fmt: skip
RECORDED = {"outcome": "recorded", "item": ITEM, "movements": [MOVED], "on_hand": 6, "warnings": [],
            "can_undo_until": "2099-01-01T00:00:00Z"}  # fmt: skip
ITEMS = [{"sku": "A", "name": "B"}]
LOTS = [{"lot": "A1", "expiry": "2026-11-01", "location": "CAB-2", "quantity": 1, "state": "expired"}]


def warned(*codes: str) -> dict[str, Any]:
    return {**RECORDED, "warnings": [{"code": code, "message": f"About {code}."} for code in codes]}


def refused(code: str, **more: Any) -> dict[str, Any]:
    return {"outcome": "refused", "code": code, "detail": "Said so. And more.", "item": ITEM, **more}


TABLE: list[tuple[str, str, int, dict[str, Any], str, str | None, bool, list[str]]] = [
    ("recorded", "use", 201, RECORDED, "Recorded", "recorded", False, ["Undo"]),
    ("older", "use", 201, warned("expires_soon", "older_lot_available"), "Older lot first", "look", False, ["Undo"]),
    ("soon", "use", 201, warned("lot_assumed", "expires_soon"), "Use soon", "look", False, ["Undo"]),
    ("last", "use", 201, warned("below_reorder_point", "last_unit"), "Last one", "look", False, ["Undo"]),
    ("reorder", "use", 201, warned("below_reorder_point"), "Recorded", "recorded", False, ["Undo"]),
    ("found", "lookup", 201, {**RECORDED, "outcome": "found", "movements": []}, "Found", "recorded", False, []),
    ("none", "use", 201, {**RECORDED, "outcome": "discrepancy"}, "Count differs", "look", False, ["Undo"]),
    ("unknown", "use", 201, {"outcome": "unresolved"}, "Unknown code", "look", False,
     ["Leave it for the manager", "Type the code"]),
    ("expired", "use", 422, refused("expired_lot"), "Expired", "stop", True,
     ["Put in the bin", "Throw it out", "Already used"]),
    ("expired received", "receive", 422, refused("expired_lot"), "Expired", "stop", True, ["Kept apart"]),
    ("recalled", "use", 422, refused("recalled_lot"), "Recalled", "stop", True,
     ["Put on the hold shelf", "Throw it out", "Already used"]),
    ("held moved", "move", 422, refused("quarantined_lot"), "DO NOT USE", "stop", True,
     ["Put on the hold shelf", "Throw it out"]),
    ("which", "use", 422, refused("which_lot", candidates=LOTS), "Which lot?", "look", False, ["Scan again"]),
    ("items", "use", 422, refused("ambiguous_code", candidates=ITEMS), "Which item?", "look", False, ["Scan again"]),
    ("readings", "use", 422, refused("ambiguous_code", candidates=LOTS), "Unclear code", "look", False, ["Scan again"]),
    ("owner", "use", 422, refused("wrong_owner", candidates=[{"owner": "STATE"}]), "Which item?", "look", False,
     ["Scan again"]),
    ("lot", "receive", 422, refused("lot_required"), "One thing missing", "look", False, ["Scan again"]),
    ("expiry", "receive", 422, refused("expiry_required"), "One thing missing", "look", False, ["Scan again"]),
    ("bad", "use", 422, refused("bad_barcode"), "Not read", "unread", False, ["Type the code", "Scan again"]),
    ("no sheet", "count", 422, refused("no_count_sheet"), "Not recorded", "stop", False,
     ["Scan again", "Choose what to do", "Choose the place"]),
    ("not allowed", "receive", 403, refused("not_allowed"), "Not recorded", "stop", False,
     ["Scan again", "Choose what to do", "Choose the place"]),
    ("new code of a later server", "use", 422, refused("never_heard_of"), "Not recorded", "stop", False,
     ["Scan again", "Choose what to do", "Choose the place"]),
]  # fmt: skip
MAKE = """async ([action, status, answer, may, body, counted]) => {
    const { cardOf } = await import("/static/kiosk/answer_states.js");
    const entry = { key: "k", body: { action, barcode: "X", location: "STOREROOM", quantity: 1, ...body } };
    const placeOf = (code) => ({ STOREROOM: "Storeroom", "CAB-2": "Cabinet 2" })[code] || code || "";
    const card = cardOf(entry, status, answer, { may, placeOf, counted });
    delete card.entry;
    delete card.mode;
    return card;
}"""


def card(page: Page, action: str, status: int, answer: dict[str, Any], **may: bool) -> dict[str, Any]:
    allowed = {"throw_out": True, "settle": False, **may}
    made: dict[str, Any] = page.evaluate(MAKE, [action, status, {"request_id": "k", **answer}, allowed, {}, None])
    return made


def half_card(page: Page, answer: dict[str, Any], counted: str | None = None, **body: str) -> dict[str, Any]:
    status = 422 if answer["outcome"] == "refused" else 201
    made: dict[str, Any] = page.evaluate(MAKE, ["receive", status, answer, {}, body, counted])
    return made


@pytest.mark.parametrize("row", TABLE, ids=[row[0] for row in TABLE])
def test_every_answer_has_its_word_its_tone_and_its_ways_on(bench: Page, row: Any) -> None:
    _, action, status, answer, word, tone, stops, ways = row
    made = card(bench, action, status, answer)
    assert (made["chip"]["word"], made["tone"], bool(made.get("stop"))) == (word, tone, stops)
    assert [way["label"] for way in made["ways"]] == ways


def test_only_what_must_not_be_used_interrupts(bench: Page) -> None:
    stopping = {row[3]["code"] for row in TABLE if row[6]}
    assert stopping == {"expired_lot", "recalled_lot", "quarantined_lot"}


def test_no_problem_is_a_dead_end(bench: Page) -> None:
    for row in TABLE:
        made = card(bench, row[1], row[2], row[3])
        if row[2] >= 400 and row[0] != "expired received":
            assert len(made["ways"]) + len(made.get("choices", [])) + bool(made.get("field")) >= 2, row[0]


def test_a_recorded_scan_says_quantity_unit_place_lot_and_the_last_day_of_a_month(bench: Page) -> None:
    made = card(bench, "use", 201, RECORDED)
    assert (made["big"], made["left"]) == ("−2 boxes", "6 left in Storeroom")
    assert made["lots"] == ["Lot B12 · expires 2027-MAR (last day)"]
    assert made["bar"]["par"] == 10


def test_an_item_without_a_par_level_has_no_bar(bench: Page) -> None:
    assert card(bench, "use", 201, {**RECORDED, "item": {**ITEM, "par_level": None}})["bar"] is None


def test_a_choice_overrides_lot_and_expiry_in_a_new_request(bench: Page) -> None:
    choice = card(bench, "use", 422, refused("which_lot", candidates=LOTS))["choices"][0]
    assert choice["changes"] == {"lot": "A1", "expiry": "2026-11-01"}
    assert (choice["title"], choice["detail"], choice["place"]) == ("Lot A1", "Expires 2026-NOV-01", "Cabinet 2")
    assert choice["look"]["word"] == "Expired"


def test_an_item_is_chosen_by_its_own_number(bench: Page) -> None:
    made = card(bench, "use", 422, refused("ambiguous_code", candidates=ITEMS))
    assert made["choices"][0]["changes"] == {"barcode": "A"}


def test_throwing_out_and_already_used_are_new_requests_with_their_reason(bench: Page) -> None:
    ways = {way["label"]: way for way in card(bench, "use", 422, refused("expired_lot", expiry="2026-11-01"))["ways"]}
    assert ways["Throw it out"]["changes"] == {
        "action": "discard", "reason": "expired", "to_location": None, "expiry": "2026-11-01",
    }  # fmt: skip
    assert ways["Already used"]["changes"] == {"reason": "already_used", "expiry": "2026-11-01"}


def test_whoever_may_not_throw_out_is_not_offered_it(bench: Page) -> None:
    ways = card(bench, "use", 422, refused("expired_lot"), throw_out=False)["ways"]
    assert "Throw it out" not in [way["label"] for way in ways]


def test_only_who_settles_scans_is_asked_what_an_unknown_code_is(bench: Page) -> None:
    assert card(bench, "use", 201, {"outcome": "unresolved"}, settle=True)["search"] is True
    assert card(bench, "use", 201, {"outcome": "unresolved"})["search"] is False


def test_dates_are_those_of_the_box_and_impossible_ones_are_left_as_they_are(bench: Page) -> None:
    said = bench.evaluate(
        """async () => {
            const { boxDate } = await import("/static/kiosk/words.js");
            const { inBoxDates } = await import("/static/kiosk/answer_states.js");
            return [boxDate("2027-03-14"), boxDate("2027-03-31", "month"), boxDate("2027-03"), boxDate("2027-13-01"),
                boxDate("2027-03-14T06:30", "minute"), boxDate(null), inBoxDates("Expired 2026-11-01. Do not use.")];
        }"""
    )
    assert said == [
        "2027-MAR-14", "2027-MAR (last day)", "2027-MAR (last day)", "2027-13-01", "2027-MAR-14 06:30", "",
        "Expired 2026-NOV-01. Do not use.",
    ]  # fmt: skip


def test_quantities_have_their_unit_as_people_say_it(bench: Page) -> None:
    said = bench.evaluate(
        """async () => {
            const { amount } = await import("/static/kiosk/words.js");
            const some = [[1, "box"], [3, "box"], [2, "pair"], [4, "assembly"], [5, "each"], [1000, ""]];
            return some.map(([number, unit]) => amount(number, { unit }));
        }"""
    )
    assert said == ["1 box", "3 boxes", "2 pairs", "4 assemblies", "5", "1,000"]


KEYLESS = {"outcome": "unresolved", "barcode": {"scheme": "gs1", "warnings": ["ITEM_KEY_MISSING"]}}
HALVES: list[tuple[str, dict[str, Any], str, str | None, list[str]]] = [
    ("+A123BJC5D6E71G", refused("lot_required"), "item", "lot", ["Scan again"]),
    ("]C10109520123456788", refused("lot_required"), "item", "lot", ["Scan again"]),
    ("4006381333931", refused("expiry_required"), "item", "expiry", ["Scan again"]),
    ("+$$3280115LOT7GL", refused("bad_barcode", errors=["HIBC_SECONDARY"]), "lot", None,
     ["Type the code", "Scan again"]),
    ("1728011510N55", KEYLESS, "lot", None, ["Type the code", "Scan again"]),
]  # fmt: skip


@pytest.mark.parametrize("row", HALVES, ids=[row[0] for row in HALVES])
def test_half_a_label_asks_for_its_second_code_and_offers_another_way(bench: Page, row: Any) -> None:
    barcode, answer, half, field, ways = row
    made = half_card(bench, answer, barcode=barcode)
    assert (made["chip"]["word"], made["chip"]["colour"], made["tone"]) == ("Two codes", "note", "look")
    assert made["heading"] == "Now scan the second code on this label."
    assert (made["half"], made.get("field")) == (half, field)
    assert [way["label"] for way in made["ways"]] == ways


@pytest.mark.parametrize(
    ("body", "answer", "word"),
    [
        ({"barcode": "SYR-5"}, refused("lot_required"), "One thing missing"),
        ({"barcode": "SUPI000042X"}, refused("lot_required"), "One thing missing"),
        ({"barcode": "+A123BJC5D6E71G", "lot": "N55"}, refused("expiry_required"), "One thing missing"),
        ({"barcode": "+A123BJC5D6E71G\n+$LOT7G3"}, refused("expiry_required"), "One thing missing"),
        ({"barcode": "+A123"}, refused("bad_barcode", errors=["HIBC_CHECK"]), "Not read"),
        ({"barcode": "4006381333931"}, {"outcome": "unresolved", "barcode": {"warnings": []}}, "Unknown code"),
    ],
)
def test_no_second_code_is_asked_for_where_there_is_none(
    bench: Page, body: dict[str, str], answer: dict[str, Any], word: str
) -> None:
    made = half_card(bench, answer, **body)
    assert (made["chip"]["word"], made.get("half")) == (word, None)


@pytest.mark.parametrize("code", ["NOT_JOINABLE", "HIBC_LINK", "DUPLICATE_AI"])
def test_codes_of_two_labels_offer_the_second_as_a_scan_of_its_own(bench: Page, code: str) -> None:
    made = half_card(bench, refused("bad_barcode", errors=[code]), barcode="+A\n+B", quantity="3")
    assert (made["chip"]["word"], made["tone"]) == ("Two labels", "look")
    assert made["heading"] == "These two codes are not of the same label. Scan both again."
    assert [way["label"] for way in made["ways"]] == ["Take it as another item", "Scan again"]
    assert made["ways"][0]["changes"] == {"barcode": "+B", "quantity": 1}


def test_the_lot_of_a_label_that_was_counted_already_is_not_asked_for_its_item(bench: Page) -> None:
    made = half_card(bench, KEYLESS, counted="Gloves", barcode="1728011510N55")
    assert (made["heading"], made.get("half")) == ("This label was counted already.", None)
    assert [way["label"] for way in made["ways"]] == ["Leave it", "It is another box"]


def test_every_state_has_its_own_look_with_a_shape_and_a_word(bench: Page) -> None:
    looks = bench.evaluate("import('/static/kiosk/answer_states.js').then((module) => module.LOOKS)")
    assert len({(word, shape, mark) for word, shape, mark, *_ in looks.values()}) == len(looks)
    assert all(word and shape and mark for word, shape, mark, *_ in looks.values())
