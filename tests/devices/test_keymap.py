"""From keys to characters: what scanners press, on whatever layout the machine has."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply.devices.keymap import CAPS, FUNCTION_KEYS, Keys, typed

GS = "\x1d"
PRINTABLE = "".join(chr(code) for code in range(0x20, 0x7F))


def _meant(strokes: list[tuple[int, int]], keys: Keys | None = None) -> str:
    reader = keys or Keys()
    return "".join(reader.feed(code, value) for code, value in strokes)


def test_every_printable_character_arrives() -> None:
    assert _meant(typed(PRINTABLE + "\r\t\n")) == PRINTABLE + "\r\t\n"


@pytest.mark.parametrize("gs", ["ctrl", "alt", "F8", "F12"])
def test_the_separator_arrives_however_it_is_pressed(gs: str) -> None:
    assert _meant(typed(f"10LOT42A{GS}21S9", gs=gs)) == f"10LOT42A{GS}21S9"


def test_a_function_key_that_was_learned_stands_for_the_separator() -> None:
    assert _meant(typed(GS, gs="F9"), Keys(gs_key="F9")) == GS
    assert _meant(typed(GS, gs="F8"), Keys(gs_key="F9")) == ""


@pytest.mark.parametrize(
    ("digits", "meant"),
    [
        ("29", GS),
        ("029", GS),
        ("0029", GS),
        ("0232", GS),
        ("232", GS),
        ("65", "A"),
        ("0214", "Ö"),
        ("153", "Ö"),
        ("8364", "€"),
        ("", ""),
        ("999999", ""),
        ("60000", ""),
    ],
)
def test_alt_with_a_number_types_its_character(digits: str, meant: str) -> None:
    pad = dict(zip("0123456789", (82, 79, 80, 81, 75, 76, 77, 71, 72, 73), strict=True))
    strokes = [(56, 1), *((pad[digit], value) for digit in digits for value in (1, 0)), (56, 0)]

    assert _meant(strokes) == meant


def test_the_pad_types_digits_without_alt() -> None:
    assert _meant([(82, 1), (82, 0), (79, 1), (79, 0), (96, 1), (96, 0)]) == "01\r"


def test_caps_lock_turns_letters_round_and_nothing_else() -> None:
    assert _meant([(CAPS, 1), (CAPS, 0), *typed("aB1!"), (CAPS, 1), (CAPS, 0), *typed("a")]) == "Ab1!a"


def test_a_key_that_repeats_by_itself_is_one_press() -> None:
    assert _meant([(30, 1), (30, 2), (30, 2), (30, 0)]) == "a"


def test_a_shift_held_when_the_plug_was_pulled_is_forgotten() -> None:
    keys = Keys()
    keys.feed(42, 1)
    keys.release_all()

    assert _meant(typed("a1"), keys) == "a1"


@given(text=st.text(alphabet=st.sampled_from(PRINTABLE + GS), max_size=80), gs=st.sampled_from(["ctrl", "alt", "F8"]))
def test_any_code_arrives_as_it_was_pressed(text: str, gs: str) -> None:
    assert _meant(typed(text, gs=gs)) == text


@given(st.lists(st.tuples(st.integers(-5, 800), st.integers(-1, 3)), max_size=300))
def test_keys_without_sense_break_nothing(strokes: list[tuple[int, int]]) -> None:
    keys = Keys(gs_key=next(iter(FUNCTION_KEYS)))
    _meant(strokes, keys)
    keys.release_all()

    assert _meant(typed("]d2A"), keys) == "]d2A"
