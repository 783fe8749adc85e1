"""GTINs, drug numbers, ISBT 128 and plain text."""

from datetime import date

import pytest

from supply.barcodes.gtin import check_digit, expand_upce
from supply.barcodes.parse import parse

TODAY = date(2026, 11, 23)


def read(text):
    return parse(text, today=TODAY)


@pytest.mark.parametrize("text", ["614141000036", "0614141000036", "00614141000036"])
def test_a_gtin_is_the_same_with_and_without_zeros_in_front(text):
    code = read(text)
    assert (code.gtin, code.format) == ("00614141000036", f"GTIN-{len(text)}")
    assert code.lookup_keys == (("gtin", "00614141000036"), ("plain", text))


@pytest.mark.parametrize("text", ["614141000037", "96385075", "0614141000037", "10614141000037"])
def test_a_private_number_of_gtin_length_is_plain_and_doubted(text):
    code = read(text)
    assert (code.scheme, code.errors, code.warnings) == ("plain", (), ("GTIN_CHECK_DIGIT",))
    assert code.lookup_keys == (("plain", text),)


@pytest.mark.parametrize("text", ["]E0614141000037", "]E4" + "96385075", "]I198765432109214", "]E0" + "01234566"])
def test_a_wrong_check_digit_is_an_error_where_the_symbology_promises_a_gtin(text):
    assert (read(text).errors, read(text).gtin) == (("GTIN_CHECK_DIGIT",), None)


@pytest.mark.parametrize("text", ["]E0123", "]E061414100003X", "]E4614141000036", "]E0"[:3] + "12345678901234"])
def test_an_ean_of_another_length_is_an_error(text):
    assert read(text).errors == ("GTIN_LENGTH",)


@pytest.mark.parametrize(
    ("text", "gtin", "name"),
    [
        ("]E0614141000036", "00614141000036", "UPC-A"),
        ("]E001234565", "00012345000065", "UPC-E"),
        ("]E096385074", "00000096385074", "EAN-8"),
        ("]E3211234567890012", "02112345678900", "EAN-13"),
        ("]I010614141000033", "10614141000033", "GTIN-14"),
        ("04252614", "00042100005264", "UPC-E"),
    ],
)
def test_scanners_that_send_upc_in_other_lengths_are_understood(text, gtin, name):
    code = read(text)
    assert (code.gtin, code.format, code.errors) == (gtin, name, ())


def test_an_interleaved_code_of_another_length_is_a_private_number():
    assert (read("]I1123456").scheme, read("]I1123456").lookup_keys) == ("plain", (("plain", "123456"),))


def test_eight_digits_of_two_meanings_offer_both():
    code = read("01234565")
    assert code.gtin is None
    assert code.lookup_keys == (("gtin", "00000001234565"), ("gtin", "00012345000065"), ("plain", "01234565"))
    assert code.readings == ()


@pytest.mark.parametrize(
    ("body", "upca"),
    [
        ("0123450", "01200000345"),
        ("0123451", "01210000345"),
        ("0123452", "01220000345"),
        ("0123453", "01230000045"),
        ("0123454", "01234000005"),
        ("0123455", "01234500005"),
        ("1123459", "11234500009"),
    ],
)
def test_every_pattern_of_upce_expands(body, upca):
    check = check_digit(upca)
    assert expand_upce(body + check) == upca + check
    assert expand_upce(body + str((int(check) + 1) % 10)) is None


@pytest.mark.parametrize("text", ["21234565", "0123456", "0123456X", "١1234565"])
def test_what_is_no_upce_does_not_expand(text):
    assert expand_upce(text) is None


# drug numbers


@pytest.mark.parametrize(
    ("text", "ndc11", "ndc10"),
    [
        ("0591-0369-01", "00591036901", "0591036901"),
        ("12345-678-90", "12345067890", "1234567890"),
        ("1234-5678-90", "01234567890", "1234567890"),
        ("12345-6789-0", "12345678900", "1234567890"),
        ("NDC 12345-6789-0", "12345678900", "1234567890"),
        ("NDC:01234-5678-90", "01234567890", "1234567890"),
        ("12345-0678-90", "12345067890", "1234567890"),
        ("12345-6789-00", "12345678900", "1234567890"),
        ("012345-0678-90", "12345067890", "1234567890"),
    ],
)
def test_each_layout_of_an_ndc_pads_its_short_segment(text, ndc11, ndc10):
    code = read(text)
    assert (code.scheme, code.ndc11, code.ndc10) == ("ndc", ndc11, ndc10)
    assert code.lookup_keys == (("ndc11", ndc11), ("gtin", code.gtin), ("ndc10", ndc10))


