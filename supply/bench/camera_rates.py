"""How many pictures the product reads and misreads, beside zxing-cpp alone and pyzbar alone, in one run.

Owns what counts as read and as misread, the same for all. It must never let one decoder see what another does not.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Final

import zxingcpp
from pyzbar import pyzbar

from supply.barcodes.gtin import expand_upce, is_digits
from supply.barcodes.image_files import load_picture
from supply.barcodes.images import decode_image
from supply.bench.camera_pictures import Picture, hard, ordinary


def _product(jpeg: bytes) -> list[str]:
    return [code.text for code in decode_image(jpeg)]


def _live(jpeg: bytes) -> list[str]:
    return [code.text for code in decode_image(jpeg, thorough=False)]


def _zxing(jpeg: bytes) -> list[str]:
    found = zxingcpp.read_barcodes(load_picture(jpeg))
    return [bytes(one.bytes).decode("utf-8", "replace") for one in found]


def _zbar(jpeg: bytes) -> list[str]:
    return [_as_printed(one) for one in pyzbar.decode(load_picture(jpeg))]


def _as_printed(one: Any) -> str:
    text: str = one.data.decode("utf-8", "replace")
    return (expand_upce(text) or text) if one.type == "UPCE" else text


READERS: Final[dict[str, Callable[[bytes], list[str]]]] = {
    "product": _product,
    "live": _live,
    "zxing-cpp": _zxing,
    "pyzbar": _zbar,
}


@dataclass
class Tally:
    """Of some pictures: how many codes were in them, and what each reader read and made up."""

    pictures: int = 0
    codes: int = 0
    read: Counter[str] = field(default_factory=Counter)
    misread: Counter[str] = field(default_factory=Counter)
    milliseconds: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def row(self) -> dict[str, Any]:
        """As JSON."""
        read = {name: self.read[name] for name in READERS}
        misread = {name: self.misread[name] for name in READERS}
        return {"pictures": self.pictures, "codes": self.codes, "read": read, "misread": misread}


def rows(*, seed: int = 1, count: int = 720, each: int = 24) -> Iterator[dict[str, Any]]:
    """Rows of the table: the ordinary pictures by kind and by how they were taken, the hard ones by class, then all."""
    tallies: dict[str, dict[str, Tally]] = defaultdict(lambda: defaultdict(Tally))
    for picture in chain(ordinary(seed, count=count), hard(seed, each=each)):
        into = [tallies[table][name] for table, name in _places(picture)]
        for reader, read in READERS.items():
            began = time.process_time()
            texts = read(picture.jpeg)
            spent = 1_000 * (time.process_time() - began)
            right, wrong = _judged(texts, picture.texts)
            for tally in into:
                tally.read[reader] += right
                tally.misread[reader] += wrong
                tally.milliseconds[reader].append(spent)
        for tally in into:
            tally.pictures += 1
            tally.codes += len(picture.texts)
    for table, named in tallies.items():
        for name, tally in named.items():
            yield {"row": "rate", "table": table, "name": name, **tally.row()}
    yield {"row": "processor", "seed": seed, **_spent(tallies["all"]["all pictures"])}


def _spent(tally: Tally) -> dict[str, dict[str, float]]:
    """Milliseconds of the processor for one picture: the median, and the worst of twenty."""
    shares: dict[str, dict[str, float]] = {}
    for name, times in tally.milliseconds.items():
        ordered = sorted(times)
        shares[name] = {
            "p50": round(ordered[len(ordered) // 2], 1),
            "p95": round(ordered[int(len(ordered) * 0.95)], 1),
        }
    return shares


def _places(picture: Picture) -> Iterable[tuple[str, str]]:
    yield "all", "all pictures"
    yield "all", "ordinary" if picture.group == "ordinary" else "hard"
    if picture.group != "ordinary":
        yield "class", picture.group
        return
    lens = picture.lens
    yield "kind", picture.kind
    yield "size", f"{lens.per_module} pixels a module"
    yield "blur", f"blur {lens.blur}"
    yield "noise", f"noise {lens.noise:g}"
    yield "turn", f"turned by {round(lens.turn / 3) * 3}°"
    yield "light", f"light: {lens.light}"


def _judged(texts: list[str], wanted: frozenset[str]) -> tuple[int, int]:
    """How many of the codes were read, and how many texts are in no code of the picture."""
    said = {_plain(text) for text in texts}
    right = {_plain(text) for text in wanted}
    return len(said & right), len(said - right)


def _plain(text: str) -> str:
    """What is the same thing said differently by different decoders is the same here, to the advantage of each."""
    if is_digits(text) and len(text) in (12, 13):
        return text.zfill(13)
    # zxing-cpp takes HIBC on Code 39 for Extended Code 39: "+A" is said as "a".
    return "+" + text[0].upper() + text[1:] if text[:1].islower() else text
