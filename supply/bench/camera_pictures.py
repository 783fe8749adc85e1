"""The camera benchmark's photographs: symbols on labels before a lens, by chance from a seed; same seed, same pictures.

Owns size, turn, tilt, blur, noise, light and JPEG of each picture. It must never choose a picture by what reads it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from supply.barcodes.image_files import Pixels
from supply.bench.camera_symbols import KINDS, Symbol, bent, dotted, symbol_of, without_quiet_zone

SIZES: Final = ((640, 480), (1280, 960))
_DRAWN: Final = 8  # pixels per module of the symbol that is photographed
# What is varied in the ordinary pictures. The worst of all together is beyond every decoder, as it is in life.
PER_MODULE: Final = (1.6, 2.0, 2.6, 3.5)
BLURS: Final = (0.4, 0.8, 1.2)
NOISES: Final = (3.0, 10.0, 20.0)
TURNS: Final = (0.0, 6.0, 15.0, 45.0, 90.0, 180.0)
LIGHTS: Final = ("even", "dim", "shadow", "lamp")
RETAIL: Final = ("EAN-13", "UPC-A", "UPC-E", "EAN-8")
LINEAR: Final = tuple(kind for kind in KINDS if not any(name in kind for name in ("Matrix", "QR", "PDF")))


@dataclass(frozen=True)
class Lens:
    """How one picture is taken. `per_module` is pixels per module; `turn` and `tilt` in degrees; blur in pixels.

    `contrast` 1 is black on white; `at` is where the middle of the label lies, as shares of the picture.
    """

    per_module: float = 2.6
    blur: float = 0.6
    noise: float = 6.0
    turn: float = 0.0
    tilt: float = 0.0
    light: str = "even"
    contrast: float = 1.0
    inverted: bool = False
    at: tuple[float, float] = (0.5, 0.5)
    quality: int = 75


@dataclass(frozen=True)
class Picture:
    """A JPEG file, what is in it, and how it was taken."""

    jpeg: bytes
    texts: frozenset[str]
    group: str
    kind: str
    lens: Lens = field(default_factory=Lens)


def ordinary(seed: int, *, count: int = 720) -> Iterator[Picture]:
    """Pictures in which every kind meets every size, blur, noise, turn and light about equally often."""
    random = Random(f"ordinary {seed}")  # noqa: S311 - which picture is drawn, not a secret
    kinds = list(KINDS)
    for number in range(count):
        lens = Lens(
            per_module=random.choice(PER_MODULE),
            blur=random.choice(BLURS),
            noise=random.choice(NOISES),
            turn=random.choice(TURNS) + random.uniform(-2, 2),
            tilt=random.uniform(-20, 20),
            light=random.choice(LIGHTS),
            at=_near_the_middle(random),
            quality=random.randint(50, 92),
        )
        kind = kinds[number % len(kinds)]
        symbol = symbol_of(kind, random, module_pixels=_DRAWN)
        yield taken([symbol], lens, "ordinary", kind, random)


def hard(seed: int, *, each: int = 24) -> Iterator[Picture]:
    """Pictures of what goes wrong in an office: a class after the other, each with `each` pictures."""
    for group, make in HARD.items():
        random = Random(f"{group} {seed}")  # noqa: S311 - which picture is drawn, not a secret
        for number in range(each):
            symbols, lens, kind = make(random, number)
            yield taken(symbols, lens, group, kind, random)


def _near_the_middle(random: Random) -> tuple[float, float]:
    return random.uniform(0.46, 0.54), random.uniform(0.46, 0.54)


Made = tuple[list[Symbol], Lens, str]


def _some(random: Random) -> Lens:
    return Lens(
        per_module=random.choice((2.6, 3.5)),
        blur=random.choice((0.4, 0.8)),
        noise=random.choice((3.0, 8.0)),
        turn=random.uniform(-5, 5),
        tilt=random.uniform(-12, 12),
        at=_near_the_middle(random),
        quality=random.randint(60, 90),
    )


def _any(random: Random, number: int, kinds: tuple[str, ...] = tuple(KINDS)) -> tuple[Symbol, str]:
    kind = kinds[number % len(kinds)]
    return symbol_of(kind, random, module_pixels=_DRAWN), kind


def _on_a_vial(random: Random, number: int) -> Made:
    symbol, kind = _any(random, number, ("GS1 DataMatrix", "GS1 QR", "GS1-128, GTIN", "EAN-13", "GS1 DataBar", "UPC-A"))
    return [bent(symbol)], _some(random), kind


def _with_glare(random: Random, number: int) -> Made:
    symbol, kind = _any(random, number)
    return [symbol], replace(_some(random), light="glare"), kind


def _pale(random: Random, number: int) -> Made:
    symbol, kind = _any(random, number)
    return [symbol], replace(_some(random), contrast=random.uniform(0.12, 0.25), noise=2.0), kind


def _light_on_dark(random: Random, number: int) -> Made:
    symbol, kind = _any(random, number, ("GS1 DataMatrix", "GS1 QR", "GS1 DataMatrix, rectangular", "GS1-128, GTIN"))
    return [symbol], replace(_some(random), inverted=True), kind


def _cut_close(random: Random, number: int) -> Made:
    symbol, kind = _any(random, number)
    return [without_quiet_zone(symbol, _DRAWN * 2)], _some(random), kind


def _dots(random: Random, number: int) -> Made:
    symbol, kind = _any(random, number, ("GS1 DataMatrix", "GS1 DataMatrix, rectangular"))
    return [dotted(symbol, _DRAWN)], replace(_some(random), per_module=random.choice((3.5, 5.0))), kind


def _tiny_retail(random: Random, number: int) -> Made:
    symbol, kind = _any(random, number, RETAIL)
    lens = replace(_some(random), per_module=random.choice((1.3, 1.5, 1.8)), blur=random.choice((0.6, 0.9)))
    return [symbol], replace(lens, light=random.choice(LIGHTS), noise=8.0, quality=60), kind


def _turned_lines(random: Random, number: int) -> Made:
    symbol, kind = _any(random, number, LINEAR)
    return [symbol], replace(_some(random), turn=random.choice((-1, 1)) * random.uniform(15, 60)), kind


def _two(random: Random, number: int) -> Made:
    symbols = [_any(random, number + place, ("GS1 DataMatrix", "EAN-13", "GS1-128, GTIN"))[0] for place in (0, 1)]
    return symbols, replace(_some(random), per_module=2.6), "two codes"


def _at_the_edge(random: Random, number: int) -> Made:
    symbol, kind = _any(random, number, ("GS1 DataMatrix", "GS1 QR", "EAN-13", "UPC-A"))
    return [symbol], replace(_some(random), at=(random.choice((0.0, 1.0)), random.choice((0.0, 1.0)))), kind


def _nothing(random: Random, _number: int) -> Made:
    return [], replace(_some(random), noise=random.choice((3.0, 12.0))), "nothing"


HARD: Final[dict[str, Callable[[Random, int], Made]]] = {
    "on a vial": _on_a_vial,
    "glare": _with_glare,
    "pale print": _pale,
    "light on dark": _light_on_dark,
    "quiet zone of 2 modules": _cut_close,
    "dots on steel": _dots,
    "tiny EAN and UPC": _tiny_retail,
    "lines turned by 15-60°": _turned_lines,
    "two codes": _two,
    "at the edge": _at_the_edge,
    "no code": _nothing,
}


def taken(symbols: list[Symbol], lens: Lens, group: str, kind: str, random: Random) -> Picture:
    """The label with these symbols photographed so, as a JPEG; it grows to 1280×960 where 640×480 cannot hold it."""
    noise = np.random.default_rng(random.getrandbits(32))
    label = _label(symbols, noise)
    extent = max(label.shape) / _DRAWN * lens.per_module
    size = SIZES[0] if extent < 0.85 * SIZES[0][0] else SIZES[1]
    seen = _before_the_lens(label, lens, size, noise)
    finished = _exposed(seen, lens, noise)
    _, encoded = cv2.imencode(".jpg", finished, [cv2.IMWRITE_JPEG_QUALITY, lens.quality])
    return Picture(encoded.tobytes(), frozenset(symbol.text for symbol in symbols), group, kind, lens)


def _label(symbols: list[Symbol], noise: np.random.Generator) -> Pixels:
    """White paper with the symbols below each other and words under them."""
    if not symbols:
        return words_on(np.full((400, 700), 235, np.uint8), noise, lines=6)
    width = max(symbol.pixels.shape[1] for symbol in symbols)
    parts = []
    for symbol in symbols:
        space = width - symbol.pixels.shape[1]
        parts.append(np.pad(symbol.pixels, ((0, 0), (space // 2, space - space // 2)), constant_values=255))
        parts.append(words_on(np.full((6 * _DRAWN, width), 255, np.uint8), noise, lines=1))
    return np.vstack(parts)


def words_on(paper: Pixels, noise: np.random.Generator, *, lines: int) -> Pixels:
    """Print letters on the paper: what a decoder must not take for bars."""
    height, width = paper.shape
    for line in range(lines):
        said = "".join(chr(letter) for letter in noise.integers(48, 91, 40))
        below = int(height * (line + 0.8) / lines)
        cv2.putText(paper, said, (6, below), cv2.FONT_HERSHEY_SIMPLEX, min(1.2, height / lines / 45), 0, 2)
    return paper[:, :width]


def _before_the_lens(label: Pixels, lens: Lens, size: tuple[int, int], noise: np.random.Generator) -> NDArray[Any]:
    """The label laid on a desk, turned and tilted; drawn at double size and halved, as a sensor gathers light."""
    width, height = size[0] * 2, size[1] * 2
    forth = _way(label, lens, (width, height))
    ink = 255 - label if lens.inverted else label
    dark = 235.0 * (1.0 - lens.contrast)
    paper = (dark + ink.astype(np.float32) / 255 * (235.0 - dark)).astype(np.uint8)
    seen = cv2.warpPerspective(paper, forth, (width, height), flags=cv2.INTER_LINEAR)
    covered = cv2.warpPerspective(np.full_like(label, 255), forth, (width, height), flags=cv2.INTER_LINEAR)
    desk = desk_of((width, height), noise)
    scene = np.where(covered > 127, seen, desk).astype(np.uint8)
    return np.asarray(cv2.resize(scene, size, interpolation=cv2.INTER_AREA), dtype=np.float32)


def _way(label: Pixels, lens: Lens, size: tuple[int, int]) -> NDArray[np.float64]:
    """From label to picture: turned in the plane, tilted about the upright axis, moved to its place."""
    height, width = label.shape
    scale = 2 * lens.per_module / _DRAWN
    centre = np.array([[1.0, 0.0, -width / 2], [0.0, 1.0, -height / 2], [0.0, 0.0, 1.0]])
    turn, tilt = np.deg2rad(lens.turn), np.deg2rad(lens.tilt)
    turned = np.array([[np.cos(turn), -np.sin(turn), 0.0], [np.sin(turn), np.cos(turn), 0.0], [0.0, 0.0, 1.0]])
    away = np.sin(tilt) / (2.5 * max(label.shape))
    tilted = np.array([[np.cos(tilt), 0.0, 0.0], [0.0, 1.0, 0.0], [away, 0.0, 1.0]])
    grown = np.diag([scale, scale, 1.0])
    reach = np.array([abs(np.cos(turn)) * width + abs(np.sin(turn)) * height,
                      abs(np.sin(turn)) * width + abs(np.cos(turn)) * height]) * scale / 2  # fmt: skip
    place = np.array(lens.at) * size
    place = np.clip(
        place, np.minimum(reach, np.array(size) / 2), np.maximum(np.array(size) - reach, np.array(size) / 2)
    )
    moved = np.array([[1.0, 0.0, place[0]], [0.0, 1.0, place[1]], [0.0, 0.0, 1.0]])
    return np.asarray(moved @ grown @ turned @ tilted @ centre, dtype=np.float64)


def desk_of(size: tuple[int, int], noise: np.random.Generator) -> Pixels:
    """A desk with sheets, printed lines, grilles and stripes: clutter that looks like codes."""
    width, height = size
    desk = np.full((height, width), int(noise.integers(60, 190)), np.uint8)
    for _ in range(int(noise.integers(3, 8))):
        x, y = int(noise.integers(-80, width)), int(noise.integers(-80, height))
        wide, high = int(noise.integers(120, 420)), int(noise.integers(80, 260))
        sheet = words_on(np.full((high, wide), int(noise.integers(120, 250)), np.uint8), noise, lines=4)
        if noise.random() < 0.5:
            _stripes(sheet, noise)
        left, top = max(0, x), max(0, y)
        part = sheet[top - y : height - y, left - x : width - x]
        desk[top : top + part.shape[0], left : left + part.shape[1]] = part
    return desk


def _stripes(sheet: Pixels, noise: np.random.Generator) -> None:
    """Bars of chance widths: a ruler, a radiator, the teeth of a comb."""
    at, ink = int(noise.integers(8, 30)), int(noise.integers(0, 110))
    while at < sheet.shape[1] - 10:
        wide = int(noise.integers(2, 12))
        sheet[10:-10, at : at + wide] = ink
        at += wide + int(noise.integers(2, 12))


def _exposed(scene: NDArray[Any], lens: Lens, noise: np.random.Generator) -> Pixels:
    height, width = scene.shape
    lit = scene * _light(lens.light, width, height, noise)
    if lens.light == "glare":
        lit = lit + _glare(width, height, noise)
    blurred = cv2.GaussianBlur(lit.astype(np.float32), (0, 0), lens.blur)
    grains = noise.standard_normal(blurred.shape, dtype=np.float32) * lens.noise
    return np.asarray((blurred + grains).clip(0, 255).astype(np.uint8))


def _light(kind: str, width: int, height: int, noise: np.random.Generator) -> NDArray[Any]:
    across = np.linspace(0, 1, width, dtype=np.float32)[None, :]
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    if kind == "dim":
        return np.full((height, width), 0.3, np.float32)
    if kind == "shadow":  # a hard edge runs over the label
        edge = (across + 0.4 * down) > noise.uniform(0.55, 0.8)
        return np.asarray(cv2.GaussianBlur(np.where(edge, 0.45, 1.0).astype(np.float32), (0, 0), 4))
    if kind == "lamp":  # bright at one side, dark at the other
        return np.asarray(1.05 - 0.8 * across * (0.6 + 0.4 * down), dtype=np.float32)
    return np.ones((height, width), np.float32)


def _glare(width: int, height: int, noise: np.random.Generator) -> NDArray[Any]:
    """The mirror image of a lamp in the foil, beside the middle."""
    x, y = width * noise.uniform(0.4, 0.6), height * noise.uniform(0.4, 0.6)
    away = np.hypot(np.arange(width)[None, :] - x, 2.0 * (np.arange(height)[:, None] - y))
    return np.asarray(200.0 * np.exp(-((away / (0.09 * width)) ** 2)), dtype=np.float32)
