"""What every office has today: lots that expired on the shelf, are on hold or recalled, came without a number."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from supply.barcodes.encode import encode_gs1
from supply.demo.catalogue import DemoItem
from supply.demo.posting import Clerk
from supply.demo.simulation import DemoLot, Move, Stream
from supply.staff.permissions import Role
from supply.stock import lots
from supply.stock.models import LotState


@dataclass(frozen=True)
class Odd:
    """A lot that came `received` days ago and expires in `expires` days (None: no date on the box)."""

    kind: str
    sku: str
    number: str
    received: int
    expires: int | None
    quantity: int


ODDITIES = (
    Odd("expired", "CLN-CHLOR", "CH2207", 640, -18, 11),
    Odd("expired", "DRS-FOAM-4", "FM4410", 980, -40, 6),
    Odd("expired", "INJ-B12", "BT0931", 610, -4, 9),
    Odd("expired", "TST-CTRL", "GC118", 290, -75, 2),
    Odd("already used", "CLN-SANIT", "HS7702", 520, -2, 5),
    Odd("expires soon", "CLN-PVP", "PV5513", 700, 12, 40),
    Odd("expires soon", "VAC-MENACWY", "MN0482", 400, 6, 5),
    Odd("expires soon", "DRS-ALG-4", "AL9020", 900, 2, 4),
    Odd("expires soon", "INJ-CEFT-1", "CF3115", 600, 20, 14),
    Odd("expires soon", "TST-LEAD", "LD2290", 360, 29, 21),
    Odd("held", "DRS-SUT-REM", "SR6116", 45, 900, 24),
    Odd("held", "VAC-ZOS", "ZS3801", 30, 480, 8),
    Odd("recalled", "SYR-FLUSH", "FS8834", 60, 420, 55),
    Odd("recalled", "TST-STREP", "ST4471", 40, 330, 50),
    Odd("lot unknown", "DRS-TELFA-3", "", 90, None, 60),
    Odd("lot unknown", "SYR-60ML", "", 200, None, 12),
    Odd("lot unknown", "INS-BVM", "", 300, None, 2),
)
STATES = {
    "held": (LotState.held, "Packaging found open; asked the supplier"),
    "recalled": (LotState.recalled, "Maker's recall notice: sterility not assured"),
}


def odd_streams(items: dict[str, DemoItem], *, owner: str, yesterday: date) -> list[Stream]:
    """The odd lots as they came in; nobody has used them since."""
    return [_stream(items[odd.sku], odd, owner, yesterday + timedelta(days=1)) for odd in ODDITIES]


def _stream(item: DemoItem, odd: Odd, owner: str, today: date) -> Stream:
    received = today - timedelta(days=odd.received)
    expiry = today + timedelta(days=odd.expires) if odd.expires is not None else None
    lot = DemoLot(odd.number, expiry, "day", received, odd.quantity, odd.quantity)
    move = Move(received, "receipt", 0, "SUPPLIER", item.place, odd.quantity)
    return Stream(item, owner, item.weekly, [lot], [move])


def set_states(clerk: Clerk, *, now: datetime) -> None:
    """Hold and recall the lots that are."""
    for odd in ODDITIES:
        if odd.kind in STATES:
            state, reason = STATES[odd.kind]
            (lot,) = lots.lots_named(clerk.session, clerk.items[odd.sku], odd.number, None)
            lots.set_lot_state(
                clerk.session,
                lot_id=int(lot.id),
                state=state,
                reason=reason,
                actor_id=clerk.staff[Role.manager].actor.person_id,
                now=now - timedelta(days=2),
            )


def label_of(kind: str, items: dict[str, DemoItem], today: date) -> str:
    """The barcode on the first odd lot of that kind."""
    odd = next(odd for odd in ODDITIES if odd.kind == kind)
    expiry = today + timedelta(days=odd.expires) if odd.expires is not None else None
    return label(items[odd.sku], odd.number, expiry)


def label(item: DemoItem, lot_number: str, expiry: date | None) -> str:
    """The GS1 text of a box: GTIN, expiry, lot."""
    dated = [("17", expiry.strftime("%y%m%d"))] if expiry else []
    return encode_gs1([("01", item.box_gtin), *dated, ("10", lot_number)])
