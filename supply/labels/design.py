"""PURE: what an office chooses for a kind of label: which words stand on it, in which order and size, which symbol.

Must never let the words be left off without which a label of that kind would be dangerous or unlawful.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from supply.errors import Invalid
from supply.labels.symbols import Symbology

STEPS: Final = (-1, 0, 1)
STEP_WORDS: Final = {-1: "small", 0: "usual", 1: "large"}
STEP_FACTORS: Final = {-1: 0.75, 0: 1.0, 1: 1.4}
OFFICE_LINE_MOST: Final = 60


@dataclass(frozen=True)
class Part:
    """One of the words of a kind of label: its height in mm where there is room and the least, and what stands before.

    `is_kept` ones are on every label of that kind.
    """

    field: str
    words: str
    mm: float = 2.6
    floor_mm: float = 1.75
    is_bold: bool = False
    before: str = ""
    is_kept: bool = False


@dataclass(frozen=True)
class Kind:
    """A kind of label: its words in their usual order, and the symbols that its code may be drawn as."""

    template: str
    words: str
    parts: tuple[Part, ...]
    symbols: tuple[Symbology, ...] = tuple(Symbology)

    def part(self, field: str) -> Part:
        """The part of that name. Raises Invalid."""
        found = next((part for part in self.parts if part.field == field), None)
        if found is None:
            known = ", ".join(part.field for part in self.parts)
            message = f"{self.words} has no words called {field[:40]!r}. It has {known}."
            raise Invalid(message, code="bad_field")
        return found


@dataclass(frozen=True)
class Design:
    """An office's own choice: fields with their step of size (-1, 0, 1) in order, the symbol (None: as the paper asks),
    a line of the office at the foot, and whether modules may be finer than hand scanners like.
    """

    fields: tuple[tuple[str, int], ...]
    symbology: Symbology | None = None
    office: str = ""
    may_be_fine: bool = False


_SQUARES: Final = (Symbology.datamatrix, Symbology.qr)  # the bars of a GS1 lot or of a badge are wider than any roll
_NAME: Final = Part("name", "Name", 4.2, is_bold=True, is_kept=True)
KINDS: Final = {
    kind.template: kind
    for kind in (
        Kind("item", "Item", (_NAME, Part("sku", "SKU", 3.0))),
        Kind(
            "lot",
            "Lot",
            (
                _NAME,
                Part("expiry", "Expiry", 3.2, 2.0, True, "EXP", True),
                Part("lot_number", "Lot number", 3.2, 2.0, True, "LOT", True),
                Part("quantity", "Quantity"),
                Part("sku", "SKU"),
                Part("owner", "Owner, if not the office", before="Owner:", is_kept=True),
            ),
            _SQUARES,
        ),
        Kind("location", "Place", (_NAME, Part("code", "Code", 3.2, is_bold=True), Part("within", "Part of"))),
        Kind(
            "container",
            "Waste container",
            (
                Part("number", "Number", 3.6, 2.0, True, is_kept=True),
                Part("opened", "Opened on", before="Opened", is_kept=True),
                Part("sealed", "Sealed on", before="Sealed", is_kept=True),
                Part("shipped", "Shipped on", before="Shipped", is_kept=True),
                Part("gross_weight", "Gross weight", before="Gross weight"),
            ),
        ),
        Kind(
            "badge",
            "Badge",
            (
                Part("name", "Name", 5.0, is_bold=True, is_kept=True),
                Part("words", "What it is for", 3.0),
                Part("valid_until", "Valid until", 3.0, 2.0, True, "Until", True),
            ),
            _SQUARES,
        ),
        Kind(
            "opened",
            "Opened vial",
            (
                _NAME,
                Part("use_by", "Use by", 4.0, 2.4, True, "USE BY", True),
                Part("opened", "Opened on", 3.2, 2.0, True, "Opened", True),
                Part("initials", "Initials", 3.2, 2.0, True, "By"),
                Part("lot_number", "Lot number", before="LOT", is_kept=True),
                Part("expiry", "Expiry", before="EXP", is_kept=True),
                Part("source", "Source of the days", 2.1, 1.75, is_kept=True),
            ),
            _SQUARES,
        ),
        Kind(
            "hold",
            "Expired, do not use, recalled",
            (
                _NAME,
                Part("lot_number", "Lot number", 3.2, 2.0, True, "LOT", True),
                Part("expiry", "Expiry", 3.2, 2.0, True, "EXP", True),
                Part("reason", "Reason", is_kept=True),
                Part("date", "Day of the label", before="Labelled"),
                Part("sku", "SKU"),
            ),
            _SQUARES,
        ),
        Kind(
            "station", "Station", (_NAME, Part("code", "Code", 3.2, is_bold=True), Part("words", "What is done there"))
        ),
        Kind(
            "command",
            "Command",
            (Part("words", "What it does", 4.2, is_bold=True, is_kept=True), Part("group", "Kind")),
        ),
    )
}


def usual_design(template: str) -> Design:
    """The design that a kind of label comes with. Raises Invalid for no kind of ours."""
    return Design(tuple((part.field, 0) for part in kind_of(template).parts))


def kind_of(template: str) -> Kind:
    """The kind of that name. Raises Invalid."""
    found = KINDS.get(template)
    if found is None:
        message = f"There is no kind of label {template[:40]!r}. Choose one of {', '.join(KINDS)}."
        raise Invalid(message, code="bad_field")
    return found


def checked(template: str, design: Design) -> Design:
    """The design, if a label of that kind may look so.

    Raises Invalid (bad_field, bad_template) for unknown, doubled or missing words, a size or symbol that is none.
    """
    kind = kind_of(template)
    fields = [field for field, _ in design.fields]
    for field, step in design.fields:
        kind.part(field)
        if isinstance(step, bool) or step not in STEPS:
            raise Invalid("Words are small (-1), usual (0) or large (1).", code="bad_field")
    if len(set(fields)) != len(fields):
        raise Invalid("Each of the words stands on a label once.", code="bad_template")
    missing = [part.words for part in kind.parts if part.is_kept and part.field not in fields]
    if missing:
        message = f"This kind of label always says: {', '.join(missing).lower()}. Put it back."
        raise Invalid(message, code="bad_template")
    if design.symbology is not None and design.symbology not in kind.symbols:
        raise Invalid(f"{kind.words}: this code cannot be drawn as {design.symbology.value}.", code="bad_template")
    if len(design.office) > OFFICE_LINE_MOST or (design.office and not design.office.isprintable()):
        raise Invalid(f"The office's line has at most {OFFICE_LINE_MOST} letters.", code="bad_field")
    return design


def stored(design: Design) -> dict[str, Any]:
    """The design as JSON-ready values, as `design_of` reads them."""
    return {
        "fields": [[field, step] for field, step in design.fields],
        "symbology": design.symbology.value if design.symbology else None,
        "office": design.office,
        "may_be_fine": design.may_be_fine,
    }


def design_of(template: str, values: Mapping[str, Any]) -> Design:
    """The design of stored values, checked. Raises Invalid."""
    try:
        symbology = values.get("symbology")
        return checked(
            template,
            Design(
                fields=_fields(values["fields"]),
                symbology=Symbology(symbology) if symbology else None,
                office=str(values.get("office") or ""),
                may_be_fine=bool(values.get("may_be_fine")),
            ),
        )
    except (TypeError, ValueError, KeyError) as error:
        raise Invalid(f"The stored design cannot be read: {error}.", code="bad_template") from error


def _fields(rows: Iterable[Iterable[Any]]) -> tuple[tuple[str, int], ...]:
    return tuple((str(field), int(step)) for field, step in rows)
