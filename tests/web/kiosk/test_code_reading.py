"""What the tablet reads in a code by itself is what the server reads, or nothing."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from supply.barcodes.house_code import ITEM, LOT, encode
from supply.stations.reading import day_of, read_code
from tests.web.kiosk import office

VECTORS = json.loads((Path(__file__).parents[2] / "barcodes" / "vectors.json").read_text("utf-8"))
TODAY = "2026-11-23"
SURE = [
    office.OLDER, office.EXPIRED, office.NAMELESS_MASK, office.STRANGE, office.SUTURES, "GLOVE-M", "012345678905",
     f"{office.SUTURES}\n{office.LOT_OF_SUTURES}",
    f"{office.LOT_OF_SUTURES}\n{office.SUTURES}",
    f"{office.NAMELESS_SYRINGE}\n{office.LOT_OF_SYRINGES}", encode(ITEM, 42), encode(LOT, 7),
    "0591-0369-01", "300591036915",
    "(01)09521101530018(17)270300(10)AB/1", "]d20109521101530018172703001012", "01234565", "96385074",
]  # fmt: skip
READ = """async ([codes, today]) => {
    const { readCode } = await import("/static/kiosk/code_reading.js");
    return codes.map(([text, separators]) => readCode(text, { today, separators }));
}"""


def read(bench: Page, codes: list[tuple[str, list[str]]]) -> list[dict[str, Any] | None]:
    found: list[dict[str, Any] | None] = bench.evaluate(READ, [[list(one) for one in codes], TODAY])
    return found


def differs(text: str, separators: list[str], found: dict[str, Any]) -> list[str]:
    """What the server reads otherwise in this text."""
    server = read_code(text, today=date.fromisoformat(TODAY), separators=separators)
    if found["house"]:
        same = (server.house_kind, int(server.house_value or 0)) == (found["house"]["kind"], found["house"]["number"])
        return [] if same else [f"{text!r}: house {found['house']}"]
    ours = [list(key) for key in server.lookup_keys[: len(found["keys"])]]
    pairs = {
        "keys": (found["keys"], ours if found["keys"] else []),
        "lot": (found["lot"], server.lot),
        "expiry": (found["expiry"], server.expiry and day_of(server.expiry).isoformat()),
        "precision": (found["precision"], server.expiry_precision),
        "quantity": (found["quantity"], server.quantity),
        "faults": ([], list(server.errors) + [reading.lot for reading in server.readings]),
    }
    return [f"{text!r}: {name} {pair}" for name, pair in pairs.items() if pair[0] != pair[1]]


def test_the_tablet_reads_what_the_server_reads_or_nothing(bench: Page) -> None:
    codes = [(one["input"], list(one.get("separators", ()))) for one in VECTORS] + [(text, []) for text in SURE]
    found = read(bench, codes)
    wrong = [
        said
        for (text, separators), one in zip(codes, found, strict=True)
        if one
        for said in differs(text, separators, one)
    ]
    assert not wrong, "\n".join(wrong)
    assert sum(one is not None for one in found) >= 40


@pytest.mark.parametrize("text", SURE)
def test_common_codes_are_read_on_the_tablet(bench: Page, text: str) -> None:
    assert read(bench, [(text, [])])[0] is not None


@pytest.mark.parametrize(
    "text",
    ["0109521101530019", "01095211015300181", "+A123BJC5D6E71H", office.LOST_SEPARATOR, "SUPI000042A", "\x01", ""],
)
def test_what_is_not_whole_is_left_to_the_server(bench: Page, text: str) -> None:
    assert read(bench, [(text, [])])[0] is None