@pytest.mark.parametrize("text", ["01234-0678-90", "12345-6789-12"])
def test_eleven_digits_that_could_come_from_two_layouts_give_no_ten(text):
    code = read(text)
    assert (code.ndc10, code.gtin) == (None, None)
    assert code.lookup_keys == (("ndc11", text.replace("-", "")),)


def test_the_coming_layout_of_twelve_digits_is_read():
    code = read("123456-7890-12")
    assert (code.scheme, code.ndc11, code.elements) == ("ndc", None, {"ndc12": "123456789012"})


@pytest.mark.parametrize(("text", "scheme"), [("1234567890", "ndc10"), ("00591036901", "ndc11")])
def test_bare_digits_of_a_drug_number_are_plain_with_a_second_key(text, scheme):
    code = read(text)
    assert (code.scheme, code.lookup_keys) == ("plain", (("plain", text), (scheme, text)))


@pytest.mark.parametrize("text", ["1234-567-89", "123-4567-89", "1234-5678", "12345-678-9O"])
def test_other_numbers_with_dashes_are_plain(text):
    assert (read(text).scheme, read(text).errors) == ("plain", ())


# ISBT 128


def test_structures_without_a_field_are_named_elements():
    code = read("=%6200=<E0791V00")
    assert (code.scheme, code.elements) == ("isbt128", {"blood_group": "6200", "product_code": "E0791V00"})


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("=/A9999XYZ100T0944=,00", "ISBT128_STRUCTURE"),
        ("=/A9999XYZ100T0944xyz", "ISBT128_STRUCTURE"),
        ("=,000025=,000026", "ISBT128_STRUCTURE"),
        ("=>026400", "INVALID_DATE"),
    ],
)
def test_faults_in_isbt_128_are_named(text, error):
    assert read(text).errors == (error,)


def test_the_century_of_isbt_128_is_its_first_digit():
    assert (read("=}990032").manufactured, read("=}990032").expiry_precision) == (date(1990, 2, 1), None)
    assert (read("=>027032").expiry, read("=>027032").expiry_precision) == (date(2027, 2, 1), "day")


@pytest.mark.parametrize("text", ["=1+1", "&c", "=", "= A"])
def test_other_text_behind_an_equals_sign_is_plain(text):
    assert (read(text).scheme, read(text).errors) == ("plain", ())


# plain and hostile text


@pytest.mark.parametrize("text", ["GLV-100", "nitrile gloves, M", "Größe 7½", "10 mL syringe", "007", "手袋"])
def test_any_other_text_is_a_plain_code_without_fault(text):
    code = read(text)
    assert (code.scheme, code.errors, code.warnings) == ("plain", (), ())
    assert code.lookup_keys[0] == ("plain", text)


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n", "\t", "\t\r\n", ""])
def test_the_terminator_of_the_scanner_is_no_part_of_the_code(end):
    code = read(f"\nGLV-100{end}")
    assert code.lookup_keys == (("plain", "GLV-100"),)
    assert code.raw == f"\nGLV-100{end}"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "EMPTY_DATA"),
        ("  \r\n", "EMPTY_DATA"),
        ("]C1", "EMPTY_DATA"),
        ("\x1d\x1d", "EMPTY_DATA"),
        ("A" * 513, "TOO_LONG"),
        ("A\x00B", "CONTROL_CHARACTER"),
        ("A\tB", "CONTROL_CHARACTER"),
        ("A\x1b[2J", "CONTROL_CHARACTER"),
        ("A\x85B", "CONTROL_CHARACTER"),
        ("[)>\x1e06\x1dABC\x1e\x04", "CONTROL_CHARACTER"),
        ("A\u202eB", "INVISIBLE_CHARACTER"),
        ("A\u200bB", "INVISIBLE_CHARACTER"),
        ("\ufeffA", "INVISIBLE_CHARACTER"),
        ("A\u2028B", "INVISIBLE_CHARACTER"),
        ("A\udc80", "INVISIBLE_CHARACTER"),
    ],
)
def test_text_unfit_to_be_a_code_is_refused(text, error):
    code = read(text)
    assert (code.errors, code.lookup_keys, code.raw) == ((error,), (), text)


def test_the_longest_text_allowed_is_read_and_a_longer_one_is_not_printed_whole():
    assert read("A" * 512 + "\r\n").errors == ()
    assert len(read("A" * 100_000).as_json()["raw"]) == 512


def test_a_separator_inside_a_text_that_is_not_gs1_is_a_fault():
    assert read("ABC\x1dDEF").errors == ("UNKNOWN_AI",)


def test_a_separator_behind_another_scheme_is_only_a_suffix():
    assert read("+A123BJC5D6E71G\x1d").hibc_di == "A123BJC5D6E71"
