"""The benchmarks run at a tiny size, and their rows have the fields that people read."""

import json

from click.testing import CliRunner

from supply.bench import grow
from supply.cli.main import supply


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


def test_a_benchmark_that_is_not_there_yet_is_refused_by_name() -> None:
    done = CliRunner().invoke(supply, ["bench", "camera"])
    assert (done.exit_code, done.stderr) == (1, "There is no benchmark of camera yet.\n")
