"""HIBC symbols: primary, secondary, concatenated, and two symbols of one label as one code."""

from datetime import date

import pytest

from supply.barcodes.hibc import check_character
from supply.barcodes.joining import completes, join
from supply.barcodes.parse import parse

TODAY = date(2026, 11, 23)
PRIMARY = "+A123BJC5D6E71G"


def read(text):
    return parse(text, today=TODAY)


def checked(text):
    return read(text + check_character(text))


def said(segments):
    code = checked(f"+A99912345/{segments}")
    return {
        name: value
        for name, value in code.as_json().items()
        if name in ("lot", "serial", "expiry", "expiry_precision", "quantity", "manufactured")
    }


@pytest.mark.parametrize(
    ("segments", "meaning"),
    [
        ("$LOT1", {"lot": "LOT1"}),
        ("$+SN1", {"serial": "SN1"}),
        ("$$0228LOT", {"lot": "LOT", "expiry": "2028-02-29", "expiry_precision": "month"}),
        ("$$2123126LOT", {"lot": "LOT", "expiry": "2026-12-31", "expiry_precision": "day"}),
        ("$$3261231", {"expiry": "2026-12-31", "expiry_precision": "day"}),
        ("$$426123114LOT", {"lot": "LOT", "expiry": "2026-12-31T14:00", "expiry_precision": "hour"}),
        ("$$526365LOT", {"lot": "LOT", "expiry": "2026-12-31", "expiry_precision": "day"}),
        ("$$62636514LOT", {"lot": "LOT", "expiry": "2026-12-31T14:00", "expiry_precision": "hour"}),
        ("$$7LOT", {"lot": "LOT"}),
        ("$$+7SN", {"serial": "SN"}),
        ("$$824LOT", {"quantity": 24, "lot": "LOT"}),
        ("$$8241226LOT", {"quantity": 24, "lot": "LOT", "expiry": "2026-12-31", "expiry_precision": "month"}),
        ("$$900024526365LOT", {"quantity": 24, "lot": "LOT", "expiry": "2026-12-31", "expiry_precision": "day"}),
        ("$$+824SN", {"quantity": 24, "serial": "SN"}),
        ("26365", {"expiry": "2026-12-31", "expiry_precision": "day"}),
        ("Q00024", {"quantity": 24}),
        ("SN1", {"serial": "N1"}),
        ("$LOT1/14D20261231/16D20250101", {
            "lot": "LOT1", "expiry": "2026-12-31", "expiry_precision": "day", "manufactured": "2025-01-01"}),
    ],
)  # fmt: skip
def test_every_data_format_is_read(segments, meaning):
    assert said(segments) == meaning


@pytest.mark.parametrize(
    ("segments", "error"),
    [
        ("$$1326LOT", "INVALID_DATE"),
        ("$$3261331LOT", "INVALID_DATE"),
        ("$$526366LOT", "INVALID_DATE"),
        ("$$526000LOT", "INVALID_DATE"),
        ("$$426123124LOT", "INVALID_DATE"),
        ("14D20261331", "INVALID_DATE"),
        ("$$326A231LOT", "HIBC_FORMAT"),
        ("$$3261", "HIBC_FORMAT"),
        ("$$LOT", "HIBC_FORMAT"),
        ("$$", "HIBC_FORMAT"),
        ("$", "HIBC_LENGTH"),
        ("$ABCDEFGHIJKLMNOPQRS", "HIBC_LENGTH"),
        ("S", "HIBC_LENGTH"),
        ("$A/Q5/Q6", "HIBC_FORMAT"),
    ],
)
def test_faults_in_the_data_are_named(segments, error):
    assert checked(f"+A99912345/{segments}").errors == (error,)


def test_two_faults_of_a_kind_are_named_once():
    assert checked("+A99912345/$$LOT/$$LOT").errors == ("HIBC_FORMAT",)
    assert checked("+A99912345/" + "/" * 200).warnings == ("UNKNOWN_SEGMENT",)


def test_a_part_that_is_not_understood_is_left_aside_and_said():
    code = checked("+A99912345/$LOT/XYZ")
    assert (code.lot, code.warnings, code.elements) == ("LOT", ("UNKNOWN_SEGMENT",), {"hibc_segment": "XYZ"})


def test_two_different_expiries_are_doubted_and_the_first_one_stays():
    code = checked("+A99912345/$$3261231LOT/14D20270101")
    assert (code.expiry, code.errors, code.warnings) == (date(2026, 12, 31), (), ("EXPIRY_CONFLICT",))


