"""`supply barcode parse`, as people and scripts call it."""

import doctest
import json

import pytest
from click.testing import CliRunner

from supply.barcodes import dates, element_strings, encode, gtin, hibc, house_code, ndc
from supply.cli.barcode import barcode


def run(*arguments, stdin=b""):
    return CliRunner().invoke(barcode, ["parse", *arguments], input=stdin)


def printed(result):
    return [json.loads(line) for line in result.stdout.split("\n")[:-1]]


def test_json_is_one_object_per_code_with_the_public_names():
    result = run("--json", "--today", "2026-11-23", "]d20107032069804988100329\x1d17271231", "GLV-100")
    first, second = printed(result)
    assert result.exit_code == 0
    assert first == {
        "scheme": "gs1",
        "symbology": "]d2",
        "raw": "]d20107032069804988100329\x1d17271231",
        "gtin": "07032069804988",
        "lot": "0329",
        "expiry": "2027-12-31",
        "expiry_precision": "day",
        "errors": [],
        "warnings": [],
    }
    assert second == {"scheme": "plain", "symbology": None, "raw": "GLV-100", "errors": [], "warnings": []}


def test_readings_of_a_lost_separator_are_in_the_json():
    (code,) = printed(run("--json", "010703206980498810032917271231"))
    assert [reading["lot"] for reading in code["readings"]] == ["032917271231", "0329"]


@pytest.mark.parametrize("gs", [b"\x1d", b"\\x1d", b"{GS}"])
def test_each_line_of_standard_input_is_a_scan_and_gs_has_three_spellings(gs):
    codes = printed(run("--json", stdin=b"0107032069804988100329" + gs + b"21X\r\nGLV-100\n\nlast"))
    assert [code.get("serial") for code in codes] == ["X", None, None, None]
    assert [code["errors"] for code in codes] == [[], [], ["EMPTY_DATA"], []]
    assert codes[3]["raw"] == "last"


def test_the_spellings_of_gs_hold_for_arguments_too():
    assert printed(run("--json", "0107032069804988100329{GS}21X"))[0]["lot"] == "0329"


def test_a_code_with_errors_exits_1_and_one_line_says_which():
    result = run("--json", "]d217000000", "GLV-100", "]d2")
    assert result.exit_code == 1
    assert result.stderr == ("Do not use code 1 (INVALID_DATE); code 3 (EMPTY_DATA): scan again or read the label.\n")
    assert len(printed(result)) == 3


def test_many_faulty_codes_still_make_one_short_line():
    result = run("--json", stdin=b"]d2\n" * 500)
    assert result.stderr.count("\n") == 1
    assert "and 490 more" in result.stderr


def test_bytes_that_are_no_text_are_refused_and_break_nothing():
    result = run("--json", stdin=bytes(range(256)) + b"\n\xff\xfe\nGLV-100\n")
    assert result.exit_code == 1
    assert printed(result)[-1]["errors"] == []
    assert printed(result)[-2]["errors"] == ["INVISIBLE_CHARACTER"]


def test_the_listing_for_people_shows_values_faults_and_readings():
    result = run("--today", "2026-11-23", "010703206980498810032917271231", "]d2A\x1b[2J\u202e")
    assert "gtin              07032069804988" in result.stdout
    assert "GS_POSSIBLY_LOST: A separator may be lost" in result.stdout
    assert "reading 2         gtin 07032069804988, lot 0329, expiry 2027-12-31" in result.stdout
    assert "]d2A\\u001b[2J\\u202e" in result.stdout
    assert "CONTROL_CHARACTER: The scan holds a control character" in result.stdout
    assert "\x1b" not in result.stdout


def test_the_listing_shows_a_separator_by_its_name():
    assert run("10A\x1d21B\r").stdout.startswith("10A{GS}21B\n")


def test_separators_are_repeatable_and_today_is_the_day_to_judge_by():
    result = run("--json", "--separator", "^", "--separator", "{GS}", "--today", "2080-06-01", "]d210A^17010101")
    assert printed(result)[0]["expiry"] == "2101-01-01"


@pytest.mark.parametrize(
    "arguments", [("--separator", "A"), ("--separator", "1"), ("--separator", ""), ("--today", "23.11.2026")]
)
def test_wrong_usage_exits_2(arguments):
    assert run(*arguments, "GLV-100").exit_code == 2


@pytest.mark.parametrize(
    "module", [dates, element_strings, encode, gtin, hibc, house_code, ndc], ids=lambda m: m.__name__
)
def test_the_examples_in_the_docstrings_are_true(module):
    tried = doctest.testmod(module)
    assert tried.attempted > 0
    assert tried.failed == 0
