"""Finds every code in a picture or video frame, and says which of them the picture proves by itself.

Owns the order of the looks and the rules of evidence; one read of an EAN or UPC is not evidence (their check digit
passes one misread in ten). It must never touch stock, the network or the clock.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

import cv2
import numpy as np

from supply.barcodes.consensus import Consensus
from supply.barcodes.gtin import has_right_check_digit, is_digits
from supply.barcodes.image_files import Pixels, load_picture
from supply.barcodes.image_passes import (
    LINEAR,
    LONG_RETAIL,
    MEDICAL,
    RETAIL,
    Decoded,
    Look,
    Region,
    is_hibc_checked,
    make_view,
    read_zbar,
    read_zxing,
    whole,
    zbar_present,
)

__all__ = ["Consensus", "Decoded", "decode_frame", "decode_image"]

# Above this many pixels the enlarged and turned looks work on a smaller copy: they cost too much and add nothing.
_WORK_PIXELS: Final = 1_500_000
_NOISE_STEP: Final = 16
_ANGLES: Final = (22.5, -22.5, 45.0)
_CHECKED_ELEMENTS: Final = {"00": 18, "01": 14, "02": 14}
_TREATMENTS: Final = (
    Look(scale=2.0),
    Look(scale=2.0, treatment="contrast"),
    Look(scale=3.0, treatment="sharp"),
    Look(scale=2.0, treatment="flat"),
    Look(treatment="contrast"),
    Look(scale=3.0, treatment="crisp"),
    Look(treatment="crisp"),
)
_TURNED: Final = tuple(Look(angle=angle) for angle in _ANGLES)
_THOROUGH_SEARCH: Final = (*_TREATMENTS[:2], *_TURNED, *_TREATMENTS[2:])
# A live frame has 60 ms of the processor: the dearest look sees the middle alone, where people hold the code.
_MIDDLE_ONLY: Final = Look(scale=2.0, treatment="sharp")
_LIVE_SEARCH: Final = (Look(scale=2.0), Look(treatment="even"), *_TURNED, _MIDDLE_ONLY)
_SHORT: Final = frozenset({"UPCE", "EAN8"})
_LONG: Final = frozenset({"EAN13", "UPCA"})


def decode_image(content: bytes, *, thorough: bool = True) -> list[Decoded]:
    """Codes of a JPEG, PNG or WebP file that the picture proves by itself; `thorough=False` is for live frames.

    Raises `Invalid` when the file is no picture, is damaged or is too large.
    """
    return [code for code in decode_frame(load_picture(content), thorough=thorough) if code.confirmed]


def decode_frame(pixels: Pixels, *, thorough: bool = False) -> list[Decoded]:
    """Codes in grey or BGR pixels. Those not `confirmed` need agreeing frames: give them to `Consensus`."""
    grey = pixels if pixels.ndim == 2 else cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
    tally = _Tally()
    _look_as_it_is(grey, tally, thorough=thorough)
    if not tally.settled():
        _corroborate(grey, tally, Look(), thorough=thorough)
    if not tally.codes and (thorough or not _is_only_noise(grey)):
        _search(grey, tally, thorough=thorough)
    return tally.result(every=not thorough)


class _Source(NamedTuple):
    """A look, and which decoder looked."""

    look: Look
    by_zbar: bool = False


_AS_IT_IS: Final = _Source(Look())


@dataclass(slots=True)
class _Evidence:
    """What speaks for one text: the looks that read it, and where it was seen."""

    code: Decoded
    sources: set[_Source] = field(default_factory=set)
    others: list[Decoded] = field(default_factory=list)

    @property
    def by_zxing(self) -> bool:
        return any(not source.by_zbar for source in self.sources)

    @property
    def only_enlarged(self) -> bool:
        """No look at the picture's own size read it: enlarging invents pixels."""
        return all(source.look.scale > 1.0 for source in self.sources)

    @property
    def is_enough(self) -> bool:
        if not self.code.linear:
            return True
        return self.by_zxing and (len(self.sources) > 1 or (_AS_IT_IS in self.sources and _is_strong(self.code)))

    def beats(self, other: "_Evidence") -> bool:
        """A whole EAN-13 or UPC-A beats the short code read inside it; else more looks beat fewer."""
        if self.code.format in _LONG and other.code.format in _SHORT:
            return True
        is_part_of_other = self.code.format in _SHORT and other.code.format in _LONG
        return len(self.sources) > len(other.sources) and not is_part_of_other


