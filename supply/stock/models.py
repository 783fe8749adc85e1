"""Tables of the catalogue, the places, the lots and the ledger. Columns and constraints only; verbs live elsewhere."""

from datetime import date, datetime
from enum import Enum, StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from supply.db import Base, Moment


class LocationKind(StrEnum):
    """Physical places hold balances; the virtual ones are the other side of every movement that leaves or enters."""

    physical = "physical"
    supplier = "supplier"
    used = "used"
    waste = "waste"
    variance = "variance"


class Rotation(StrEnum):
    """Which lot leaves first."""

    fifo = "fifo"
    fefo = "fefo"


class Tracking(StrEnum):
    """How closely an item is followed."""

    lot = "lot"
    counted = "counted"
    two_bin = "two-bin"


class LotState(StrEnum):
    """Whether a lot may be used, apart from its expiry."""

    open = "open"
    held = "held"
    recalled = "recalled"


class LotKnown(StrEnum):
    """How the lot of a movement came to be known."""

    read = "read"
    chosen = "chosen"
    assumed = "assumed"


class MovementKind(Enum):
    """Why stock moved. A plain enum: a text enum would lose its own `count` method to the member of that name."""

    receipt = "receipt"
    issue = "issue"
    put_back = "put_back"
    transfer = "transfer"
    adjustment = "adjustment"
    count = "count"
    disposal = "disposal"
    supplier_return = "supplier_return"
    reversal = "reversal"


class OwnerKind(StrEnum):
    """Whose stock it is; allocation never crosses owners."""

    office = "office"
    programme = "programme"
    sample = "sample"
    consignment = "consignment"
    borrowed = "borrowed"


def _values(enum: type[Enum]) -> sa.Enum:
    """An enum stored by value as text, checked by the database."""
    return sa.Enum(
        enum, native_enum=False, length=20, values_callable=lambda e: [m.value for m in e], validate_strings=True
    )


class Owner(Base):
    """Whose stock: the office, a state vaccine programme, samples, consignment, borrowed."""

    __tablename__ = "owners"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(40), unique=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    kind: Mapped[OwnerKind] = mapped_column(_values(OwnerKind))


class Location(Base):
    """A place. `path` is the ids from the root to this one, `/1/5/`: a place and all within it share its beginning."""

    __tablename__ = "locations"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(40), unique=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    kind: Mapped[LocationKind] = mapped_column(_values(LocationKind))
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("locations.id"))
    path: Mapped[str] = mapped_column(sa.String(200), index=True)
    is_active: Mapped[bool] = mapped_column(default=True)


class Department(Base):
    """Who uses stock: the finest grain that is ever recorded. Never a patient."""

    __tablename__ = "departments"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(40))
    code_key: Mapped[str] = mapped_column(sa.String(160), unique=True)  # folded, for databases fold ASCII only


class Category(Base):
    """A group of items, with the rotation its items follow unless they say otherwise."""

    __tablename__ = "categories"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(80), unique=True)
    rotation: Mapped[Rotation | None] = mapped_column(_values(Rotation))


class Item(Base):
    """A catalogue entry. Quantities of it are whole numbers of `unit`, the unit of use."""

    __tablename__ = "items"

    id: Mapped[int] = mapped_column(primary_key=True)
    sku: Mapped[str] = mapped_column(sa.String(60), unique=True)
    sku_key: Mapped[str] = mapped_column(sa.String(240), unique=True)  # folded, for databases fold ASCII only
    name: Mapped[str] = mapped_column(sa.String(200))
    unit: Mapped[str] = mapped_column(sa.String(30), default="each")
    category_id: Mapped[int | None] = mapped_column(sa.ForeignKey("categories.id"), index=True)
    rotation: Mapped[Rotation | None] = mapped_column(_values(Rotation))
    tracking: Mapped[Tracking] = mapped_column(_values(Tracking), default=Tracking.lot)
    lot_required: Mapped[bool] = mapped_column(default=False)
    expiry_required: Mapped[bool] = mapped_column(default=False)
    shelf_life_days: Mapped[int | None]
    reorder_point: Mapped[int | None]
    par_level: Mapped[int | None]
    supplier: Mapped[str | None] = mapped_column(sa.String(60))
    supplier_sku: Mapped[str | None] = mapped_column(sa.String(60))
    pack_quantity: Mapped[int | None]
    lead_time_days: Mapped[int | None]
    price: Mapped[int | None] = mapped_column(sa.BigInteger)  # 1/10,000 of the currency unit, per pack
    is_active: Mapped[bool] = mapped_column(default=True)


