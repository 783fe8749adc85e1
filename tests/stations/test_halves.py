"""A half of a label that was joined with its other half leaves the list of unknown codes; one that was not stays."""

import pytest

from supply.stations import scan_lines
from supply.stations.halves import JOINED
from tests.factories import GLOVES, SYRINGES, Office, gs1
from tests.stations.test_receive import HIBC_PRIMARY, hibc_secondary

LOT_HALF = "1728010110A1"


def unknown_codes(office: Office) -> list[str]:
    with office.db.read_session() as session:
        return [line.barcode for line in scan_lines.scan_lines(session, needs="unresolved")]


@pytest.mark.parametrize("is_item_first", [True, False])
def test_a_joined_half_leaves_the_unknown_codes_and_one_never_joined_stays(
    either_office: Office, is_item_first: bool
) -> None:
    office = either_office
    office.item(lot_required=True)
    office.scan(LOT_HALF, "receive", station="kiosk-1")
    office.later(seconds=5)
    office.scan("1728010110B2", "receive", station="kiosk-1")
    assert unknown_codes(office) == ["1728010110B2", LOT_HALF]
    office.later(seconds=5)

    halves = [gs1(GLOVES), LOT_HALF]
    joined = office.scan("\n".join(halves if is_item_first else halves[::-1]), "receive", station="kiosk-1")

    assert joined.answer["outcome"] == "recorded"
    assert unknown_codes(office) == ["1728010110B2"]
    with office.db.read_session() as session:
        (line,) = scan_lines.settled(session).lines
    assert (line.barcode, line.settlement, line.settled_at) == (LOT_HALF, JOINED, office.now)
    assert office.faults() == []


def test_one_label_settles_one_half_so_the_same_half_of_another_box_stays(office: Office) -> None:
    office.item(lot_required=True)
    for _ in range(2):
        office.scan(LOT_HALF, "receive", station="kiosk-1")
    body = {
        "request_id": "6f1f7f6e-2b1e-4d53-9a4f-8f4c55d8a001",
        "barcode": f"{gs1(GLOVES)}\n{LOT_HALF}",
        "action": "receive",
        "station": "kiosk-1",
    }
    office.send(body)
    assert unknown_codes(office) == [LOT_HALF]
    assert office.send(body).status == 200
    assert unknown_codes(office) == [LOT_HALF]


def test_a_half_of_somewhere_else_or_of_long_ago_stays(office: Office) -> None:
    office.item(lot_required=True)
    office.scan(LOT_HALF, "receive", station="kiosk-1")
    office.later(minutes=11)
    office.scan(LOT_HALF, "receive", station="kiosk-2")
    office.scan(f"{gs1(GLOVES)}\n{LOT_HALF}", "receive", station="kiosk-1")
    assert unknown_codes(office) == [LOT_HALF, LOT_HALF]


def test_two_codes_of_different_labels_settle_nothing(office: Office) -> None:
    office.scan(gs1(GLOVES), "receive")
    refused = office.scan(f"{gs1(GLOVES)}\n{gs1(SYRINGES)}", "receive")
    assert refused.status == 422
    assert unknown_codes(office) == [gs1(GLOVES)]


def test_the_whole_label_of_an_unknown_item_is_asked_about_once(either_office: Office) -> None:
    office = either_office
    office.scan(HIBC_PRIMARY, "receive")
    assert unknown_codes(office) == [HIBC_PRIMARY]
    whole = office.scan(f"{HIBC_PRIMARY}\n{hibc_secondary()}", "receive")
    assert whole.answer["outcome"] == "unresolved"
    assert unknown_codes(office) == [whole_text(hibc_secondary())]


def whole_text(secondary: str) -> str:
    return f"{HIBC_PRIMARY}\\u000a{secondary}"
