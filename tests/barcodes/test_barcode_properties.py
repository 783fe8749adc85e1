"""What must hold for every text and every code."""

import json
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supply.barcodes import hibc, house_code
from supply.barcodes.codes import Code, meaning
from supply.barcodes.encode import bracketed_gs1, encode_gs1
from supply.barcodes.gtin import check_digit, expand_upce
from supply.barcodes.parse import parse
from supply.errors import Invalid

TODAY = date(2026, 11, 23)
CSET82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
CAPITALS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

digits = st.text("0123456789", min_size=1, max_size=8)
gtins = st.text("0123456789", min_size=13, max_size=13).map(lambda payload: payload + check_digit(payload))
days = st.dates(date(2001, 1, 1), date(2049, 12, 31)).map(lambda day: day.strftime("%y%m%d"))
texts = st.text(CSET82, min_size=1, max_size=20)
VALUES = {"01": gtins, "10": texts, "11": days, "17": days, "21": texts, "240": texts, "30": digits, "91": texts}
elements = st.dictionaries(st.sampled_from(sorted(VALUES)), st.none(), min_size=1).flatmap(
    lambda chosen: st.permutations(sorted(chosen)).flatmap(
        lambda ais: st.tuples(*(st.tuples(st.just(ai), VALUES[ai]) for ai in ais))
    )
)
# texts that come near to being codes
fragments = st.sampled_from(
    [
     "]d2", "]C1", "]E0", "]Q1", "01", "07032069804988", "10", "17", "271231", "\x1d", "(", ")", "\\", "+", "$$", "/",
     "A999",
     "https://a.b/", "=/", "=>", "&,1", "SUPI", "000042", "-", "0591", "*", " ", "\r\n", "^", "é", "\x00", "７", "²"]
)  # fmt: skip


def judge(text, separators=()):
    code = parse(text, today=TODAY, separators=separators)
    assert code.raw == text
    printed = json.loads(json.dumps(code.as_json()))
    assert isinstance(printed["errors"], list)
    assert isinstance(printed["warnings"], list)
    assert set(printed["errors"]) | set(printed["warnings"]) <= set(Code)
    assert all(scheme and value for scheme, value in code.lookup_keys)
    if not code.errors and code.scheme in ("plain", "house", "ndc"):
        assert code.lookup_keys


@given(st.text())
def test_no_text_makes_it_raise(text):
    judge(text)


@given(st.binary().map(lambda raw: raw.decode("latin-1")), st.lists(st.text(max_size=3), max_size=3))
def test_no_bytes_and_no_separators_make_it_raise(text, separators):
    judge(text, separators)


@given(st.lists(fragments | st.text(max_size=4), max_size=12).map("".join))
@settings(max_examples=500)
def test_no_near_code_makes_it_raise(text):
    judge(text, ["^"])


@given(st.text("0123456789", max_size=30))
def test_no_digits_make_it_raise(text):
    judge(text)


@given(st.dates(), st.text("0123456789\x1d", max_size=20))
def test_no_day_of_judging_makes_it_raise(today, text):
    for aim in ("]d2", "]d217", "]d27003", ""):
        parse(aim + text, today=today)


@given(elements)
def test_what_is_encoded_is_read_back_the_same(chosen):
    code = parse("]d2" + encode_gs1(chosen), today=TODAY)
    assert (code.gs1_elements, code.errors) == (chosen, ())


@given(elements)
def test_bracketed_text_is_read_back_the_same(chosen):
    code = parse(bracketed_gs1(chosen), today=TODAY)
    assert (code.gs1_elements, code.errors) == (chosen, ())


@pytest.mark.parametrize(
    "unfit",
    [
        [],
        [("10", "A"), ("10", "B")],
        [("010", "A")],
        [("10", "")],
        [("10", "A B")],
        [("10", "A\x1d21B")],
        [("10", "A" * 21)],
        [("01", "07032069804989")],
        [("17", "271331")],
    ],
)
def test_what_could_not_be_read_back_is_not_written(unfit):
    for write in (encode_gs1, bracketed_gs1):
        with pytest.raises(Invalid, match="GS1"):
            write(unfit)


@given(st.sampled_from("ILPCS"), st.integers(0, 10**12 - 1), st.data())
def test_a_house_code_is_read_back_and_every_wrong_character_is_noticed(kind, number, data):
    text = house_code.encode(kind, number)
    assert int(parse(text, today=TODAY).house_value) == number
    at = data.draw(st.integers(0, len(text) - 1))
    for other in CAPITALS.replace(text[at], ""):
        damaged = parse(text[:at] + other + text[at + 1 :], today=TODAY)
        assert damaged.house_value is None


@given(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", min_size=26, max_size=26), st.integers(0, 30))
def test_a_damaged_badge_is_noticed(payload, at):
    text = house_code.encode("B", payload)
    for other in CAPITALS.replace(text[at], ""):
        assert parse(text[:at] + other + text[at + 1 :], today=TODAY).house_value is None


@given(st.text(CAPITALS, min_size=1, max_size=18), st.integers(0, 9), st.data())
def test_a_damaged_hibc_code_is_noticed(number, unit, data):
    body = f"+A999{number}{unit}"
    text = body + hibc.check_character(body)
    code = parse(text, today=TODAY)
    assert (code.hibc_di, code.errors) == (body[1:], ())
    at = data.draw(st.integers(1, len(text) - 1))
    other = data.draw(st.sampled_from(CAPITALS.replace(text[at], "") or CAPITALS))
    damaged = parse(text[:at] + other + text[at + 1 :], today=TODAY)
    assert damaged.errors or damaged.scheme == "plain"


@given(st.sampled_from("01"), st.text("0123456789", min_size=6, max_size=6))
def test_exactly_one_check_digit_expands_a_upce(system, body):
    expanded = [text for check in range(10) if (text := expand_upce(f"{system}{body}{check}"))]
    assert len(expanded) == 1
    assert expanded[0][-1] == check_digit(expanded[0][:-1])


@given(gtins, st.sampled_from("0123456789"), st.integers(0, 13))
def test_a_wrong_digit_in_a_gtin_is_noticed(gtin, digit, at):
    damaged = gtin[:at] + digit + gtin[at + 1 :]
    assert bool(parse(f"]C101{damaged}", today=TODAY).errors) is (damaged != gtin)


def test_every_code_has_its_sentence():
    for code in Code:
        assert meaning(code).endswith(".")
    assert meaning("NEW_CODE") == "NEW_CODE"
