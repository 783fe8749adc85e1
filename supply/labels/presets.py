"""PURE: the designs that come with the product, to start a template of the office from and to go back to."""

from dataclasses import dataclass
from typing import Final

from supply.errors import Invalid
from supply.labels.design import Design, kind_of, usual_design
from supply.labels.symbols import Symbology


@dataclass(frozen=True)
class Preset:
    """One design that comes with the product: its short name, what it is for, and how a label looks then."""

    name: str
    words: str
    design: Design


USUAL: Final = "usual"
_OTHERS: Final[dict[str, tuple[Preset, ...]]] = {
    "item": (
        Preset("large-name", "Large name, to read from afar", Design((("name", 1), ("sku", -1)))),
        Preset("qr", "QR code, for phones", Design((("name", 0), ("sku", 0)), Symbology.qr)),
    ),
    "lot": (
        Preset(
            "large-expiry",
            "Large expiry date",
            Design((("name", 0), ("expiry", 1), ("lot_number", 0), ("quantity", -1), ("owner", 0))),
        ),
        Preset(
            "short",
            "Name, lot and expiry only, for small labels",
            Design((("name", -1), ("expiry", 0), ("lot_number", 0), ("owner", -1))),
        ),
    ),
    "location": (
        Preset("large-code", "Large code of the place", Design((("code", 1), ("name", 0), ("within", -1)))),
        Preset("qr", "QR code, for phones", Design((("name", 0), ("code", 0), ("within", 0)), Symbology.qr)),
    ),
    "opened": (
        Preset(
            "large-use-by",
            "Large use-by day",
            Design(
                (
                    *(("use_by", 1), ("name", 0), ("opened", 0), ("initials", 0)),
                    *(("lot_number", 0), ("expiry", 0), ("source", 0)),
                )
            ),
        ),
    ),
    "badge": (Preset("large-name", "Large name", Design((("name", 1), ("words", -1), ("valid_until", 0)))),),
}


def presets_of(template: str) -> tuple[Preset, ...]:
    """Every preset of a kind, the usual one first. Raises Invalid for no kind of ours."""
    kind_of(template)
    return (Preset(USUAL, "As it comes", usual_design(template)), *_OTHERS.get(template, ()))


def preset_named(template: str, name: str) -> Preset:
    """The preset of that name. Raises Invalid."""
    found = next((one for one in presets_of(template) if one.name == name), None)
    if found is None:
        known = ", ".join(one.name for one in presets_of(template))
        raise Invalid(f"There is no preset {name[:40]!r} of this kind. Choose one of {known}.", code="bad_field")
    return found
