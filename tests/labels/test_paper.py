"""Sizes of labels and rolls: their dots, their names, and what is no paper."""

import pytest

from supply.errors import Invalid
from supply.labels.paper import NAMES, RESOLUTIONS, Paper, named


@pytest.mark.parametrize(
    ("text", "dots"),
    [("57x32", (455, 255)), ("40x30", (319, 239)), ("58 roll", (384, None)), ("80 roll", (576, None))],
)
def test_a_size_has_its_dots_at_203_dpi(text: str, dots: tuple[int, int | None]) -> None:
    paper = named(text)
    assert (paper.width_dots, paper.height_dots) == dots


def test_a_head_that_is_narrower_than_the_paper_decides() -> None:
    assert named("62x29", printable_dots=384).width_dots == 384
    assert named("40x30", printable_dots=384).width_dots == 319


@pytest.mark.parametrize("dots_per_inch", RESOLUTIONS)
@pytest.mark.parametrize("name", NAMES)
def test_a_paper_is_found_again_by_its_text(name: str, dots_per_inch: int) -> None:
    paper = named(name, dots_per_inch=dots_per_inch)
    assert paper.name == name
    assert named(paper.text) == paper


@pytest.mark.parametrize("text", ["", "a4", "57x32@0", "57x32@200", "@203", "57 x 32", "58 roll@9999", "57x32@203@203"])
def test_what_is_no_size_is_refused_in_words(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        named(text)
    assert refused.value.code == "bad_paper"


@pytest.mark.parametrize(
    "wrong",
    [(19, 30), (121, 30), (57, 14), (57, 301), (57, 32, 72), (57, 32, 203, 100), (57, 32, 203, 2001)],
)
def test_sizes_beyond_any_label_printer_are_refused(wrong: tuple[int, ...]) -> None:
    with pytest.raises(Invalid):
        Paper(*wrong)
