"""The colours of the stylesheet: readable in both themes, and states told apart by every kind of colour vision."""

import itertools
import math
import re
from pathlib import Path

import pytest

import supply.web

CSS = (Path(supply.web.__path__[0]) / "static" / "supply.css").read_text("utf-8")
STATES = ("ok", "note", "soon", "short", "stop", "recalled", "waiting", "closed")
LIGHT, DARK, SYSTEM, SHARED = (
    ':root,\n[data-bs-theme="light"] {',
    '\n[data-bs-theme="dark"] {',
    ":root:not([data-bs-theme]) {",
    ":root,\n:root[data-bs-theme] {",
)
# Machado, Oliveira and Fernandes 2009, severity 1.0, on linear RGB
SEEN_BY = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.3039)),
}
Colour = tuple[float, float, float]


def tokens(opening: str) -> dict[str, str]:
    """The colours declared in the block that begins so."""
    block = CSS.split(opening, 1)[1].split("}", 1)[0]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))


def linear(colour: str) -> Colour:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return red, green, blue


def luminance(colour: str) -> float:
    red, green, blue = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def lab(colour: Colour) -> Colour:
    """CIE L*a*b* under D65."""
    red, green, blue = (min(1.0, max(0.0, part)) for part in colour)
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883
    fx, fy, fz = (part ** (1 / 3) if part > 216 / 24389 else (24389 / 27 * part + 16) / 116 for part in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def distance(one: str, other: str, vision: str) -> float:
    """CIE 1976 difference as this vision sees the two."""
    seen = []
    for colour in (one, other):
        rgb = linear(colour)
        seen.append(
            lab(tuple(sum(weight * part for weight, part in zip(row, rgb, strict=True)) for row in SEEN_BY[vision]))
        )
    return math.dist(*seen)


def test_the_dark_theme_is_the_same_by_choice_and_by_the_device() -> None:
    assert tokens(DARK) == tokens(SYSTEM)
    assert set(tokens(DARK)) == set(tokens(LIGHT))


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_text_inks_and_borders_are_readable_on_page_and_surface(theme: str) -> None:
    found = tokens(theme)
    for ground in (found["page"], found["surface"]):
        for name in ("text", "muted", "link", *(f"ink-{state}" for state in STATES)):
            assert contrast(found[name], ground) >= 4.5, name
        assert contrast(found["border"], ground) >= 3
    assert contrast(found["on-primary"], found["primary"]) >= 4.5
    assert contrast(found["on-primary"], found["primary-strong"]) >= 4.5


@pytest.mark.parametrize("state", STATES)
def test_words_are_readable_on_their_states_fill(state: str) -> None:
    found = tokens(SHARED)
    assert contrast(found[f"on-{state}"], found[f"fill-{state}"]) >= 4.5


@pytest.mark.parametrize("vision", SEEN_BY)
def test_the_fills_of_two_states_never_look_alike(vision: str) -> None:
    found = tokens(SHARED)
    close = [
        (one, other)
        for one, other in itertools.combinations(STATES, 2)
        if distance(found[f"fill-{one}"], found[f"fill-{other}"], vision) < 15
    ]
    assert close == []


def test_no_colour_is_named_outside_the_tokens() -> None:
    rules = CSS.split("/* ---------- base ---------- */")[1].split("/* ---------- print")[0]
    assert (
        re.findall(
            r"#[0-9a-f]{3,8}\b",
            rules.replace(".swagger { color-scheme: light; background: #ffffff; color: #1a2129;", ""),
        )
        == []
    )
