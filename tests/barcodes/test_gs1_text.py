"""GS1 element strings: what is read, what is refused, and what a person must decide."""

from datetime import date
from decimal import Decimal

import pytest

from supply.barcodes.parse import parse

TODAY = date(2026, 11, 23)
GTIN = "07032069804988"
GS = "\x1d"


def read(text, **settings):
    return parse(text, today=TODAY, **settings)


def codes(text, **settings):
    return list(read(text, **settings).errors)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("]d201123", "AI_LENGTH"),
        ("]d210", "AI_LENGTH"),
        (f"]d230{GS}10A", "AI_LENGTH"),
        ("]d2700307010214", "AI_LENGTH"),
        ("]d210" + "A" * 21, "TRAILING_DATA"),
        (f"]d201{GTIN}zz", "TRAILING_DATA"),
        ("]d2700307010214151721", "TRAILING_DATA"),
        ("]d2zz", "UNKNOWN_AI"),
        (f"]d210A{GS}zz", "UNKNOWN_AI"),
        ("]d210AB CD", "INVALID_CHARACTER"),
        ("]d210ABé", "INVALID_CHARACTER"),
        ("]d2010703206980498X", "INVALID_CHARACTER"),
        ("]d21712AB31", "INVALID_CHARACTER"),
        ("]d217271١31", "INVALID_CHARACTER"),
        ("]d24321" + "7", "INVALID_VALUE"),
        ("]d217271332", "INVALID_DATE"),
        ("]d217270230", "INVALID_DATE"),
        ("]d213270230", "INVALID_DATE"),
        ("]d270032702301200", "INVALID_DATE"),
        ("]d270032702282460", "INVALID_DATE"),
        ("]d270032702001200", "INVALID_DATE"),
        (f"]d210A{GS}10B", "DUPLICATE_AI"),
        ("]d20107032069804989", "GTIN_CHECK_DIGIT"),
        ("]d2020703206980498937" + "24", "GTIN_CHECK_DIGIT"),
        ("]d2003734003068099817" + "34", "SSCC_CHECK_DIGIT"),
        ("]d24100703206980498", "GLN_CHECK_DIGIT"),
    ],
)
def test_a_faulty_element_is_named(text, error):
    assert codes(text) == [error]


def test_a_fault_is_named_once():
    assert codes("]d2010703206980498902070320698049893724") == ["GTIN_CHECK_DIGIT"]


def test_elements_after_an_impossible_date_are_still_read():
    code = read("]d21727133110LOT1")
    assert (code.errors, code.lot, code.expiry) == (("INVALID_DATE",), "LOT1", None)


def test_elements_after_a_fault_are_read_from_the_next_separator_on():
    code = read(f"]d210{'A' * 21}{GS}01{GTIN}")
    assert (code.errors, code.gtin, code.lot) == (("TRAILING_DATA",), GTIN, None)


def test_the_same_element_twice_with_the_same_value_is_no_fault():
    code = read(f"]d210A{GS}10A")
    assert (code.lot, code.errors, code.gs1_elements) == ("A", (), (("10", "A"),))


@pytest.mark.parametrize("text", [f"]d2{GS}01{GTIN}", f"]d201{GTIN}{GS}{GS}10A{GS}", f"{GS}01{GTIN}"])
def test_superfluous_separators_change_nothing(text):
    assert (read(text).gtin, read(text).errors) == (GTIN, ())


def test_lot_and_serial_keep_their_case_and_zeros():
    code = read(f"]d201{GTIN}1000aB{GS}21007")
    assert (code.lot, code.serial) == ("00aB", "007")


def test_counts_weights_and_other_elements_have_their_names():
    code = read(f"]d201{GTIN}31030017501326100130012{GS}240X{GS}4100703206980497")
    assert (code.net_weight_kg, code.quantity) == (Decimal("1.750"), 12)
    assert code.as_json()["net_weight_kg"] == 1.75
    assert code.elements["packed"] == "2026-10-01"
    assert code.elements["ai_240"] == "X"


def test_due_and_sell_by_dates_are_named_elements():
    code = read("]d2122610001626" + "1031")
    assert code.elements == {"due_date": "2026-10-31", "sell_by": "2026-10-31"}


