"""Real and constructed scans with what they mean; a field that `expect` does not name is not judged."""

import json
from datetime import date
from pathlib import Path

import pytest

from supply.barcodes.parse import parse

VECTORS = {each["id"]: each for each in json.loads(Path(__file__).with_name("vectors.json").read_text("utf-8"))}


def expectation(vector):
    expected = dict(VECTORS[vector["same_as"]]["expect"]) if "same_as" in vector else {}
    if vector.get("without_aim"):
        expected.pop("symbology", None)
    return {**expected, **vector["expect"]}


@pytest.mark.parametrize("vector", VECTORS.values(), ids=VECTORS.keys())
def test_a_known_scan_means_what_is_written(vector):
    today = date.fromisoformat(vector.get("as_of", "2026-11-23"))
    printed = parse(vector["input"], today=today, separators=vector.get("separators", ())).as_json()
    expected = {"errors": [], **expectation(vector)}
    assert {name: printed.get(name) for name in expected} == expected


def test_every_printed_code_survives_json():
    for vector in VECTORS.values():
        printed = parse(vector["input"], today=date(2026, 11, 23)).as_json()
        assert json.loads(json.dumps(printed)) == printed


def test_none_of_the_vectors_is_lost():
    assert len(VECTORS) == 61
