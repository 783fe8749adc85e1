"""Whether all books still agree: the ledger, the balances, the audit chain, the papers of waste. Reads only."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from supply.audit import chain
from supply.audit.chain import Fault
from supply.stock import ledger
from supply.waste import proving


def faults(session: Session) -> Iterator[Fault]:
    """Everything that does not agree, worst first: what moved, who says so, what was signed."""
    for check in (ledger.verify, chain.verify, proving.verify):
        yield from check(session)