def test_an_expiry_with_a_time_replaces_the_bare_date_and_another_day_is_doubtful():
    same = read(f"]d201{GTIN}1727010270032701021415")
    other = read(f"]d201{GTIN}1727010370032701021415")
    assert same.as_json()["expiry"] == other.as_json()["expiry"] == "2027-01-02T14:15"
    assert (same.warnings, other.warnings) == ((), ("EXPIRY_CONFLICT",))


def test_day_00_is_the_last_day_of_the_month_in_a_leap_year_too():
    assert read("]d217280200").expiry == date(2028, 2, 29)
    assert read("]d217270200").expiry == date(2027, 2, 28)


@pytest.mark.parametrize(("yy", "year"), [("76", 2076), ("77", 1977), ("00", 2000), ("99", 1999)])
def test_the_century_is_49_years_back_to_50_ahead(yy, year):
    assert read(f"]d211{yy}0101").manufactured == date(year, 1, 1)


def test_the_century_turns_with_the_day_of_judging():
    assert parse("]d217010101", today=date(2080, 6, 1)).expiry == date(2101, 1, 1)


@pytest.mark.parametrize(
    ("yymmdd", "warned"),
    [("211123", False), ("211122", True), ("411123", False), ("411124", True), ("271231", False), ("211201", False)],
)
def test_an_expiry_far_from_today_is_doubted(yymmdd, warned):
    assert ("EXPIRY_IMPLAUSIBLE" in read(f"]d201{GTIN}17{yymmdd}").warnings) is warned


@pytest.mark.parametrize(
    ("text", "warnings"),
    [
        ("]d210A", ["ITEM_KEY_MISSING"]),
        (f"]d201{GTIN}10A", []),
        (f"]d202{GTIN}", ["CONTENT_WITHOUT_COUNT", "CONTENT_WITHOUT_SSCC"]),
        (f"]d20037340030680998173302{GTIN}3724", []),
        ("]d23724", ["COUNT_WITHOUT_CONTENT"]),
        (f"]d201{GTIN}3724", ["GTIN_WITH_CONTENT", "COUNT_WITHOUT_CONTENT"]),
        (f"]d28006{GTIN}0102", ["ITIP_PIECE"]),
    ],
)
def test_elements_that_lack_their_partner_are_warned_of_and_not_refused(text, warnings):
    assert (list(read(text).warnings), read(text).errors) == (warnings, ())


def test_a_piece_of_an_item_says_which_of_how_many():
    code = read(f"]d28006{GTIN}0102")
    assert (code.gtin, code.elements) == (GTIN, {"piece": "01", "pieces": "02"})


def test_the_content_of_a_case_is_never_the_item():
    code = read(f"]d202{GTIN}3724")
    assert (code.gtin, code.lookup_keys, code.content_gtin) == (None, (), GTIN)


def test_a_made_to_order_gtin_is_a_named_element():
    assert read(f"]d203{GTIN}").elements == {"made_to_order_gtin": GTIN}


def test_an_indicator_is_never_stripped_to_find_an_item():
    code = read("]d20150312345678901")
    assert code.lookup_keys == (("gtin", "50312345678901"),)
    assert (code.base_gtin14, code.packaging_level, code.ndc10) == ("00312345678906", 5, "1234567890")


def test_a_drug_number_in_its_own_element_finds_the_item():
    base = read(f"]d20100312345678906715{'12345-678-90'}")
    assert base.lookup_keys == (("gtin", "00312345678906"), ("ndc10", "1234567890"), ("ndc11", "12345067890"))
    case = read("]d201503123456789017151234567890")
    assert case.lookup_keys == (("gtin", "50312345678901"),)
    assert read("]d2715123456").elements == {"ai_715": "123456"}


# lost separators


def lots(text):
    return [(reading.lot, reading.expiry, reading.serial) for reading in read(text).readings]


def test_a_lot_that_ends_in_a_date_has_two_readings():
    assert lots(f"]d201{GTIN}10ABC12317261231") == [
        ("ABC12317261231", None, None),
        ("ABC123", date(2026, 12, 31), None),
    ]
    assert read(f"]d201{GTIN}10ABC12317261231").lot == "ABC12317261231"


