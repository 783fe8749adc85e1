"""Clients that scan as fast as they are answered, and what they saw. Knows nothing of the product's insides."""

import http.client
import json
import statistics
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from uuid import uuid4

TIMEOUT_SECONDS = 60


@dataclass(frozen=True)
class Target:
    """A server to send scans to: who it is, its port, the codes it knows and a token where it wants one."""

    who: str
    port: int
    codes: Sequence[str]
    token: str | None = None


@dataclass(frozen=True)
class Load:
    """One run: latencies in milliseconds, answers by status and outcome."""

    who: str
    clients: int
    requests: int
    p50: float
    p95: float
    p99: float
    max: float
    per_second: float
    statuses: dict[str, int]

    @property
    def tail(self) -> float:
        """The 99th percentile in medians."""
        return round(self.p99 / self.p50, 2) if self.p50 else 0.0


@dataclass
class _Seen:
    """What all clients of one run saw."""

    left: int
    lock: threading.Lock = field(default_factory=threading.Lock)
    milliseconds: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)

    def take(self) -> bool:
        """Whether one more request is to be sent."""
        with self.lock:
            self.left -= 1
            return self.left >= 0


def run(target: Target, *, clients: int, requests: int, seed: int = 1) -> Load:
    """Send `requests` use scans of one unit over `clients` keep-alive connections."""
    seen = _Seen(requests)
    threads = [threading.Thread(target=_client, args=(target, seen, seed + number)) for number in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    cuts = statistics.quantiles(seen.milliseconds, n=100) if len(seen.milliseconds) > 1 else seen.milliseconds * 99
    return Load(
        who=target.who,
        clients=clients,
        requests=requests,
        p50=round(cuts[49], 2),
        p95=round(cuts[94], 2),
        p99=round(cuts[98], 2),
        max=round(max(seen.milliseconds), 2),
        per_second=round(requests / seconds, 1),
        statuses=dict(sorted(seen.statuses.items())),
    )


def _client(target: Target, seen: _Seen, seed: int) -> None:
    random = Random(seed)  # noqa: S311 - which code is scanned, not a secret
    headers = {"Content-Type": "application/json"}
    if target.token:
        headers["Authorization"] = f"Bearer {target.token}"
    connection = http.client.HTTPConnection("127.0.0.1", target.port, timeout=TIMEOUT_SECONDS)
    while seen.take():
        scan = {"request_id": str(uuid4()), "barcode": random.choice(target.codes), "action": "use", "quantity": 1}
        body = json.dumps({**scan, "location": "STOREROOM"})
        began = time.perf_counter()
        connection.request("POST", "/api/v1/scans", body, headers)
        response = connection.getresponse()
        content = response.read()
        milliseconds = 1000 * (time.perf_counter() - began)
        answer = json.loads(content)
        with seen.lock:
            seen.milliseconds.append(milliseconds)
            seen.statuses[f"{response.status} {answer.get('outcome') or answer.get('code')}"] += 1
    connection.close()
