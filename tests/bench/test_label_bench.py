"""The benchmark of labels runs at a tiny size and compares the same dots."""

import json
import struct

import numpy as np
from click.testing import CliRunner
from PIL import Image

from supply.bench import label
from supply.cli.main import supply


def test_the_label_benchmark_compares_product_and_floor() -> None:
    arguments = ["bench", "label", "--labels", "10", "--rounds", "2", "--paper", "62x29", "--dpi", "300", "--json"]
    done = CliRunner().invoke(supply, arguments)
    assert done.exit_code == 0, done.stderr
    size, *runs, summary = [json.loads(line) for line in done.stdout.splitlines()]
    assert size["paper"] == "62x29@300"
    assert [run["who"] for run in runs] == ["floor", "product"] * 2
    for run in runs:
        assert 0 < run["p50"] <= run["p95"] <= run["p99"] <= run["max"]
    assert summary["ratio_p50"] == round(summary["product_p50"] / summary["floor_p50"], 2)
    assert summary["ratio_p99"] > 0
    assert summary["ratio_processor"] > 0
    assert summary["targets"] == {"ratio_p50": 3.0}


def test_the_label_benchmark_says_its_ratio_in_words() -> None:
    done = CliRunner().invoke(supply, ["bench", "label", "--labels", "10", "--rounds", "1"])
    assert done.exit_code == 0, done.stderr
    assert "times the bare raster (target: at most 3)" in done.stdout.splitlines()[-1]


def test_the_floor_packs_the_dots_as_a_printer_takes_them() -> None:
    picture = Image.new("1", (20, 3), 1)
    picture.putpixel((0, 0), 0)
    picture.putpixel((19, 2), 0)
    packed = label.packed(picture)
    assert packed[:4] == b"\x1dv0\x00"
    assert struct.unpack("<HH", packed[4:8]) == (3, 3)
    bits = np.unpackbits(np.frombuffer(packed[8:], dtype=np.uint8)).reshape(3, 24)
    assert [tuple(map(int, at)) for at in np.argwhere(bits)] == [(0, 0), (2, 19)]