def test_a_date_inside_a_lot_counts_when_a_whole_element_follows():
    assert lots(f"01{GTIN}10ABC1726123121SER1")[1:] == [("ABC", date(2026, 12, 31), "SER1")]


@pytest.mark.parametrize(
    "lot", ["ABC21SER1", "ABC17261331", "ABC17261231XYZ", "17261231", "ABC1726123A", "ABC172612", "ABC1726123121"]
)
def test_a_lot_without_a_whole_date_behind_it_is_not_suspect(lot):
    code = read(f"]d201{GTIN}10{lot}")
    assert (code.lot, code.readings) == (lot, ())
    assert "GS_POSSIBLY_LOST" not in code.warnings


@pytest.mark.parametrize("ai", ["21", "240"])
def test_other_variable_elements_are_suspect_too(ai):
    assert "GS_POSSIBLY_LOST" in read(f"]d201{GTIN}{ai}X9917261231").warnings


def test_a_version_number_is_not_suspect():
    assert read(f"]d201{GTIN}8012X9917261231").warnings == ()


def test_an_overlong_lot_stays_an_error_even_where_a_split_would_fit():
    code = read(f"]d201{GTIN}10ABCDEFGHIJKLMN17261231")
    assert (code.errors, code.lot) == (("TRAILING_DATA",), None)
    assert [reading.lot for reading in code.readings] == [None, "ABCDEFGHIJKLMN"]
    count = read(f"]d202{GTIN}372417261231")
    assert (count.errors, count.warnings[-1]) == (("TRAILING_DATA",), "GS_POSSIBLY_LOST")
    assert count.readings[1].quantity == 24


def test_at_most_four_other_readings_are_offered():
    assert len(read("]d2" + f"10A17271231{GS}" * 6 + "21A17271231" + f"{GS}240A17271231").readings) == 4
    assert len(read("]d2" + "".join(f"10A{n}17271231{GS}" for n in range(6))).readings) == 5


def test_bracketed_text_cannot_lose_a_separator():
    assert read(f"(01){GTIN}(10)ABC17261231").readings == ()


# what is GS1 without an AIM identifier


@pytest.mark.parametrize(
    ("text", "scheme"),
    [
        ("10D9T", "plain"),
        ("21ABC", "plain"),
        ("17271231", "plain"),
        ("2012101234", "plain"),
        ("010", "plain"),
        ("011234", "plain"),
        ("0123456789", "plain"),
        ("01234567890", "plain"),
        ("0001234", "plain"),
        ("012345678901234567890", "plain"),
        ("8004ABC", "plain"),
        ("990" + "A" * 90, "plain"),
        (f"10D9T{GS}", "gs1"),
        ("1727123110D9T", "gs1"),
        ("10D917271231", "gs1"),
        (f"01{GTIN}", "gs1"),
        (f"01{GTIN}??zz", "gs1"),
        ("0107032069804989", "gs1"),
        ("00373400306809981733", "gs1"),
    ],
)
def test_a_text_is_gs1_only_by_its_own_evidence(text, scheme):
    assert read(text).scheme == scheme


def test_a_plain_lot_code_that_looks_like_gs1_is_plain_and_says_so():
    code = read("10D9T")
    assert (code.errors, code.warnings, code.lookup_keys) == ((), ("GS1_LOOKALIKE",), (("plain", "10D9T"),))


def test_a_number_cut_off_behind_01_still_finds_an_item_of_that_very_number():
    assert read("0101123").lookup_keys == (("plain", "0101123"),)


def test_a_text_that_is_gs1_for_certain_has_no_other_key():
    assert read(f"10D9T{GS}").lookup_keys == ()
    assert read(f"01{GTIN}").lookup_keys == (("gtin", GTIN),)


def test_a_text_guessed_to_be_gs1_without_item_keeps_the_text_as_its_key():
    assert read(" 1727123110D9T ").lookup_keys == (("plain", "1727123110D9T"),)


# separators and symbologies


