"""`supply bench grow`: whether one scan gets slower while the ledger gets longer."""

import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from supply.bench import stocked
from supply.db import Database
from supply.staff import people
from supply.stations.fields import ScanRules
from supply.stations.scans import handle_scan

SIZES = (20_000, 100_000, 300_000)
RULES = ScanRules(zone=ZoneInfo("UTC"))


def rows(*, items: int = 500, sizes: Sequence[int] = SIZES, scans: int = 300) -> Iterator[dict[str, Any]]:
    """One row for each length of the ledger: the median and the 99th percentile of one scan in this process."""
    for movements in sizes:
        with tempfile.TemporaryDirectory(prefix="supply-bench-") as name:
            path = Path(name) / "supply.db"
            db = Database(f"sqlite:///{path}")
            filled = stocked.stock(db, items=items, movements=movements)
            milliseconds = _scan(db, filled.codes, scans)
            db.close()
            cuts = statistics.quantiles(milliseconds, n=100)
            yield {
                "row": "run",
                "movements": movements,
                "scans": scans,
                "p50": round(cuts[49], 2),
                "p99": round(cuts[98], 2),
                "megabytes": round(path.stat().st_size / 1024**2, 1),
            }


def _scan(db: Database, codes: Sequence[str], scans: int) -> list[float]:
    """Use one unit so many times; milliseconds of each, COMMIT included."""
    random = Random(1)  # noqa: S311 - which code is scanned, not a secret
    with db.read_session() as session:
        nurse = people.find_actor(session, "bench-nurse")
    milliseconds = []
    for _ in range(scans):
        body = {"request_id": str(uuid4()), "barcode": random.choice(codes), "action": "use"}
        now = datetime.now(UTC)
        began = time.perf_counter()
        db.transact(partial(handle_scan, body=body, sender=nurse, now=now, rules=RULES))
        milliseconds.append(1000 * (time.perf_counter() - began))
    return milliseconds