class _Tally:
    """The votes of all looks at one picture."""

    def __init__(self) -> None:
        self.codes: dict[tuple[str, str], _Evidence] = {}

    def add(self, codes: Iterable[Decoded], source: _Source) -> None:
        for code in codes:
            if code.format == "ITF" and not _is_itf14(code.text):
                continue
            evidence = self.codes.setdefault((code.format, code.text), _Evidence(code))
            evidence.sources.add(source)
            if not any(_overlap(code, known) for known in (evidence.code, *evidence.others)):
                evidence.others.append(code)

    def settled(self) -> bool:
        """Nothing seen is in doubt. An empty tally is settled: there is nothing to corroborate."""
        return all(self._wins(evidence) or self._loses(evidence) for evidence in self.codes.values())

    def unsettled(self) -> list[Decoded]:
        return [e.code for e in self.codes.values() if not (self._wins(e) or self._loses(e))]

    def result(self, *, every: bool) -> list[Decoded]:
        """The codes that won; with `every` also those in doubt, not those that lost to another reading."""
        chosen: list[Decoded] = []
        for evidence in self.codes.values():
            wins = self._wins(evidence)
            if wins or (every and evidence.by_zxing and not self._loses(evidence)):
                seen = (evidence.code, *evidence.others)
                chosen.extend(replace(code, confirmed=wins, enlarged=evidence.only_enlarged) for code in seen)
        return chosen

    def _rivals(self, evidence: _Evidence) -> Iterator[_Evidence]:
        for other in self.codes.values():
            # Two codes that prove themselves are two codes: the boxes of tilted neighbours on one label may overlap.
            both_strong = _is_strong(other.code) and _is_strong(evidence.code)
            if other is not evidence and other.code.linear and not both_strong and _overlap(other.code, evidence.code):
                yield other

    def _wins(self, evidence: _Evidence) -> bool:
        if not evidence.is_enough:
            return False
        return not evidence.code.linear or all(evidence.beats(rival) for rival in self._rivals(evidence))

    def _loses(self, evidence: _Evidence) -> bool:
        return evidence.code.linear and any(
            rival.is_enough and rival.beats(evidence) for rival in self._rivals(evidence)
        )


def _look_as_it_is(grey: Pixels, tally: _Tally, *, thorough: bool) -> None:
    view = make_view(grey, whole(grey), Look())
    tally.add(read_zxing(view, effort=False), _AS_IT_IS)
    if thorough or not tally.codes:
        tally.add(read_zxing(view), _AS_IT_IS)


def _corroborate(grey: Pixels, tally: _Tally, found_by: Look, *, thorough: bool) -> None:
    """Look again, in other ways, at the places where something is in doubt, until nothing is."""
    region = _around(tally.unsettled(), grey)
    if any(code.format in _SHORT for code in tally.unsettled()):
        _look_for_longer(grey, region, tally, scale=1.5 if thorough else 1.0)
    for look in _TREATMENTS if thorough else _TREATMENTS[:2]:
        turned = replace(look, angle=found_by.angle)
        view = make_view(grey, region, turned)
        tally.add(read_zxing(view, LINEAR), _Source(turned))
        if tally.settled():
            return
        if thorough and zbar_present() and any(code.format in RETAIL for code in tally.unsettled()):
            tally.add(read_zbar(view), _Source(turned, by_zbar=True))


def _look_for_longer(grey: Pixels, region: Region, tally: _Tally, *, scale: float) -> None:
    """Half of an EAN-13 that lies across the picture reads as a valid UPC-E, again and again: turn it and see."""
    for angle in _ANGLES:
        look = Look(angle=angle, scale=scale)
        tally.add(read_zxing(make_view(grey, region, look), LONG_RETAIL), _Source(look))


