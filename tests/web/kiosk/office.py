"""The office whose kiosk the tests use: gloves with an older and a newer lot, masks with an expired one, and more."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from supply.barcodes.hibc import check_character
from supply.db import Database
from supply.staff.permissions import Role
from supply.stations.installing import StationPlan, install
from supply.stock.models import LotState
from tests import factories
from tests.factories import PASSWORD, ZONE, gs1

GLOVES, MASKS, SYRINGES = factories.GLOVES, "09521101530001", "09521101530018"
STRANGE = "4006381333931"  # a well-formed code that nothing here knows
STATION = StationPlan("kiosk-1", "Storeroom tablet", "STOREROOM", "use")


TODAY = datetime.now(ZONE).date()  # once, so that codes and expectations agree when a day ends meanwhile


def day(days: int) -> date:
    """The date so many days from the office's own: the live server goes by the real clock and the office's zone."""
    return TODAY + timedelta(days=days)


def code_date(days: int) -> str:
    """That date as a GS1 code says it."""
    return day(days).strftime("%y%m%d")


OLDER = gs1(GLOVES, lot="A07", expiry=code_date(200))
NEWER = gs1(GLOVES, lot="B12", expiry=code_date(400))
SOON = gs1(GLOVES, lot="S01", expiry=code_date(12))
EXPIRED = gs1(GLOVES, lot="X99", expiry=code_date(-20))
RECALLED = gs1(SYRINGES, lot="R24", expiry=code_date(300))
HELD = gs1(SYRINGES, lot="H13", expiry=code_date(300))
NAMELESS_MASK = gs1(MASKS)
NAMELESS_SYRINGE = gs1(SYRINGES)
LOST_SEPARATOR = f"01{GLOVES}10LOT42A17{code_date(500)}"
SUTURES = "+A123BJC5D6E71G"  # HIBC primary: its last character is its check character and the link to its secondary


def secondary(lot: str, days: int, link: str = "G") -> str:
    """The HIBC secondary of that lot: expiry, lot, the primary's check character, its own."""
    text = f"+$$3{code_date(days)}{lot}{link}"
    return text + check_character(text)


LOT_OF_SUTURES = secondary("LOT7", 400)
LOT_OF_OTHERS = secondary("LOT8", 400, link="A")
LOT_OF_SYRINGES = f"17{code_date(250)}10N55"  # GS1 without the item's key: the second symbol of a label


@dataclass
class KioskOffice(factories.Office):
    """Stocked, with a nurse and a manager who can sign in."""

    def fill(self) -> None:
        """Make everything that the tests scan."""
        self.later(days=-60)
        self.place("CAB-2")
        self.person("nurse", Role.nurse, password=PASSWORD)
        self.person("manager", Role.manager, password=PASSWORD)
        self.item(par_level=10, reorder_point=2)
        self.item("MASK", gtin=MASKS, name="Face masks", rotation="fefo")
        self.item("SYR-5", gtin=SYRINGES, name="Syringes 5 mL", lot_required=True, expiry_required=True)
        self.item("SUT-3", gtin=None, name="Sutures 3-0", lot_required=True)
        self.code("SUT-3", SUTURES)
        self.receive("M01", code_date(-5), 2, gtin=MASKS)
        self.receive("M02", code_date(90), 4, gtin=MASKS)
        self.receive("R24", code_date(300), 3, gtin=SYRINGES)
        self.receive("H13", code_date(300), 3, gtin=SYRINGES)
        self.receive("A07", code_date(200), 5)
        self.later(days=30)
        self.receive("B12", code_date(400), 5)
        self.receive("S01", code_date(12), 5)
        self.set_state("R24", LotState.recalled)
        self.set_state("H13", LotState.held)
        self.later(days=30)


def fill_database(url: str) -> None:
    """An installed, stocked database at this address."""
    db = Database(url)
    made = datetime.now(UTC)
    db.transact(lambda session: install(session, stations=[STATION], now=made))
    KioskOffice(db, made).fill()
    with db.engine.connect() as connection:
        connection.connection.dbapi_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
    db.close()
