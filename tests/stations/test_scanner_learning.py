"""What is learned of a scanner from the set-up sheet: a table of how real scanners send, and what is said of each."""

import numpy as np
import pytest
import zxingcpp

from supply.stations.keyboard_layouts import LAYOUTS
from supply.stations.scanner_learning import Arrived, Learned, judge, learn, typed
from supply.stations.scanner_sheet import BY_NAME, SYMBOLS, _drawn, svg_of
from supply.stations.scanner_strokes import Key, strokes_of_text

GS = "\x1d"


def keys_for(
    text: str,
    *,
    gs: str = "Ctrl+]",
    scanner: str = "us",
    computer: str = "us",
    pace_ms: float = 4,
    caps: bool = False,
    end: str = "\r",
) -> list[Key]:
    """The keys of a wedge that believes in one keyboard, at a computer that has another."""
    made: list[Key] = []
    positions = {pair[n]: (code, bool(n)) for code, pair in LAYOUTS[scanner].items() for n in (1, 0)}
    for character in text + end:
        at = len(made) * pace_ms
        if character == GS:
            made += _separator(gs, at)
        elif character in "\r\t":
            made.append(Key(*(("Enter", "Enter") if character == "\r" else ("Tab", "Tab")), at_ms=at))
        elif character == "\n":
            made.append(Key("KeyJ", "j", control=True, at_ms=at))
        elif character not in positions:
            made.append(Key("KeyQ", character, control=True, alt=True, at_ms=at))  # AltGr
        else:
            code, shift = positions[character]
            came = LAYOUTS[computer][code][shift]
            came = came.swapcase() if caps and came.isalpha() else came
            made.append(Key(code, came, shift=shift, caps=caps, at_ms=at))
    return made


def _separator(gs: str, at: float) -> list[Key]:
    if gs == "Ctrl+]":
        return [Key("BracketRight", "]", control=True, at_ms=at)]
    if gs.startswith("Alt+"):
        down, up = Key("AltLeft", "Alt", alt=True), Key("AltLeft", "Alt", at_ms=at, is_up=True)
        return [down, *(Key(f"Numpad{digit}", digit, alt=True) for digit in gs[4:]), up]
    if gs.startswith("F"):
        return [Key(gs, gs, at_ms=at)]
    return keys_for(gs, end="") if gs else []


def scanned(*names: str, before: str = "", **how: object) -> Learned:
    return learn([typed(name, keys_for(before + BY_NAME[name].text, **how)) for name in names])


def said(learned: Learned, weight: str = "must") -> str:
    return " ".join(one.do for one in learned.advice if one.weight == weight)


@pytest.mark.parametrize(
    ("gs", "kept", "named", "advice"),
    [
        ("Ctrl+]", "kept", "Ctrl+]", ""),
        ("Alt+0029", "kept", "Alt+0029", ""),
        ("Alt+029", "kept", "Alt+029", ""),
        ("Alt+232", "kept", "Alt+232", ""),
        ("F8", "mapped", "F8", ""),
        ("|", "mapped", "|", ""),
        ("~", "mapped", "~", ""),
        ("^", "mapped", "^", ""),
        ("]", "mapped", "]", "Choose another stand-in"),
        ("", "lost", "", "send control characters"),
    ],
)
def test_it_is_learned_how_the_separator_arrives(gs: str, kept: str, named: str, advice: str) -> None:
    learned = scanned("letters", "gs1-square", gs=gs)
    assert (learned.profile["gs"], learned.profile["gs_as"]) == (kept, named)
    assert advice in said(learned)
    assert learned.is_passed is (advice == "")


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n", "\t", ""])
def test_the_end_of_a_scan_is_learned(end: str) -> None:
    learned = scanned("letters", "gs1-square", end=end)
    assert learned.profile["suffix"] == end
    assert ("Set the suffix to Enter" in said(learned)) is (end == "")


def test_enter_twice_is_cr_and_lf() -> None:
    assert scanned("letters", end="\r\r").profile["suffix"] == "\r\n"


@pytest.mark.parametrize(
    ("scanner", "computer", "layout", "weight", "advice"),
    [
        ("us", "us", "us", "must", ""),
        ("us", "de", "us", "good", "Leave the keyboard country"),
        ("us", "fr", "us", "good", "Leave the keyboard country"),
        ("us", "es", "us", "good", "Leave the keyboard country"),
        ("de", "de", "de", "should", "US English"),
        ("es", "es", "es", "should", "US English"),
        ("de", "us", "de", "must", "US English"),
    ],
)
def test_the_keyboard_of_scanner_and_computer_are_told_apart(
    scanner: str, computer: str, layout: str, weight: str, advice: str
) -> None:
    learned = scanned("letters", "marks", scanner=scanner, computer=computer)
    assert learned.profile["layout"] == layout
    assert advice in said(learned, weight)


