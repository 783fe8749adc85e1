"""The form of a label template: a design read from its fields, and its fields filled from a design. Keeps nothing."""

import json
from dataclasses import dataclass
from typing import Any

from flask import request

from supply.labels.design import STEP_WORDS, Design, Kind, design_of, stored
from supply.labels.paper import NAMES, SHEETS, named
from supply.labels.symbols import Symbology
from supply.stations.printer_lines import paper_words
from supply.web.entries import Entries

OWN = "own"
STEPS = [(str(step), words) for step, words in STEP_WORDS.items()]
STEP_STRINGS = {value for value, _ in STEPS}
SYMBOL_WORDS = {
    Symbology.code128: "Bars (Code 128), for every scanner",
    Symbology.datamatrix: "Square (DataMatrix), for cameras and small labels",
    Symbology.qr: "QR code, for phones",
}


@dataclass(frozen=True)
class Row:
    """One of the words of the label as the form shows it."""

    field: str
    words: str
    is_kept: bool
    is_shown: bool
    step: str


def design_from(kind: Kind, entries: Entries) -> Design:
    """The design that was sent, fields in the order that it names. Raises EntriesWrong by `check`."""
    order = [name for name in entries.raw("order").split(",") if name in {part.field for part in kind.parts}]
    order += [part.field for part in kind.parts if part.field not in order]
    kept = {part.field for part in kind.parts if part.is_kept}
    symbols = {"": None, **{symbol.value: symbol for symbol in kind.symbols}}
    chosen = entries.choice("symbology", symbols, "Choose one of these codes.")
    fields = []
    for name in dict.fromkeys(order):
        step = entries.raw(f"step-{name}")
        if name in kept or entries.ticked(f"show-{name}"):
            fields.append((name, int(step) if step in STEP_STRINGS else 0))
    return Design(
        fields=tuple(fields),
        symbology=symbols.get(chosen),
        office=entries.text("office", "", most=60, required=False),
        may_be_fine=entries.ticked("may_be_fine"),
    )


def paper_from(entries: Entries) -> str:
    """The name of the paper that was sent; `57x32` where it is none, which is noted among what is wrong."""
    chosen = entries.raw("paper")
    if chosen != OWN:
        found = entries.choice("paper", (*NAMES, *SHEETS), "Choose a paper.")
        return "57x32" if "paper" in entries.wrong else found
    width = entries.whole("width_mm", "20 to 120 mm wide.", least=20, most=120)
    height = entries.whole("height_mm", "15 to 300 mm high.", least=15, most=300)
    return f"{width}x{height}"


def values_of(design: Design, paper: str, name: str, *, is_default: bool) -> dict[str, Any]:
    """The fields of the form as a design fills them."""
    lying = named(paper)
    is_own = paper not in (*NAMES, *SHEETS)
    return {
        "name": name,
        "paper": OWN if is_own else paper,
        "width_mm": lying.width_mm if is_own else "",
        "height_mm": lying.height_mm if is_own else "",
        "symbology": design.symbology.value if design.symbology else "",
        "office": design.office,
        "may_be_fine": "yes" if design.may_be_fine else "",
        "is_default": "yes" if is_default else "",
    }


def rows_of(kind: Kind, design: Design, order: str = "") -> list[Row]:
    """What the form lists: the words in the order of the design, then what is left off."""
    shown = dict(design.fields)
    names = [*shown, *(part.field for part in kind.parts if part.field not in shown)]
    if order:
        sent = [name for name in order.split(",") if name in names]
        names = [*dict.fromkeys(sent), *(name for name in names if name not in sent)]
    parts = {part.field: part for part in kind.parts}
    return [Row(name, parts[name].words, parts[name].is_kept, name in shown, str(shown.get(name, 0))) for name in names]


def moved(order: list[str], field: str, by: int) -> list[str]:
    """The order with that field further up (-1) or down (1), where it can go."""
    at = order.index(field) if field in order else -1
    if at >= 0 and 0 <= at + by < len(order):
        order[at], order[at + by] = order[at + by], order[at]
    return order


def paper_choices() -> list[tuple[str, str]]:
    """Every paper that has a name, and an own size."""
    return [*((name, paper_words(named(name))) for name in (*NAMES, *SHEETS)), (OWN, "Own size in mm")]


def symbol_choices(kind: Kind) -> list[tuple[str, str]]:
    """The codes that a label of that kind may have."""
    return [("", "As the paper asks"), *((symbol.value, SYMBOL_WORDS[symbol]) for symbol in kind.symbols)]


def in_address(design: Design) -> str:
    """The design as it stands in the address of its picture."""
    return json.dumps(stored(design), separators=(",", ":"))


def from_address(template: str) -> Design:
    """The design that the address names. Raises Invalid."""
    try:
        values = json.loads(request.args.get("design", "")[:4_000])
    except ValueError:
        values = None
    return design_of(template, values if isinstance(values, dict) else {})
