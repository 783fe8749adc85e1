"""The shapes of items and their codes in requests and answers; the names are the import columns' names."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from supply.errors import Invalid
from supply.stock.item_lines import ItemLine
from supply.stock.models import ItemCode
from supply.web.api.fields import Barcode, Count, Decimal, Sku, Text, Units, Words, Yes
from supply.web.api.paging import Page
from supply.web.money import money_from, money_text
from supply.web.resource import Body

Name = Annotated[Words, Field(max_length=200)]
Unit = Annotated[Words, Field(max_length=30)]
Short = Annotated[Text, Field(max_length=60)]
Category = Annotated[Text, Field(max_length=80)]
Gtin = Annotated[str, Field(pattern=r"^([0-9]{8}|[0-9]{12,14})$")]
NEVER_EMPTY = ("name", "unit", "tracking", "lot_required", "expiry_required")
Pack = Annotated[Count, Field(ge=1)]


class ItemQuery(Page):
    """Which items: those whose SKU or name has every word of `search`."""

    search: Text | None = Field(None, max_length=200)


class ItemPath(BaseModel):
    """An item by its SKU."""

    sku: Sku


class ItemChange(Body):
    """What to change of an item; what is left out stays, null empties."""

    name: Name | None = None
    unit: Unit | None = None
    category: Category | None = None
    rotation: Literal["fifo", "fefo"] | None = Field(None, description="null: as its category")
    tracking: Literal["lot", "counted", "two-bin"] | None = None
    lot_required: Yes | None = None
    expiry_required: Yes | None = None
    shelf_life_days: Count | None = None
    reorder_point: Count | None = None
    par_level: Count | None = None
    supplier: Short | None = None
    supplier_sku: Short | None = None
    pack_quantity: Pack | None = None
    lead_time_days: Count | None = None
    price: Decimal | None = Field(None, description="For one pack")

    def columns(self) -> dict[str, Any]:
        """What was sent, as the catalogue takes it. Raises Invalid (bad_field) for null where nothing can be."""
        sent = self._sent()
        for name in NEVER_EMPTY:
            if name in sent and sent[name] is None:
                raise Invalid(f"{name} cannot be emptied.", code="bad_field")
        return sent

    def _sent(self) -> dict[str, Any]:
        sent = self.model_dump(include=set(ItemChange.model_fields), exclude_unset=True)
        return {**sent, "price": money_from(sent["price"])} if sent.get("price") else sent


class NewItem(ItemChange):
    """An item to add; with `gtin`, that code of it too."""

    sku: Sku
    name: Name
    gtin: Gtin | None = None
    units_received: Units = 1
    units_used: Units = 1

    def columns(self) -> dict[str, Any]:
        """What was sent, as the catalogue takes it; null is as good as left out."""
        return {name: value for name, value in self._sent().items() if value is not None}


class NewCode(Body):
    """A code to learn: `barcode` as scanned, or `gtin`; and what one scan of it moves, in units of use."""

    barcode: Barcode | None = None
    gtin: Gtin | None = None
    units_received: Units = 1
    units_used: Units = 1


class ItemAnswer(BaseModel):
    """An item. `gtin` and its units are those of its first GTIN; `rotation` is the one that holds."""

    sku: str
    name: str
    unit: str
    category: str | None
    rotation: str
    tracking: str
    gtin: str | None
    units_received: int
    units_used: int
    lot_required: bool
    expiry_required: bool
    shelf_life_days: int | None
    reorder_point: int | None
    par_level: int | None
    supplier: str | None
    supplier_sku: str | None
    pack_quantity: int | None
    lead_time_days: int | None
    price: str | None

    @classmethod
    def of(cls, line: ItemLine) -> "ItemAnswer":
        """The shape of a line."""
        item, first = line.item, next((code for code in line.codes if code.scheme == "gtin"), None)
        return cls(
            sku=item.sku,
            name=item.name,
            unit=item.unit,
            category=line.category,
            rotation=line.rotation.value,
            tracking=item.tracking.value,
            gtin=first.value if first else None,
            units_received=first.units_received if first else 1,
            units_used=first.units_used if first else 1,
            lot_required=item.lot_required,
            expiry_required=item.expiry_required,
            shelf_life_days=item.shelf_life_days,
            reorder_point=item.reorder_point,
            par_level=item.par_level,
            supplier=item.supplier,
            supplier_sku=item.supplier_sku,
            pack_quantity=item.pack_quantity,
            lead_time_days=item.lead_time_days,
            price=money_text(item.price),
        )


class Items(BaseModel):
    """A page of items."""

    items: list[ItemAnswer]
    next: str | None


class CodeAnswer(BaseModel):
    """A code of an item, and what one scan of it moves, in units of use."""

    id: int
    scheme: str
    value: str
    units_received: int
    units_used: int

    @classmethod
    def of(cls, code: ItemCode) -> "CodeAnswer":
        """The shape of a code."""
        return cls.model_validate(code, from_attributes=True)


class Codes(BaseModel):
    """Codes of an item."""

    items: list[CodeAnswer]
    next: str | None