@pytest.mark.parametrize("separator", ["^", "|", "~", "{GS}", "<GS>", "␝", "_", "\x1e"])
def test_what_a_scanner_sends_in_place_of_gs_can_be_configured(separator):
    code = read(f"01{GTIN}10A{separator}21B", separators=["", separator])
    assert (code.lot, code.serial, code.errors) == ("A", "B", ())


def test_a_configured_separator_leaves_other_texts_alone():
    assert read("BOX|7", separators=["|"]).lookup_keys == (("plain", "BOX|7"),)


@pytest.mark.parametrize("aim", ["]C0", "]d1", "]Q1", "]A0", "]z0", "]L0"])
def test_gs1_text_in_another_symbology_is_read_and_doubted(aim):
    code = read(f"{aim}01{GTIN}10ABC17261231")
    assert (code.gtin, code.symbology) == (GTIN, aim)
    assert code.warnings == ("GS_POSSIBLY_LOST", "NOT_GS1_SYMBOLOGY")
    assert all("NOT_GS1_SYMBOLOGY" in reading.warnings for reading in code.readings)


@pytest.mark.parametrize("aim", ["]C1", "]d2", "]Q3", "]J1", "]e0", "]e1", "]e2"])
def test_gs1_symbologies_are_gs1(aim):
    assert (read(f"{aim}10D9T").scheme, read(f"{aim}10D9T").lot) == ("gs1", "D9T")


# bracketed text


def test_typed_brackets_allow_spaces_and_need_no_separator():
    code = read(f" (01) {GTIN} (10) A1 (17) 271231 ")
    assert (code.gtin, code.lot, code.expiry) == (GTIN, "A1", date(2027, 12, 31))


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("(01)123", "AI_LENGTH"),
        ("(10)A(99)", "AI_LENGTH"),
        ("(10)A(89)B", "UNKNOWN_AI"),
        ("(10)A(011)B", "UNKNOWN_AI"),
        ("(10)A\\B", "INVALID_CHARACTER"),
        ("(10)A B(21)C D", "INVALID_CHARACTER"),
    ],
)
def test_faults_in_bracketed_text_are_named(text, error):
    assert codes(text) == [error]


@pytest.mark.parametrize("text", ["(555) 123-4567", "(A)", "()", "(1)"])
def test_other_brackets_are_plain_text(text):
    assert (read(text).scheme, read(text).errors) == ("plain", ())


# digital links


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("https://a.b/01/12312312312334", "GTIN_CHECK_DIGIT"),
        ("https://a.b/01/1231231231233X", "GTIN_LENGTH"),
        ("https://a.b/01/12312312312333/17/271231", "DIGITAL_LINK_PATH"),
        ("https://a.b/01/12312312312333/10/A%20B", "INVALID_CHARACTER"),
        ("https://a.b/01/12312312312333?17=271331", "INVALID_DATE"),
        ("https://a.b/00/373400306809981734", "SSCC_CHECK_DIGIT"),
    ],
)
def test_faults_in_a_digital_link_are_named(text, error):
    assert codes(text) == [error]


def test_a_digital_link_may_stand_deeper_and_carry_a_shops_own_parameters():
    code = read("https://shop.example/en/p/01/12312312312333/22/V/10/A%2FB?utm=x&17=271231;linkType=all&5=6#top")
    assert (code.gtin, code.lot, code.expiry, code.errors) == ("12312312312333", "A/B", date(2027, 12, 31), ())
    assert (code.elements, code.warnings) == ({"ai_22": "V"}, ())


def test_qualifiers_out_of_order_are_read_and_doubted():
    code = read("https://a.b/01/12312312312333/21/S/10/A")
    assert (code.lot, code.serial, code.warnings) == ("A", "S", ("DIGITAL_LINK_ORDER",))


@pytest.mark.parametrize(
    "text",
    [
        "HtTp://a.b/01/12312312312333",
        "https://a.b/gtin/12312312312333",
        "https://a.b/",
        "https://a.b",
        "https://a.b/01",
        "https://a.b/01/12312312312333/about",
        "https://a.b/01/12312312312333/lot/A",
        "ftp://a.b/01/12312312312333",
    ],
)
def test_any_other_web_address_is_plain(text):
    assert (read(text).scheme, read(text).errors) == ("plain", ())