def test_the_aim_identifier_is_told_from_a_prefix() -> None:
    with_aim = learn([typed(name, keys_for("]C0" + BY_NAME[name].text)) for name in ("letters", "double")])
    assert (with_aim.profile["aim"], with_aim.profile["prefix"]) == (True, "")
    both = scanned("letters", "gs1-square", before="#]d2")
    assert (both.profile["aim"], both.profile["prefix"]) == (True, "#")
    assert "AIM" in said(scanned("letters", "gs1-square"), "should")


def test_the_makers_code_letter_is_refused_as_a_prefix() -> None:
    learned = learn(
        [
            typed("letters", keys_for("D" + BY_NAME["letters"].text)),
            typed("ean13", keys_for("A" + BY_NAME["ean13"].text)),
        ]
    )
    assert learned.profile["prefix"] == ""
    assert "code letter" in said(learned)


def test_caps_lock_is_named_and_the_scan_still_right() -> None:
    learned = scanned("letters", "gs1-square", caps=True)
    assert learned.is_passed
    assert "Caps Lock off" in said(learned, "should")


def test_swapped_case_of_the_scanner_itself_is_refused() -> None:
    assert "case conversion" in said(learn([typed("letters", keys_for(BY_NAME["letters"].text.swapcase()))]))


def test_a_slow_scanner_is_told_and_an_identifier_makes_that_harmless() -> None:
    assert "delay between characters to 0" in said(scanned("letters", pace_ms=60), "should")
    assert "delay between characters to 0" in said(scanned("letters", pace_ms=60, before="]C0"), "good")
    assert scanned("letters", pace_ms=4).profile["average_key_ms"] == 4


def test_lost_characters_are_told_from_another_symbol() -> None:
    text = BY_NAME["letters"].text
    assert "5 ms" in said(learn([typed("letters", keys_for(text[:4] + text[6:]))]))
    other = learn([typed("letters", keys_for("4006381333931"))])
    assert not other.is_passed
    assert "not what the symbol says" in other.steps[0].words


def test_a_fast_double_is_two_reads_and_one_is_too_few() -> None:
    text = BY_NAME["double"].text
    twice, once = typed("double", keys_for(f"{text}\r{text}")), typed("double", keys_for(text))
    assert (judge(twice).is_passed, judge(twice).reads) == (True, 2)
    assert not judge(once).is_passed
    assert learn([twice]).profile["suffix"] == "\r"
    assert "same symbol" in said(learn([once]))


def test_a_bad_symbol_must_give_nothing() -> None:
    assert judge(Arrived("bad", ())).is_passed
    assert not judge(typed("bad", keys_for("SUPPLY-BAD"))).is_passed


def test_a_lost_check_digit_is_named() -> None:
    assert "check digit" in said(learn([typed("ean13", keys_for(BY_NAME["ean13"].text[:-1]))]))


def test_a_serial_scanner_is_judged_by_its_characters_and_not_by_keys() -> None:
    arrivals = [
        Arrived(name, tuple(strokes_of_text(aim + BY_NAME[name].text + "\r")))
        for name, aim in (("letters", "]C0"), ("gs1-square", "]d2"))
    ]
    learned = learn(arrivals)
    assert learned.is_passed
    assert (learned.profile["gs"], learned.profile["gs_as"], learned.profile["aim"]) == ("kept", "0x1D", True)
    assert (learned.profile["suffix"], learned.profile["average_key_ms"]) == ("\r", 0)


def test_nothing_is_passed_before_the_needed_symbols_were_scanned() -> None:
    assert not scanned("letters").is_passed
    assert not learn([]).is_passed


@pytest.mark.parametrize("name", [symbol.name for symbol in SYMBOLS])
def test_every_symbol_of_the_sheet_reads_as_it_says_and_the_bad_one_not_at_all(name: str) -> None:
    rows, module_mm, quiet = _drawn(name)
    ink = np.array(rows)
    tall = 4 if len(rows) > 1 else 80
    picture = np.pad(~ink.repeat(4, axis=1).repeat(tall, axis=0), quiet * 4, constant_values=True)
    read = [found.bytes.decode() for found in zxingcpp.read_barcodes(picture.astype(np.uint8) * 255)]
    assert read == ([BY_NAME[name].text] if BY_NAME[name].times else [])
    drawing = svg_of(name)
    assert f'width="{(ink.shape[1] + 2 * quiet) * module_mm:.2f}mm"' in drawing
    assert float(drawing.split('width="')[1].split("mm")[0]) < 180  # a page
