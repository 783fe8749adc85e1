"""PURE: what stands on each kind of label, as plain values ready to print, and the JSON they are stored as.

Words are made by whoever knows the thing (`stations.label_contents`); nothing here looks anything up.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from supply.errors import Invalid
from supply.labels.design import Design, design_of, stored
from supply.labels.symbols import Symbol, Symbology


@dataclass(frozen=True, kw_only=True)
class Designed:
    """What every label has: the office's own design of it, or None for the one it comes with."""

    design: Design | None = None


@dataclass(frozen=True)
class ItemLabel(Designed):
    """A shelf or box label that names an item: scanning it means the next one in order."""

    template: ClassVar[str] = "item"
    name: str
    sku: str
    barcode: Symbol


@dataclass(frozen=True)
class LotLabel(Designed):
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
class LocationLabel(Designed):
    """A label for a place. `within` is the place that it is part of, in words."""

    template: ClassVar[str] = "location"
    name: str
    code: str
    barcode: Symbol
    within: str = ""


@dataclass(frozen=True)
class ContainerLabel(Designed):
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


@dataclass(frozen=True)
class BadgeLabel(Designed):
    """A person's badge: scanning it signs that person on. Its code is a secret: whoever queues it lets the job forget.

    `words` say what it is good for; `valid_until` is a day or moment in words, of a badge that ends by itself.
    """

    template: ClassVar[str] = "badge"
    name: str
    words: str
    barcode: Symbol
    valid_until: str = ""


@dataclass(frozen=True)
class OpenedLabel(Designed):
    """A label for a vial that was opened: it names its lot, and until when it may be used. Days are in words.

    `source` says whence the days after opening are; `initials` are those of whoever opened it.
    """

    template: ClassVar[str] = "opened"
    name: str
    sku: str
    barcode: Symbol
    opened: str
    use_by: str
    lot_number: str = ""
    expiry: str = ""
    source: str = ""
    initials: str = ""


@dataclass(frozen=True)
class HoldLabel(Designed):
    """A label that stops whoever reads it: `word` is one of HOLD_WORDS; `date` is the day it was put on."""

    template: ClassVar[str] = "hold"
    word: str
    name: str
    sku: str
    barcode: Symbol
    lot_number: str = ""
    expiry: str = ""
    reason: str = ""
    date: str = ""


@dataclass(frozen=True)
class StationLabel(Designed):
    """A label for a station: `words` say where it stands and what is done there."""

    template: ClassVar[str] = "station"
    name: str
    code: str
    barcode: Symbol
    words: str = ""


@dataclass(frozen=True)
class CommandLabel(Designed):
    """A command to a kiosk, to scan in place of a button: `words` say what it does, `group` what kind it is."""

    template: ClassVar[str] = "command"
    words: str
    barcode: Symbol
    group: str = ""


Content = (
    ItemLabel
    | LotLabel
    | LocationLabel
    | ContainerLabel
    | BadgeLabel
    | OpenedLabel
    | HoldLabel
    | StationLabel
    | CommandLabel
)
TEMPLATES: dict[str, type[Content]] = {
    kind.template: kind
    for kind in (
        *(ItemLabel, LotLabel, LocationLabel, ContainerLabel),
        *(BadgeLabel, OpenedLabel, HoldLabel, StationLabel, CommandLabel),
    )
}
HOLD_WORDS: Final = ("EXPIRED", "DO NOT USE", "RECALLED")


def to_payload(content: Content) -> dict[str, Any]:
    """The content as JSON-ready values."""
    values = dataclasses.asdict(dataclasses.replace(content, design=None) if content.design else content)
    del values["design"]
    payload = {
        "template": content.template,
        **{key: list(value) if isinstance(value, tuple) else value for key, value in values.items()},
    }
    return payload | {"design": stored(content.design)} if content.design else payload


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
        design = told.pop("design", None)
        return kind(**told, barcode=symbol, design=design_of(kind.template, design) if design else None)
    except (TypeError, ValueError, KeyError) as error:
        raise Invalid(f"The stored label cannot be read: {error}.", code="bad_label") from error