def _search(grey: Pixels, tally: _Tally, *, thorough: bool) -> None:
    """Nothing was found as it is: enlarge, treat, turn, until something is proved (or, in a live frame, seen)."""
    work, factor = _workable(grey)
    found = _Tally()
    for look in _THOROUGH_SEARCH if thorough else _LIVE_SEARCH:
        formats = LINEAR if look.angle else MEDICAL
        region = _middle(work) if look == _MIDDLE_ONLY else whole(work)
        found.add(read_zxing(make_view(work, region, look), formats, effort=thorough), _Source(look))
        if not found.settled():
            _corroborate(work, found, look, thorough=thorough)
        if any(code.confirmed or not thorough for code in found.result(every=not thorough)):
            break
    for evidence in found.codes.values():
        for source in evidence.sources:
            tally.add([_scaled(code, factor) for code in (evidence.code, *evidence.others)], source)


def _middle(grey: Pixels) -> Region:
    """The middle half of the picture's area."""
    height, width = grey.shape
    return width // 7, height // 7, width - width // 7, height - height // 7


def _is_only_noise(grey: Pixels) -> bool:
    """A frame in which most neighbours differ is a camera in the dark: looking on would cost most and find nothing."""
    steps = np.abs(np.diff(grey[::4].astype(np.int16), axis=1))
    return steps.size > 0 and bool(np.mean(steps > _NOISE_STEP) > 0.5)


def _workable(grey: Pixels) -> tuple[Pixels, float]:
    factor = min(1.0, (_WORK_PIXELS / grey.size) ** 0.5)
    if factor == 1.0:
        return grey, 1.0
    return cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), factor


def _scaled(code: Decoded, factor: float) -> Decoded:
    a, b, c, d = ((round(x / factor), round(y / factor)) for x, y in code.position)
    return replace(code, position=(a, b, c, d))


def _is_strong(code: Decoded) -> bool:
    """Whether the format's own checks make one clean read enough."""
    if code.format in RETAIL or code.format == "DataBarLtd":
        return False
    if code.format.startswith("Code39"):
        return is_hibc_checked(code.text)
    length = _CHECKED_ELEMENTS.get(code.text[:2]) if code.gs1 else None
    digits = code.text[2 : 2 + length] if length else ""
    return not length or (is_digits(digits) and has_right_check_digit(digits))


def _is_itf14(text: str) -> bool:
    """Interleaved 2 of 5 is read out of any row of bars; on a carton it is a GTIN of 14 digits and nothing else."""
    return len(text) == 14 and is_digits(text) and has_right_check_digit(text)


def _box(code: Decoded) -> Region:
    xs, ys = [x for x, _ in code.position], [y for _, y in code.position]
    return min(xs), min(ys), max(xs), max(ys)


def _reach(code: Decoded) -> Region:
    """The box in which another reading is a reading of the same bars: rows of one symbol may be read far apart."""
    left, top, right, bottom = _box(code)
    extent = max(right - left, bottom - top)
    margin = extent if code.format in _SHORT else extent // 8 if code.format in RETAIL else 0
    return left - margin, top - margin, right + margin, bottom + margin


def _overlap(one: Decoded, other: Decoded) -> bool:
    left, top, right, bottom = _reach(one)
    other_left, other_top, other_right, other_bottom = _reach(other)
    return left <= other_right and other_left <= right and top <= other_bottom and other_top <= bottom


def _around(codes: list[Decoded], grey: Pixels) -> Region:
    """The box around all of these with a wide margin, because the first read may have caught a part (or half) only."""
    boxes = [_reach(code) for code in codes]
    left, top = min(b[0] for b in boxes), min(b[1] for b in boxes)
    right, bottom = max(b[2] for b in boxes), max(b[3] for b in boxes)
    margin = 20 + max(right - left, bottom - top) // 8
    height, width = grey.shape
    region = max(0, left - margin), max(0, top - margin), min(width, right + margin), min(height, bottom + margin)
    # Corners are estimated, in a turned view even outside the picture: then all of it is looked at.
    return region if region[0] < region[2] and region[1] < region[3] else whole(grey)
