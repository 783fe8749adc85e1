"""Labels of every kind to draw, and reading a drawn one with a decoder that knows nothing of how it was drawn."""

import numpy as np
import zxingcpp
from PIL import Image

from supply.labels.content import (
    BadgeLabel,
    CommandLabel,
    ContainerLabel,
    Content,
    HoldLabel,
    ItemLabel,
    LocationLabel,
    LotLabel,
    OpenedLabel,
    StationLabel,
)
from supply.labels.symbols import Symbol, Symbology, gs1_symbol, house_symbol

GTIN = "09520123456788"


def lot_symbol(lot: str = "A1-2345", expiry: str = "270314") -> Symbol:
    return gs1_symbol([("01", GTIN), ("17", expiry), ("10", lot)])


def item(name: str = "Nitrile gloves M", sku: str = "GLOVE-M", symbology: Symbology | None = None) -> ItemLabel:
    return ItemLabel(name=name, sku=sku, barcode=house_symbol("item", 42, symbology))


def lot(name: str = "Nitrile gloves M", **fields: str) -> LotLabel:
    said = {"lot_number": "A1-2345", "expiry": "2027-MAR-14", "quantity": "12 boxes"} | fields
    return LotLabel(name=name, sku="GLOVE-M", barcode=lot_symbol(), **said)


def location(name: str = "Cabinet 3, second shelf") -> LocationLabel:
    return LocationLabel(name=name, code="CAB-3-2", barcode=house_symbol("location", 7), within="Exam room 2")


def container(stream: str = "Sharps", **fields: object) -> ContainerLabel:
    values: dict[str, object] = {
        "phrases": ("BIOHAZARD", "Regulated medical waste"),
        "has_biohazard_symbol": True,
        "un_mark": "UN3291, Regulated medical waste, n.o.s., 6.2, PG II",
        "generator": ("Family practice", "12 Main Street", "Springfield, NJ 07081", "+1 555 0100"),
        "opened": "2026-NOV-01",
        "sealed": "2026-NOV-20",
        "gross_weight": "4.2 kg",
    }
    return ContainerLabel(
        number="C-000123", stream=stream, barcode=house_symbol("container", 123), **{**values, **fields}
    )


def badge(name: str = "Dana Ortiz", **fields: str) -> BadgeLabel:
    said = {"words": "Takes, counts, looks up"} | fields
    return BadgeLabel(name=name, barcode=house_symbol("badge", "A7" * 13), **said)


def opened(name: str = "Lidocaine HCl 1 % injection, 20 mL vial", **fields: str) -> OpenedLabel:
    said = {
        "opened": "2026-NOV-23",
        "use_by": "2026-DEC-21",
        "lot_number": "A1-2345",
        "expiry": "2027-MAR-14",
        "source": "28 days, from the package insert: verify",
        "initials": "DO",
    }
    return OpenedLabel(name=name, sku="LIDO-1", barcode=lot_symbol(), **{**said, **fields})


def hold(word: str = "DO NOT USE", name: str = "Nitrile gloves M", **fields: str) -> HoldLabel:
    said = {"lot_number": "A1-2345", "expiry": "2027-MAR-14", "reason": "Recall 24-113", "date": "2026-NOV-23"}
    return HoldLabel(word=word, name=name, sku="GLOVE-M", barcode=lot_symbol(), **{**said, **fields})


def station(name: str = "Kiosk at the storeroom") -> StationLabel:
    return StationLabel(name=name, code="kiosk-1", barcode=house_symbol("station", 3), words="Storeroom, TAKE")


def command(words: str = "Ten of it") -> CommandLabel:
    return CommandLabel(words=words, barcode=house_symbol("command", "TIMESTEN"), group="Quantity")


def each_kind(name: str = "Nitrile gloves M") -> list[Content]:
    return [
        *(item(name), item(name, symbology=Symbology.datamatrix), lot(name), location(name), container(name)),
        *(badge(name), opened(name), hold(name=name), station(name), command(name)),
    ]


def read(image: Image.Image) -> list[tuple[bytes, str]]:
    """Every code in the picture as its bytes and AIM identifier."""
    codes = zxingcpp.read_barcodes(np.array(image.convert("L")))
    return [(bytes(code.bytes), code.symbology_identifier) for code in codes]
