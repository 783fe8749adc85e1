"""The benchmarks run at a tiny size, and their rows have the fields that people read."""

import json
from collections import Counter

from click.testing import CliRunner

from supply.bench import camera_video, grow
from supply.bench.camera_video import Film
from supply.cli.main import supply
from supply.devices.emulators.camera import Scene, photograph, render_symbol


def test_the_scan_benchmark_compares_product_and_floor_with_one_and_eight_clients() -> None:
    arguments = ["bench", "scan", "--items", "20", "--movements", "300", "--requests", "10", "--rounds", "1", "--json"]
    done = CliRunner().invoke(supply, arguments)
    assert done.exit_code == 0, done.stderr
    size, *runs, summary = [json.loads(line) for line in done.stdout.splitlines()]
    assert (size["items"], size["lots"], size["movements"]) == (20, 200, 300)
    assert [(run["who"], run["clients"]) for run in runs] == [
        ("floor", 1), ("product", 1), ("floor", 8), ("product", 8),
    ]  # fmt: skip
    for run in runs:
        assert run["statuses"] == {"201 recorded": 10}
        assert 0 < run["p50"] <= run["p95"] <= run["p99"]
        assert run["per_second"] > 0
    assert (summary["sent"], summary["recorded"]) == (20, 20)
    assert summary["ratio_1_client"] > 0
    assert summary["ratio_8_clients"] > 0
    assert summary["start_seconds"] > 0
    assert summary["resident_megabytes"] > 0


def test_the_growth_benchmark_says_what_a_scan_costs_at_each_size() -> None:
    rows = list(grow.rows(items=10, sizes=(120, 240), scans=10))
    assert [row["movements"] for row in rows] == [120, 240]
    assert all(0 < row["p50"] <= row["p99"] for row in rows)


def _camera(*options: str) -> list[dict[str, object]]:
    done = CliRunner().invoke(supply, ["bench", "camera", *options, "--json"])
    assert done.exit_code == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_the_camera_benchmark_compares_the_answer_with_the_bare_decoding() -> None:
    *runs, summary = _camera("--timed", "10")
    assert {run["who"] for run in runs} == {"floor", "product", "unreadable"}
    assert float(str(summary["ratio_p50"])) > 0
    assert float(str(summary["unreadable_processor_p50"])) > 0


def test_more_pictures_are_read_than_by_either_decoder_alone_and_none_is_misread() -> None:
    (everything,) = [row for row in _camera("--pictures", "--count", "1", "--each", "1") if row.get("name") == "hard"]
    read, misread = everything["read"], everything["misread"]
    assert isinstance(read, dict)
    assert isinstance(misread, dict)
    assert read["product"] >= max(read["zxing-cpp"], read["pyzbar"])
    assert misread["product"] == 0


def test_no_false_read_is_accepted_from_films() -> None:
    (row,) = _camera("--video-frames", "40")
    assert (row["frames"], row["accepted_falsely"], row["false"]) == (40, 0, [])


def test_a_read_that_is_not_in_the_film_is_counted_as_false() -> None:
    symbol = render_symbol("4012345678901", "EAN13", module_pixels=3)
    frame = photograph(symbol, Scene())
    counted: Counter[str] = Counter()
    accepted = camera_video.watched(Film("another", iter([frame] * 3)), counted)
    assert [camera_video.stands(code) for code in accepted] == [True]
    assert counted["read_falsely"] == 3
