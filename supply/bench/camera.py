"""`supply bench camera`: pictures answered over HTTP beside the bare decoding of the same pictures, in the same run.

The floor is the least that anybody pays: the JPEG decoded to grey pixels and one fast look of zxing-cpp, in a warm
process, without a network, a person or a second opinion. The product's time holds all of that: the request, who asks,
the limits on pictures, the evidence, and the answer as JSON.
"""

import http.client
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, Final

import cv2
import numpy as np
import zxingcpp

from supply.barcodes.image_files import load_picture
from supply.barcodes.image_passes import MEDICAL
from supply.barcodes.images import decode_image
from supply.bench import processes, stocked
from supply.bench.camera_pictures import Lens, Picture, hard, taken
from supply.bench.camera_symbols import KINDS, symbol_of
from supply.db import Database
from supply.errors import SupplyError

TARGETS: Final = {"ratio_p50": 3.0, "unreadable_processor_p50": 60.0}
_CLEAR: Final = Lens(per_module=2.6, blur=0.4, noise=3.0, quality=75)


def readable(count: int, *, seed: int = 1) -> list[Picture]:
    """Pictures of 640×480, of every kind that fits in turn, which one fast look reads."""
    random = Random(f"clear {seed}")  # noqa: S311 - which picture is drawn, not a secret
    found: list[Picture] = []
    number = 0
    while len(found) < count:
        kind = list(KINDS)[number % len(KINDS)]
        number += 1
        symbol = symbol_of(kind, random, module_pixels=8)
        picture = taken([symbol], _CLEAR, "clear", kind, random)
        if load_picture(picture.jpeg).shape == (480, 640) and bare(picture.jpeg):
            found.append(picture)
    return found


def unreadable(count: int, *, seed: int = 1) -> list[Picture]:
    """Pictures of 640×480 full of print and stripes, without a code."""
    return [picture for picture in hard(seed, each=count) if picture.group == "no code"]


def bare(jpeg: bytes) -> int:
    """The floor: grey pixels, one fast look; the number of codes."""
    grey = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)
    found = zxingcpp.read_barcodes(
        np.asarray(grey), formats=MEDICAL, try_rotate=False, try_downscale=False, try_invert=False
    )
    return len(found)


def rows(*, pictures: int = 150, rounds: int = 3, seed: int = 1) -> Iterator[dict[str, Any]]:
    """Rows of the benchmark: floor and product picture by picture in turn, the unreadable ones, then the ratios."""
    clear, empty = readable(pictures, seed=seed), unreadable(max(pictures // 5, 4), seed=seed)
    ratios: list[float] = []
    with tempfile.TemporaryDirectory(prefix="supply-bench-") as name:
        folder = Path(name)
        db = Database(f"sqlite:///{folder / 'supply.db'}")
        token = stocked.stock(db, items=1, movements=0).token
        db.close()
        with processes.product_server(folder) as started:
            client = _Client(started.port, token)
            for picture in clear[:20]:
                client.codes_in(picture.jpeg)
            for _ in range(rounds):
                floor, product = _in_turn(clear, client)
                ratios.append(round(product["p50"] / floor["p50"], 2))
                yield {"row": "run", "who": "floor", "pictures": pictures, **floor}
                yield {"row": "run", "who": "product", "pictures": pictures, **product}
            nothing = _figures([_timed(partial(client.codes_in, p.jpeg)) for p in empty])
    busy = _figures([_timed(partial(decode_image, p.jpeg, thorough=False), time.process_time) for p in empty])
    yield {"row": "run", "who": "unreadable", "pictures": len(empty), **nothing}
    said = {"ratio_p50": statistics.median(ratios), "unreadable_processor_p50": busy["p50"]}
    yield {"row": "summary", **said, "unreadable_processor_p95": busy["p95"], "targets": TARGETS}


class _Client:
    """One browser that keeps its connection."""

    def __init__(self, port: int, token: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.last = b""
        self._headers = {"Content-Type": "image/jpeg", "Authorization": f"Bearer {token}"}

    def codes_in(self, jpeg: bytes) -> bytes:
        """The answer's body. Raises SupplyError when the picture was not taken."""
        self._connection.request("POST", "/api/v1/camera-frames", jpeg, self._headers)
        answer = self._connection.getresponse()
        self.last = answer.read()
        if answer.status != 200:
            raise SupplyError(f"A picture was answered with {answer.status}.", code="bench_failed")
        return self.last


def _in_turn(pictures: list[Picture], client: _Client) -> tuple[dict[str, float], dict[str, float]]:
    """Whatever else the machine does hits both, for they take turns. A picture that is not read fails the run."""
    floor, product = list[float](), list[float]()
    for picture in pictures:
        floor.append(_timed(partial(bare, picture.jpeg)))
        product.append(_timed(partial(client.codes_in, picture.jpeg)))
        if b'"text"' not in client.last:
            raise SupplyError(f"A clear picture of {picture.kind} was not read.", code="bench_failed")
    return _figures(floor), _figures(product)


def _timed(act: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    began = clock()
    act()
    return 1_000 * (clock() - began)


def _figures(times: list[float]) -> dict[str, float]:
    ordered = sorted(times)
    at = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
    return {name: round(ordered[min(int(len(ordered) * share), len(ordered) - 1)], 2) for name, share in at.items()}