class ItemCode(Base):
    """A code that names an item, and how many units one scan of it brings in or takes out."""

    __tablename__ = "item_codes"
    __table_args__ = (
        sa.UniqueConstraint("scheme", "value", "item_id"),
        sa.CheckConstraint("units_received > 0 AND units_used > 0", name="units_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(sa.ForeignKey("items.id"), index=True)
    scheme: Mapped[str] = mapped_column(sa.String(20))
    value: Mapped[str] = mapped_column(sa.String(512))
    units_received: Mapped[int] = mapped_column(default=1)
    units_used: Mapped[int] = mapped_column(default=1)
    are_units_settled: Mapped[bool] = mapped_column(default=False)  # somebody said what one scan takes: box or each


class Lot(Base):
    """The maker's lot of one owner. `expiry_key` and `layer` hold no nulls, so that the database can keep it unique.

    `layer` is empty for a lot with a number, and the request that brought it in where there is none: then every receipt
    is a lot of its own, and first-in first-out and cost layers still hold.
    """

    __tablename__ = "lots"
    __table_args__ = (sa.UniqueConstraint("item_id", "owner_id", "lot_number", "expiry_key", "layer"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(sa.ForeignKey("items.id"), index=True)
    owner_id: Mapped[int] = mapped_column(sa.ForeignKey("owners.id"))
    lot_number: Mapped[str] = mapped_column(sa.String(64), default="")
    expiry: Mapped[date | None]
    expiry_precision: Mapped[str | None] = mapped_column(sa.String(10))
    expiry_time: Mapped[str | None] = mapped_column(sa.String(5))  # local HH:MM where the code gives one
    expiry_key: Mapped[str] = mapped_column(sa.String(30), default="")
    layer: Mapped[str] = mapped_column(sa.String(36), default="")
    received_on: Mapped[date]
    unit_cost: Mapped[int | None] = mapped_column(sa.BigInteger)  # 1/10,000, of the latest receipt
    state: Mapped[LotState] = mapped_column(_values(LotState), default=LotState.open)
    state_reason: Mapped[str | None] = mapped_column(sa.String(300))
    state_since: Mapped[datetime | None] = mapped_column(Moment)


class Balance(Base):
    """How many units of a lot are at a physical place now: derived from the movements, kept by `ledger.post` alone."""

    __tablename__ = "balances"
    __table_args__ = (
        sa.CheckConstraint("quantity >= 0", name="not_negative"),
        sa.Index(
            "ix_balances_on_hand",
            "item_id",
            "location_id",
            sqlite_where=sa.text("quantity > 0"),
            postgresql_where=sa.text("quantity > 0"),
        ),
    )

    lot_id: Mapped[int] = mapped_column(sa.ForeignKey("lots.id"), primary_key=True)
    location_id: Mapped[int] = mapped_column(sa.ForeignKey("locations.id"), primary_key=True, index=True)
    item_id: Mapped[int] = mapped_column(sa.ForeignKey("items.id"))
    quantity: Mapped[int] = mapped_column(sa.BigInteger)


class Movement(Base):
    """So many units of one lot from one place to another. Never updated, never deleted; mistakes are reversed."""

    __tablename__ = "movements"
    __table_args__ = (
        sa.CheckConstraint("quantity > 0", name="positive"),
        sa.CheckConstraint("from_location_id <> to_location_id", name="somewhere_else"),
        sa.Index("ix_movements_item", "item_id", "id"),
        sa.Index("ix_movements_lot", "lot_id", "id"),
    )

    id: Mapped[int] = mapped_column(sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True)
    kind: Mapped[MovementKind] = mapped_column(_values(MovementKind))
    item_id: Mapped[int] = mapped_column(sa.ForeignKey("items.id"))
    lot_id: Mapped[int] = mapped_column(sa.ForeignKey("lots.id"))
    from_location_id: Mapped[int] = mapped_column(sa.ForeignKey("locations.id"))
    to_location_id: Mapped[int] = mapped_column(sa.ForeignKey("locations.id"))
    quantity: Mapped[int]
    unit_cost: Mapped[int | None] = mapped_column(sa.BigInteger)
    department_id: Mapped[int | None] = mapped_column(sa.ForeignKey("departments.id"))
    lot_known: Mapped[LotKnown] = mapped_column(_values(LotKnown))
    request_id: Mapped[UUID] = mapped_column(sa.Uuid, index=True)
    occurred_at: Mapped[datetime] = mapped_column(Moment, index=True)
    recorded_at: Mapped[datetime] = mapped_column(Moment)
    actor_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    station_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stations.id"))
    offline: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str | None] = mapped_column(sa.String(300))
    reverses_id: Mapped[int | None] = mapped_column(sa.ForeignKey("movements.id"), unique=True)


class DailyUsage(Base):
    """Units used per item, place and department on one local day, as imported from the time before this system."""

    __tablename__ = "daily_usage"

    item_id: Mapped[int] = mapped_column(sa.ForeignKey("items.id"), primary_key=True)
    used_on: Mapped[date] = mapped_column(primary_key=True)
    location_id: Mapped[int] = mapped_column(sa.ForeignKey("locations.id"), primary_key=True)
    department: Mapped[str] = mapped_column(sa.String(40), primary_key=True, default="")
    quantity: Mapped[int]


class DailyDemand(Base):
    """Units wanted per item, place and department on one local day, derived from the ledger by `demand`.

    `used` is what was taken less what came back or was undone; `shortfall` what was taken and was not on the book.
    """

    __tablename__ = "daily_demand"

    item_id: Mapped[int] = mapped_column(sa.ForeignKey("items.id"), primary_key=True)
    used_on: Mapped[date] = mapped_column(primary_key=True)
    location_id: Mapped[int] = mapped_column(sa.ForeignKey("locations.id"), primary_key=True)
    department: Mapped[str] = mapped_column(sa.String(40), primary_key=True, default="")
    used: Mapped[int] = mapped_column(default=0)
    shortfall: Mapped[int] = mapped_column(default=0)


class DemandMark(Base):
    """How far the ledger is rolled up: the last movement, by the days of which time zone, and when."""

    __tablename__ = "demand_marks"
    __table_args__ = (sa.CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    movement_id: Mapped[int] = mapped_column(sa.BigInteger)
    zone: Mapped[str] = mapped_column(sa.String(60))
    rolled_at: Mapped[datetime] = mapped_column(Moment)


UNSETTLED = sa.text("settled_at IS NULL")


class ShelfRequest(Base):
    """Somebody at a shelf wants more of an item there. At most one open for each item and place."""

    __tablename__ = "shelf_requests"
    __table_args__ = (
        sa.Index(
            "uq_shelf_requests_open",
            "item_id",
            "location_id",
            unique=True,
            sqlite_where=UNSETTLED,
            postgresql_where=UNSETTLED,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(sa.ForeignKey("items.id"), index=True)
    location_id: Mapped[int] = mapped_column(sa.ForeignKey("locations.id"))
    kind: Mapped[str] = mapped_column(sa.String(20))  # need_more, or shelf_empty once somebody says so
    asked_at: Mapped[datetime] = mapped_column(Moment)
    asked_by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    last_asked_at: Mapped[datetime] = mapped_column(Moment)
    times: Mapped[int] = mapped_column(default=1)
    settled_at: Mapped[datetime | None] = mapped_column(Moment)
    settled_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    settlement: Mapped[str | None] = mapped_column(sa.String(300))


class ShelfAsking(Base):
    """One press of the button: its key, so that the same one sent again asks once, and what it was answered."""

    __tablename__ = "shelf_askings"

    request_id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    shelf_request_id: Mapped[int] = mapped_column(sa.ForeignKey("shelf_requests.id"), index=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    kind: Mapped[str] = mapped_column(sa.String(20))
    is_new: Mapped[bool]
    asked_at: Mapped[datetime] = mapped_column(Moment)
