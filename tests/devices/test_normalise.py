"""What a scanner's learned profile takes away and puts right, and that it touches nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply.devices.normalise import Profile, framing_from, normalise, profile_from
from supply.errors import Invalid

GS = "\x1d"


@pytest.mark.parametrize(
    ("raw", "learned", "text", "aim", "trust"),
    [
        ("4012345678901", {}, "4012345678901", None, "unknown"),
        ("]d201A" + GS + "21S", {"gs": "kept"}, "]d201A" + GS + "21S", "]d2", "kept"),
        ("P4012S", {"prefix": "P", "suffix": "S"}, "4012", None, "unknown"),
        ("PP4012SS", {"prefix": "P", "suffix": "S"}, "P4012S", None, "unknown"),
        ("4012", {"prefix": "P", "suffix": "S"}, "4012", None, "unknown"),
        ("]C110LOT|21S", {"gs": "mapped", "gs_as": "|"}, "]C110LOT" + GS + "21S", "]C1", "mapped"),
        ("]C110LOT]21S", {"gs": "mapped", "gs_as": "]"}, "]C110LOT" + GS + "21S", "]C1", "mapped"),
        ("10LOT{GS}21S", {"gs": "mapped", "gs_as": "{GS}"}, "10LOT" + GS + "21S", None, "mapped"),
        ("10LOT|21S", {"gs": "kept", "gs_as": "|"}, "10LOT|21S", None, "kept"),
        ("10LOT21S", {"gs": "lost"}, "10LOT21S", None, "lost"),
        ("+A123BJC5D6E7 ", {}, "+A123BJC5D6E7 ", None, "unknown"),
        ("  lot 1\t", {"suffix": "\t"}, "  lot 1", None, "unknown"),
        ("~]d2017~", {"prefix": "~", "gs": "mapped", "gs_as": "~"}, "]d2017" + GS, "]d2", "mapped"),
        ("X", {"prefix": "X", "suffix": "X"}, "", None, "unknown"),
    ],
)
def test_a_read_means_what_its_scanner_was_seen_to_mean(
    raw: str, learned: dict[str, str], text: str, aim: str | None, trust: str
) -> None:
    meaning = normalise(raw, profile_from(learned))

    assert (meaning.text, meaning.aim, meaning.gs_trust) == (text, aim, trust)


def test_what_else_was_learned_is_passed_over() -> None:
    learned = {"prefix": None, "aim": True, "layout": "us", "average_key_ms": 12.5, "tested_at": "2026-11-23"}

    assert profile_from(learned) == Profile()


@pytest.mark.parametrize("learned", [{"prefix": 3}, {"suffix": "x" * 41}, {"gs": "perhaps"}, {"gs_as": ["|"]}])
def test_a_profile_that_cannot_be_right_is_refused_by_its_key(learned: dict[str, object]) -> None:
    with pytest.raises(Invalid, match=next(iter(learned))):
        profile_from(learned)


@pytest.mark.parametrize(
    ("suffix", "framing"),
    [("\r", "cr"), ("\n", "lf"), ("\r\n", "crlf"), ("\t", "tab"), ("\x03", "stx-etx"), ("", "auto"), (None, "auto")],
)
def test_the_learned_suffix_says_how_reads_end(suffix: str | None, framing: str) -> None:
    assert framing_from({"suffix": suffix}) == framing


@given(text=st.text(max_size=60), prefix=st.text(max_size=4), suffix=st.text(max_size=4))
def test_what_was_added_goes_and_nothing_else(text: str, prefix: str, suffix: str) -> None:
    assert normalise(prefix + text + suffix, Profile(prefix, suffix)).text == text
