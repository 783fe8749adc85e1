"""PURE: what stands on each kind of label, as plain values ready to print, and the JSON they are stored as.

Words are made by whoever knows the thing (`stations.label_contents`); nothing here looks anything up.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from supply.errors import Invalid
from supply.labels.symbols import Symbol, Symbology


@dataclass(frozen=True)
class ItemLabel:
    """A shelf or box label that names an item: scanning it means the next one in order."""

    template: ClassVar[str] = "item"
    name: str
    sku: str
    barcode: Symbol


@dataclass(frozen=True)
class LotLabel:
    """A label for one lot: scanning it means this very lot. `expiry` and `quantity` are in words, with units."""

    template: ClassVar[str] = "lot"
    name: str
    sku: str
    barcode: Symbol
    lot_number: str = ""
    expiry: str = ""
    quantity: str = ""
    owner: str = ""


@dataclass(frozen=True)
class LocationLabel:
    """A label for a place. `within` is the place that it is part of, in words."""

    template: ClassVar[str] = "location"
    name: str
    code: str
    barcode: Symbol
    within: str = ""


@dataclass(frozen=True)
class ContainerLabel:
    """A label for a waste container. Phrases are printed in full; dates and weights are in words, with units.

    `un_mark` is the UN number with its proper shipping name; `generator` and `transporter` are lines of an address.
    """

    template: ClassVar[str] = "container"
    number: str
    stream: str
    barcode: Symbol
    phrases: tuple[str, ...] = ()
    has_biohazard_symbol: bool = False
    un_mark: str = ""
    generator: tuple[str, ...] = ()
    transporter: tuple[str, ...] = ()
    opened: str = ""
    sealed: str = ""
    shipped: str = ""
    gross_weight: str = ""
    stock_colour: str = ""

    @property
    def needs_coloured_stock(self) -> bool:
        """Whether a printer that only prints black needs fluorescent orange, orange-red or red label stock.

        A BIOHAZARD mark in black without such a background does not meet 49 CFR 173.134(c) (PHMSA letter 19-0106).
        """
        return self.has_biohazard_symbol


Content = ItemLabel | LotLabel | LocationLabel | ContainerLabel
TEMPLATES: dict[str, type[Content]] = {
    kind.template: kind for kind in (ItemLabel, LotLabel, LocationLabel, ContainerLabel)
}


def to_payload(content: Content) -> dict[str, Any]:
    """The content as JSON-ready values."""
    values = dataclasses.asdict(content)
    return {
        "template": content.template,
        **{key: list(value) if isinstance(value, tuple) else value for key, value in values.items()},
    }


def from_payload(payload: Mapping[str, Any]) -> Content:
    """The content that was stored. Raises Invalid for what is no label of ours."""
    values = dict(payload)
    kind = TEMPLATES.get(str(values.pop("template", "")))
    try:
        if kind is None:
            raise TypeError("there is no such template")
        barcode = dict(values.pop("barcode"))
        symbology = barcode.pop("symbology", None)
        symbol = Symbol(**barcode, symbology=Symbology(symbology) if symbology else None)
        told: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in values.items()
        }
        return kind(**told, barcode=symbol)
    except (TypeError, ValueError, KeyError) as error:
        raise Invalid(f"The stored label cannot be read: {error}.", code="bad_label") from error
