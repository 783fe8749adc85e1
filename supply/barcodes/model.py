"""What a barcode's text means: one frozen value for every scheme, and how it prints as JSON.

Must never hold anything that is not in the text itself (no item, no stock, no clock).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any

MAX_LENGTH = 512  # characters; the longest GS1 symbol holds far less that an office needs

_NOT_PRINTED = frozenset({"elements", "errors", "warnings", "readings", "lookup_keys", "gs1_elements"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Barcode:
    """The meaning of one scanned text.

    `errors` says the code must not be used; `warnings` that a person should look. `readings` are whole alternatives,
    the literal one first, for a person to choose from. `lookup_keys` are (scheme, value) pairs by which a catalogue
    may find the item, best first. With a time, `expiry` is local time without offset.
    """

    raw: str
    scheme: str
    symbology: str | None = None
    gtin: str | None = None
    lot: str | None = None
    expiry: date | None = None
    expiry_precision: str | None = None
    manufactured: date | None = None
    best_before: date | None = None
    serial: str | None = None
    quantity: int | None = None
    sscc: str | None = None
    content_gtin: str | None = None
    hibc_di: str | None = None
    lic: str | None = None
    pcn: str | None = None
    uom: int | None = None
    link_char: str | None = None
    check_char: str | None = None
    expected_check: str | None = None
    ndc10: str | None = None
    ndc11: str | None = None
    gtin12: str | None = None
    format: str | None = None
    packaging_level: int | None = None
    isbt128_di: str | None = None
    base_gtin14: str | None = None
    as_gtin8: str | None = None
    as_upce: str | None = None
    agency: str | None = None
    din: str | None = None
    net_weight_kg: Decimal | None = None
    house_kind: str | None = None
    house_value: str | None = None
    elements: Mapping[str, str] = field(default_factory=dict, hash=False)
    gs1_elements: tuple[tuple[str, str], ...] = ()
    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    readings: tuple[Barcode, ...] = ()
    lookup_keys: tuple[tuple[str, str], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The names of the public interface; what the code does not carry is left out, `symbology` excepted."""
        printed: dict[str, Any] = {"scheme": self.scheme, "symbology": self.symbology}
        printed.update(self._named_values())
        printed.update(self.elements)
        printed["errors"] = [str(code) for code in self.errors]
        printed["warnings"] = [str(code) for code in self.warnings]
        if self.readings:
            printed["readings"] = [reading.as_json() for reading in self.readings]
        return printed

    def _named_values(self) -> Iterator[tuple[str, Any]]:
        for each in fields(self):
            value = getattr(self, each.name)
            if each.name not in _NOT_PRINTED and value is not None:
                yield each.name, value[:MAX_LENGTH] if each.name == "raw" else _json_value(value)


def _json_value(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value
