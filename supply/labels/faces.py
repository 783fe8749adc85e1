"""PURE: what a label says first and how large: from content and design to words of a size, before places are known."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from supply.labels.content import ContainerLabel, Content, HoldLabel
from supply.labels.design import STEP_FACTORS, Design, Part, kind_of, usual_design
from supply.labels.lettering import Words, clean, has_every_letter
from supply.labels.symbols import Symbol

FINE: Final = 2.1  # mm: addresses and the text of a code
HEADLINE: Final = 9.2  # mm: capitals of a quarter inch, where there is room (30 TAC 326.21 asks for them outside)
NOT_LETTERED: Final = "Its name is in letters that labels do not have"
NO_WORDS: Final = "(in letters that labels do not have)"


@dataclass(frozen=True)
class Face:
    """The parts of a label. `headline` stands across the head, `banner` below it beside the biohazard symbol, `foot`
    across the end; a label with `has_stripes` has black ones at both ends.
    """

    symbol: Symbol
    title: Words
    facts: tuple[Words, ...]
    foot: tuple[Words, ...]
    headline: tuple[Words, ...] = ()
    banner: tuple[Words, ...] = ()
    has_trefoil: bool = False
    has_stripes: bool = False
    may_be_fine: bool = False


def face_of(content: Content) -> Face:
    """The face of any label, as its design says or else as its kind is set usually."""
    design = content.design or usual_design(content.template)
    words = tuple(_worded(content, design)) or (Words(""),)
    symbol = content.barcode
    if design.symbology is not None:
        symbol = replace(symbol, symbology=design.symbology)
    face = Face(
        symbol=symbol,
        title=words[0],
        facts=words[1:],
        foot=(Words(_lettered(design.office), FINE, 1.5), Words(symbol.human, FINE, 1.5)),
        may_be_fine=design.may_be_fine,
    )
    if isinstance(content, ContainerLabel):
        return _as_container(face, content)
    if isinstance(content, HoldLabel):
        word = Words(_lettered(content.word), HEADLINE, 3.0, is_bold=True, wide_as_fits=True)
        return replace(face, headline=(word,), has_stripes=True)
    return face


def _worded(content: Content, design: Design) -> Iterator[Words]:
    """The words of the design in its order; a name in letters that no font here has gives way to what names it too."""
    for field, step in design.fields:
        part, text = kind_of(content.template).part(field), getattr(content, field)
        if not text:
            continue
        if has_every_letter(text):
            yield _sized(part, step, f"{part.before} {text}".strip())
        elif field == "name":
            yield _sized(part, step, _other_name(content))
            yield Words(NOT_LETTERED, FINE)
        else:
            yield _sized(part, step, f"{part.before or part.words} {NO_WORDS}")


def _sized(part: Part, step: int, text: str) -> Words:
    factor = STEP_FACTORS[step]
    return Words(text, part.mm * factor, min(part.floor_mm * max(factor, 1.0), part.mm), part.is_bold)


def _other_name(content: Content) -> str:
    """What names the thing in place of its name: SKU or code, where that has letters, else the text of its barcode."""
    said = getattr(content, "sku", "") or getattr(content, "code", "")
    return said if clean(said) and has_every_letter(said) else content.barcode.human


def _lettered(text: str) -> str:
    return text if has_every_letter(text) else NO_WORDS


def _as_container(face: Face, content: ContainerLabel) -> Face:
    """With the law's phrases at its head, and at its foot who made it, who takes it and what is shipped."""
    office, code = face.foot
    first, others = content.phrases[:1], content.phrases[1:]
    return replace(
        face,
        foot=(
            Words(_lettered(content.un_mark), 2.8, 2.0, is_bold=True),
            Words(_address("Generator", content.generator), FINE),
            Words(_address("Transporter", content.transporter), FINE),
            office,
            code,
        ),
        headline=tuple(Words(_lettered(phrase), HEADLINE, 3.0, is_bold=True, wide_as_fits=True) for phrase in first),
        banner=(
            *(Words(_lettered(phrase), 3.8, 2.4, is_bold=True) for phrase in others),
            Words(_lettered(content.stream), 4.2, 2.4, is_bold=True),
        ),
        has_trefoil=content.has_biohazard_symbol,
    )


def _address(whose: str, lines: tuple[str, ...]) -> str:
    return f"{whose}: {', '.join(_lettered(line) for line in lines)}" if lines else ""
