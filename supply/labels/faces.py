"""PURE: what a label says first and how large: from content to words of a size, before any place is known."""

from dataclasses import dataclass

from supply.labels.content import ContainerLabel, Content, ItemLabel, LocationLabel, LotLabel
from supply.labels.lettering import Words
from supply.labels.symbols import Symbol

FINE = 2.1  # mm: addresses and the text of a code


@dataclass(frozen=True)
class Face:
    """The parts of a label. `banner` stands at the head beside the biohazard symbol, `foot` across the end."""

    symbol: Symbol
    title: Words
    facts: tuple[Words, ...]
    foot: tuple[Words, ...]
    banner: tuple[Words, ...] = ()
    has_trefoil: bool = False


def face_of(content: Content) -> Face:
    """The face of any label."""
    facts: tuple[Words, ...]
    match content:
        case ItemLabel():
            facts = (Words(content.sku, 3.0),)
        case LocationLabel():
            facts = (Words(content.code, 3.2, is_bold=True), Words(content.within))
        case LotLabel():
            facts = _lot_facts(content)
        case ContainerLabel():
            return _container(content)
    title = Words(content.name, 4.2, is_bold=True)
    return Face(content.barcode, title, facts, (_code(content.barcode),))


def _code(symbol: Symbol) -> Words:
    return Words(symbol.human, FINE, 1.5)


def _lot_facts(content: LotLabel) -> tuple[Words, ...]:
    return (
        Words(content.expiry and f"EXP {content.expiry}", 3.2, 2.0, is_bold=True),
        Words(content.lot_number and f"LOT {content.lot_number}", 3.2, 2.0, is_bold=True),
        Words(content.quantity, 2.6),
        Words(content.sku, 2.6),
        Words(content.owner and f"Owner: {content.owner}", 2.6),
    )


def _container(content: ContainerLabel) -> Face:
    dates = (("Opened", content.opened), ("Sealed", content.sealed), ("Shipped", content.shipped))
    facts = (
        Words(content.number, 3.2, 2.0, is_bold=True),
        *(Words(f"{name} {value}", 2.6) for name, value in dates if value),
        Words(content.gross_weight and f"Gross weight {content.gross_weight}", 2.6),
    )
    foot = (
        Words(content.un_mark, 2.8, 2.0, is_bold=True),
        Words(_address("Generator", content.generator), FINE),
        Words(_address("Transporter", content.transporter), FINE),
        _code(content.barcode),
    )
    # letters of 1/4 inch where there is room (30 TAC 326.21); capitals are 0.73 of the type's height
    banner = tuple(Words(phrase, 8.7 if first else 4.4, 3.0, is_bold=True) for first, phrase in _first(content.phrases))
    title = Words(content.stream, 4.2, 2.0, is_bold=True)
    return Face(content.barcode, title, facts, foot, banner, content.has_biohazard_symbol)


def _first(phrases: tuple[str, ...]) -> list[tuple[bool, str]]:
    return [(n == 0, phrase) for n, phrase in enumerate(phrases)]


def _address(whose: str, lines: tuple[str, ...]) -> str:
    return f"{whose}: {', '.join(lines)}" if lines else ""
