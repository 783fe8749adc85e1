"""False reads: films of a hand before a camera, most with nothing to read, through all the rules a scan goes through.

Owns the films and the count. It must never count as false what the film shows, nor forgive what it does not show.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from supply.barcodes.image_files import Pixels
from supply.barcodes.images import Consensus, Decoded, decode_frame
from supply.barcodes.parse import parse
from supply.bench.camera_pictures import desk_of
from supply.bench.camera_symbols import KINDS, symbol_of

FRAMES_IN_A_FILM: Final = 20
FRAMES_A_SECOND: Final = 10.0
SIZE: Final = (640, 480)
TODAY: Final = date(2026, 11, 23)
_SHOWN_IN: Final = 0.35  # the share of films in which there is a code


@dataclass(frozen=True)
class Film:
    """Frames and the payload that they show; None where they show none."""

    text: str | None
    frames: Iterator[Pixels]


def films(seed: int, frames: int) -> Iterator[Film]:
    """Films of twenty frames, `frames` in all."""
    for number in range(-(-frames // FRAMES_IN_A_FILM)):
        random = Random(f"film {seed} {number}")  # noqa: S311 - which picture is drawn, not a secret
        noise = np.random.default_rng(random.getrandbits(32))
        scene = desk_of((SIZE[0] + 120, SIZE[1] + 120), noise)
        text = _lay_a_code(scene, random) if random.random() < _SHOWN_IN else None
        yield Film(text, _filmed(scene, random, noise, min(FRAMES_IN_A_FILM, frames - number * FRAMES_IN_A_FILM)))


def rows(*, frames: int = 2_000, seed: int = 1) -> Iterator[dict[str, Any]]:
    """One row: frames, films with and without a code, codes that were read, and false reads after each of the rules."""
    counted: Counter[str] = Counter()
    told: list[str] = []
    for film in films(seed, frames):
        counted["films"] += 1
        counted["films_with_a_code"] += film.text is not None
        accepted = watched(film, counted)
        counted["films_read"] += film.text in {code.text for code in accepted}
        for code in accepted:
            if code.text != film.text:
                counted["agreed_falsely"] += 1
                if stands(code):
                    counted["accepted_falsely"] += 1
                    told.append(f"{code.format} {code.text!r} for {film.text!r}")
    names = ("films", "films_with_a_code", "films_read", "read_falsely", "agreed_falsely", "accepted_falsely")
    yield {"row": "video", "seed": seed, "frames": frames, **{name: counted[name] for name in names}, "false": told}


def watched(film: Film, counted: Counter[str]) -> list[Decoded]:
    """What the film's frames agree on; each single reading of what the film does not show is counted."""
    consensus, accepted = Consensus(), []
    for number, frame in enumerate(film.frames):
        codes = decode_frame(frame)
        counted["read_falsely"] += sum(code.text != film.text for code in codes)
        accepted += consensus.add(codes, now=number / FRAMES_A_SECOND)
    return accepted


def stands(code: Decoded) -> bool:
    """Whether the parser takes it: check digits, application identifiers, dates."""
    return not parse(code.scan_text, today=TODAY).errors


def _lay_a_code(scene: Pixels, random: Random) -> str:
    kind = random.choice(list(KINDS))
    symbol = symbol_of(kind, random, module_pixels=random.choice((1, 2, 2, 3)))
    height = symbol.pixels.shape[0]
    drawn = symbol.pixels[: min(height, scene.shape[0] - 130), : scene.shape[1] - 130]
    left = random.randint(60, max(60, scene.shape[1] - 60 - drawn.shape[1]))
    top = random.randint(60, max(60, scene.shape[0] - 60 - drawn.shape[0]))
    scene[top : top + drawn.shape[0], left : left + drawn.shape[1]] = drawn * 0.9
    return symbol.text


def _filmed(scene: Pixels, random: Random, noise: np.random.Generator, count: int) -> Iterator[Pixels]:
    """A hand that drifts, turns and trembles; focus that hunts; light and grain that differ from film to film."""
    grain, light = random.choice((3.0, 8.0, 16.0)), random.choice((0.35, 0.7, 1.0))
    turn, spin, hunt = random.uniform(-180, 180), random.uniform(-2, 2), random.uniform(0.2, 1.6)
    x, y = 0.0, 0.0
    for number in range(count):
        x, y = (float(np.clip(value + noise.normal(0, 6), -50, 50)) for value in (x, y))
        grown = 1.0 + 0.1 * float(np.sin(number / 5))
        forth = cv2.getRotationMatrix2D((scene.shape[1] / 2, scene.shape[0] / 2), turn + spin * number, grown)
        forth[:, 2] += (SIZE[0] - scene.shape[1]) / 2 + x, (SIZE[1] - scene.shape[0]) / 2 + y
        seen = cv2.warpAffine(scene, forth, SIZE, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REFLECT)
        soft = _moved(seen.astype(np.float32), random, 0.3 + hunt * abs(float(np.sin(number / 3))))
        grains = noise.standard_normal(soft.shape, dtype=np.float32) * grain
        yield np.asarray((soft * light + grains).clip(0, 255).astype(np.uint8))


def _moved(seen: NDArray[Any], random: Random, blur: float) -> NDArray[Any]:
    soft = cv2.GaussianBlur(seen, (0, 0), blur)
    smear = random.choice((1, 1, 2, 4))
    return np.asarray(cv2.blur(soft, (smear, 1) if random.random() < 0.5 else (1, smear)))