@pytest.mark.parametrize("text", ["+A1", "+A999", "+A99912345X", "+A99912345678901234567890", "+AB-C1231"])
def test_a_primary_of_another_form_is_an_error(text):
    assert checked(text).errors == ("HIBC_FORMAT",)


def test_a_check_character_may_be_a_slash_or_a_space():
    bodies = [f"+A999{number}1" for number in range(10_000)]
    found = {check_character(body): body for body in bodies}
    for check in "/ $%.+-":
        code = read(found[check] + check)
        assert (code.errors, code.hibc_di) == ((), found[check][1:])


def test_small_letters_are_foreign_to_hibc():
    assert read(PRIMARY.lower()).errors == ("HIBC_CHARACTER",)


def test_a_patient_label_is_refused():
    assert read("+/EU123456789").errors == ("HIBC_NOT_SUPPLY",)


@pytest.mark.parametrize("text", ["+15551234567", "+1 (555) 123", "+1555123é", "+", "+1"])
def test_a_telephone_number_is_no_hibc(text):
    assert (read(text).scheme, read(text).errors) == ("plain", ())


def test_an_old_secondary_with_a_wrong_check_character_is_an_error():
    assert read("+2001510X3GH").errors == ("HIBC_CHECK_CHARACTER",)


@pytest.mark.parametrize(("day", "scheme"), [("000", "plain"), ("001", "hibc"), ("366", "hibc"), ("367", "plain")])
def test_a_damaged_old_secondary_is_known_by_its_day_of_the_year(day, scheme):
    assert read(f"+28{day}10X3G-").scheme == scheme


def test_an_old_secondary_may_carry_more_segments():
    code = checked("+27015LOT1/S4012/16D20250101G")
    assert (code.lot, code.serial, code.link_char) == ("LOT1", "4012", "G")
    assert code.manufactured == date(2025, 1, 1)


def test_a_secondary_has_no_key_of_an_item():
    assert read("+$$52001510X3GD").lookup_keys == ()


# two symbols of one label


def test_primary_and_secondary_join_in_either_order():
    primary, secondary = read(PRIMARY), checked("+$$52701510X3G")
    for joined in (join(primary, secondary), join(secondary, primary)):
        assert (joined.hibc_di, joined.lot, joined.expiry) == ("A123BJC5D6E71", "10X3", date(2027, 1, 15))
        assert (joined.errors, joined.lookup_keys) == ((), (("hibc", "A123BJC5D6E71"),))
    assert completes(primary, secondary)


def test_a_secondary_of_another_label_does_not_join():
    joined = join(read(PRIMARY), checked("+$$710X3H"))
    assert (joined.errors, joined.lot) == (("HIBC_LINK",), None)
    assert not completes(read(PRIMARY), checked("+$$710X3H"))


def test_a_concatenated_symbol_takes_no_secondary():
    assert join(read("+A99912345/$$3261231LOT428"), checked("+$$710X38")).errors == ("HIBC_LINK",)


def test_two_gs1_symbols_join_when_one_has_the_item_and_the_other_does_not():
    item, rest = read("]C10107032069804988"), read("]C11727123110LOT1")
    joined = join(item, rest)
    assert (joined.gtin, joined.lot, joined.expiry, joined.errors) == (
        "07032069804988",
        "LOT1",
        date(2027, 12, 31),
        (),
    )
    assert joined.warnings == ()
    assert joined.raw == f"{item.raw}\n{rest.raw}"
    assert joined.gs1_elements == (("01", "07032069804988"), ("17", "271231"), ("10", "LOT1"))


def test_an_ean_and_a_gs1_symbol_of_its_lot_join():
    assert join(read("]E02112345678900"), read("]C110LOT1")).lot == "LOT1"


def test_symbols_that_contradict_each_other_are_an_error():
    joined = join(read("]C1010703206980498810LOT1"), read("]C110LOT2"))
    assert (joined.errors, joined.lot) == (("DUPLICATE_AI",), "LOT1")


def test_the_readings_of_a_lost_separator_stay_after_joining():
    joined = join(read("]C10107032069804988"), read("]C110LOT17271231"))
    assert [reading.lot for reading in joined.readings] == ["LOT17271231", "LOT"]
    assert all(reading.gtin == "07032069804988" for reading in joined.readings)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("]C10107032069804988", "]C10107032069804988"),
        ("]C110LOT1", "]C11727123110LOT1"),
        (PRIMARY, "]C110LOT1"),
        ("GLV-100", "GLV-100"),
        ("]C10107032069804988", "]C199X"),
    ],
)
def test_other_symbols_do_not_complete_each_other(first, second):
    assert "NOT_JOINABLE" in join(read(first), read(second)).errors
