"""The office's own codes on labels, badges and command sheets."""

from datetime import date

import pytest

from supply.barcodes.house_code import check_character, encode
from supply.barcodes.parse import parse
from supply.errors import Invalid

TODAY = date(2026, 11, 23)


def read(text):
    return parse(text, today=TODAY)


@pytest.mark.parametrize(
    ("kind", "letter", "value", "payload"),
    [
        ("item", "I", 42, "000042"),
        ("lot", "L", "1234567", "1234567"),
        ("location", "P", "7", "000007"),
        ("container", "C", 999_999_999_999, "999999999999"),
        ("station", "S", 1, "000001"),
        ("department", "D", 12, "000012"),
        ("badge", "B", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
        ("command", "X", "UNDO", "UNDO"),
    ],
)
def test_every_kind_is_written_and_read(kind, letter, value, payload):
    code = read(encode(kind, value))
    assert (code.scheme, code.house_kind, code.house_value, code.errors) == ("house", kind, payload, ())
    assert code.lookup_keys == (("house", letter + payload),)
    assert encode(letter, value) == encode(kind, value)


def test_a_house_code_is_capital_letters_and_digits_only():
    text = encode("I", 42)
    assert text == "SUPI000042X"
    assert text.isascii()
    assert text.isalnum()
    assert text == text.upper()


def test_the_check_character_is_that_of_the_standard():
    # the example of ISO 7064 MOD 37,36 that the Global Release Identifier standard gives
    assert check_character("A12425GABC1234002") == "M"
    # worked by hand: a sum of 36 stays 36, 36 × 2 mod 37 is 35, and 35 + 2 leaves 1
    assert check_character("0") == "2"


def test_small_letters_are_taken_as_capitals():
    assert read("supi000042x").house_value == "000042"


@pytest.mark.parametrize("aim", ["]C0", "]Q1", "]d1"])
def test_a_symbology_identifier_in_front_changes_nothing(aim):
    code = read(aim + encode("L", 5))
    assert (code.house_value, code.symbology, code.warnings) == ("000005", aim, ())


def test_a_wrong_check_character_is_an_error_that_says_the_right_one():
    code = read("SUPI000042A")
    assert (code.errors, code.expected_check, code.house_value) == (("HOUSE_CHECK_CHARACTER",), "X", None)


@pytest.mark.parametrize(
    "text", ["SUPPLY", "SUPI42Z", "SUPI00004ZZ", "SUPZ000042A", "SUPI000042-", "SUPB123Z", "SUPı000042X"]
)
def test_what_has_not_the_whole_shape_is_plain(text):
    assert (read(text).scheme, read(text).errors) == ("plain", ())


@pytest.mark.parametrize(
    ("kind", "value"),
    [("Q", 1), ("I", "A"), ("I", -1), ("I", 10**12), ("I", "١٢٣"), ("B", "SHORT"), ("X", "undo"), ("X", "U"), ("", 1)],
)
def test_what_does_not_fit_its_kind_is_refused(kind, value):
    with pytest.raises(Invalid, match=r"house code"):
        encode(kind, value)
