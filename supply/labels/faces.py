"""PURE: what a label says first and how large: from content to words of a size, before any place is known."""

from dataclasses import dataclass
from typing import Final

from supply.labels.content import ContainerLabel, Content, ItemLabel, LocationLabel, LotLabel
from supply.labels.lettering import Words
from supply.labels.symbols import Symbol

FINE: Final = 2.1  # mm: addresses and the text of a code
HEADLINE: Final = 9.2  # mm: capitals of a quarter inch, where there is room (30 TAC 326.21 asks for them outside)


@dataclass(frozen=True)
class Face:
    """The parts of a label. `headline` stands across the head, `banner` below it beside the biohazard symbol, `foot`
    across the end.
    """

    symbol: Symbol
    title: Words
    facts: tuple[Words, ...]
    foot: tuple[Words, ...]
    headline: tuple[Words, ...] = ()
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
        *(Words(f"{name} {value}", 2.6) for name, value in dates if value),
        Words(content.gross_weight and f"Gross weight {content.gross_weight}", 2.6),
    )
    foot = (
        Words(content.un_mark, 2.8, 2.0, is_bold=True),
        Words(_address("Generator", content.generator), FINE),
        Words(_address("Transporter", content.transporter), FINE),
        _code(content.barcode),
    )
    first, others = content.phrases[:1], content.phrases[1:]
    return Face(
        symbol=content.barcode,
        title=Words(content.number, 3.6, 2.0, is_bold=True),
        facts=facts,
        foot=foot,
        headline=tuple(Words(phrase, HEADLINE, 3.0, is_bold=True, wide_as_fits=True) for phrase in first),
        banner=(
            *(Words(phrase, 3.8, 2.4, is_bold=True) for phrase in others),
            Words(content.stream, 4.2, 2.4, is_bold=True),
        ),
        has_trefoil=content.has_biohazard_symbol,
    )


def _address(whose: str, lines: tuple[str, ...]) -> str:
    return f"{whose}: {', '.join(lines)}" if lines else ""
