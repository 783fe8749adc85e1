"""The items, places and owners that rows name, looked up once for the whole file. Reads only."""

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.exchange.columns import Row
from supply.exchange.faults import Faults
from supply.stock.models import Item, Location, LocationKind, Owner
from supply.stock.owners import OFFICE

DEFAULT_PLACE = "STOREROOM"
SAID = 6


@dataclass(frozen=True)
class Named:
    """Ids by what people write: SKUs and owners in small letters, places in capitals."""

    items: dict[str, int]
    places: dict[str, int]
    owners: dict[str, int]

    def item(self, row: Row, faults: Faults) -> int:
        """The row's item; 0 and a fault when there is none."""
        sku = row.values.get("sku")
        if sku is None:
            return 0  # said already
        found = self.items.get(sku.casefold())
        if found is None:
            faults.add(row.line, "sku", f"there is no item {sku!r}; import items first.")
        return found or 0

    def place(self, row: Row, faults: Faults) -> int:
        """The row's place, STOREROOM when it names none; 0 and a fault when there is none."""
        code = row.values.get("location", DEFAULT_PLACE)
        return _found(self.places, code.upper(), f"place {code!r}", "location", row, faults)

    def owner(self, row: Row, faults: Faults) -> int:
        """The row's owner, the office when it names none; 0 and a fault when there is none."""
        code = row.values.get("owner", OFFICE)
        return _found(self.owners, code.lower(), f"owner {code!r}", "owner", row, faults)


def _found(known: dict[str, int], key: str, what: str, column: str, row: Row, faults: Faults) -> int:
    found = known.get(key)
    if found is None:
        listed = ", ".join(list(known)[:SAID]) + (", …" if len(known) > SAID else "")
        faults.add(row.line, column, f"there is no {what}; there are {listed}.")
    return found or 0


def named(session: Session) -> Named:
    """Everything that a row may name, as it is now."""
    places = sa.select(Location.code, Location.id).where(Location.kind == LocationKind.physical, Location.is_active)
    return Named(
        items=dict(_pairs(session, sa.select(Item.sku_key, Item.id))),
        places={code.upper(): number for code, number in _pairs(session, places.order_by(Location.path))},
        owners={code.lower(): number for code, number in _pairs(session, sa.select(Owner.code, Owner.id))},
    )


def _pairs(session: Session, statement: sa.Select[tuple[str, int]]) -> Iterable[tuple[str, int]]:
    return session.execute(statement).tuples().all()
