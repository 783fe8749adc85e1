"""`supply bench scan`: the product's scan beside its floor, in alternating rounds on the same machine."""

import statistics
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from supply.bench import floor, load, processes, stocked
from supply.bench.load import Load, Target
from supply.db import Database

CLIENTS = (1, 8)
WARM_UP = 50
TARGETS = {"ratio_1_client": 3.0, "p99_over_median_8_clients": 5.0, "start_seconds": 3.0, "resident_megabytes": 200.0}


def rows(*, items: int = 2_000, movements: int = 200_000, requests: int = 1_000, rounds: int = 3) -> Iterator[Any]:
    """Rows of the benchmark as they come: one for each run, then the start, the memory and the ratios."""
    with tempfile.TemporaryDirectory(prefix="supply-bench-") as name:
        folder = Path(name)
        db = Database(f"sqlite:///{folder / 'supply.db'}")
        filled = stocked.stock(db, items=items, movements=movements)
        db.close()
        with (
            processes.floor_server(folder, items=items, movements=movements) as port,
            processes.product_server(folder) as started,
        ):
            codes = [floor.code_of(number) for number in range(1, items + 1)]
            yield {"row": "size", "items": items, "lots": items * floor.LOTS_PER_ITEM, "movements": movements}
            targets = (Target("floor", port, codes), Target("product", started.port, filled.codes, filled.token))
            runs: list[Load] = []
            for run in _runs(targets, requests, rounds):
                runs.append(run)
                yield {"row": "run", **asdict(run), "p99_over_median": run.tail}
            yield {"row": "summary", **_summary(runs), **_process(started), "targets": TARGETS}


def _runs(targets: tuple[Target, Target], requests: int, rounds: int) -> Iterator[Load]:
    for target in targets:
        load.run(target, clients=1, requests=min(WARM_UP, requests))
    for number in range(rounds):
        for clients in CLIENTS:
            for target in targets:
                yield load.run(target, clients=clients, requests=requests, seed=100 * number)


def _process(started: processes.Started) -> dict[str, Any]:
    return {
        "start_seconds": started.seconds,
        "resident_megabytes": processes.resident_megabytes(started.pid),
    }


def _summary(runs: list[Load]) -> dict[str, Any]:
    """The medians over the rounds, product over floor, and whether every answer of the product was a recorded one."""
    medians: dict[tuple[str, int], list[float]] = defaultdict(list)
    tails: dict[tuple[str, int], list[float]] = defaultdict(list)
    for run in runs:
        medians[run.who, run.clients].append(run.p50)
        tails[run.who, run.clients].append(run.tail)
    product = [run for run in runs if run.who == "product"]
    sent = sum(run.requests for run in product)
    kept = sum(run.statuses.get("201 recorded", 0) for run in product)
    return {
        "ratio_1_client": _ratio(medians, 1),
        "ratio_8_clients": _ratio(medians, 8),
        "p99_over_median_8_clients": statistics.median(tails["product", 8]),
        "sent": sent,
        "recorded": kept,
    }


def _ratio(medians: dict[tuple[str, int], list[float]], clients: int) -> float:
    below = statistics.median(medians["floor", clients])
    return round(statistics.median(medians["product", clients]) / below, 2) if below else 0.0
