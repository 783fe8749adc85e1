"""PURE: the symbols of the scanner set-up sheet, with what each must give, drawn as crisp SVG in millimetres.

Must never hold a code of a real product: GS1 keeps the prefix 952 for demonstrations.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from supply.barcodes.encode import encode_gs1
from supply.labels.modules import modules_of
from supply.labels.symbols import Symbol, Symbology

_GTIN: Final = "09520123456788"
GS1_TEXT: Final = encode_gs1([("01", _GTIN), ("10", "LOT42A"), ("21", "Ser99")])
_BARS_MM: Final = 13.0
_MODULE_MM: Final = {"code128": 0.33, "gs1-square": 0.6, "ean13": 0.33, "bad": 0.33}


@dataclass(frozen=True)
class SheetSymbol:
    """One symbol of the sheet: what it must give (empty: nothing at all), how often, and what it shows."""

    name: str
    title: str
    text: str
    human: str
    why: str
    ask: str = "Scan this symbol once."
    times: int = 1
    is_needed: bool = False


SYMBOLS: Final[tuple[SheetSymbol, ...]] = (
    SheetSymbol(
        "letters",
        "Letters and digits",
        "AQWZYM-aqwzym-0123456789",
        "AQWZYM-aqwzym-0123456789",
        "Shows what the scanner adds before and after a code, and its keyboard.",
        is_needed=True,
    ),
    SheetSymbol(
        "marks",
        "Marks",
        "!\"#$%&'()*+,-./:;<=>?@",
        "!\"#$%&'()*+,-./:;<=>?@",
        "Shows a wrong keyboard layout, which turns marks and letters into others.",
    ),
    SheetSymbol(
        "brackets", "Brackets", "[\\]^_`{|}~", "[\\]^_`{|}~", "The marks that layouts of other countries put elsewhere."
    ),
    SheetSymbol(
        "gs1-square",
        "GS1 DataMatrix",
        GS1_TEXT,
        f"(01){_GTIN}(10)LOT42A(21)Ser99",
        "The square on medicines and devices. Shows whether the separator after the lot arrives.",
        is_needed=True,
    ),
    SheetSymbol(
        "gs1-128",
        "GS1-128",
        encode_gs1([("10", "A42"), ("21", "S9")]),
        "(10)A42(21)S9",
        "The lines on cartons, with a separator too.",
    ),
    SheetSymbol("ean13", "EAN-13", "9520123456788", "9520123456788", "The code of shops, with its check digit."),
    SheetSymbol(
        "double",
        "Fast double",
        "SUPPLY-TWICE",
        "SUPPLY-TWICE",
        "Two boxes with the same code are two scans.",
        ask="Scan this symbol twice, as fast as you can.",
        times=2,
    ),
    SheetSymbol(
        "bad",
        "A bad one",
        "",
        "damaged on purpose",
        "Its check character is wrong. A scanner must not read it.",
        ask="Try to scan this symbol for three seconds. Nothing may come. Then go on.",
        times=0,
    ),
)
BY_NAME: Final = {symbol.name: symbol for symbol in SYMBOLS}


def svg_of(name: str) -> str:
    """The symbol with its quiet zone, sized in millimetres, black on white, without any other mark."""
    rows, module_mm, quiet = _drawn(name)
    height = len(rows)
    if height == 1:
        return _svg(
            [(x, 0.0, width, _BARS_MM / module_mm) for x, width in _runs(rows[0])], len(rows[0]), quiet, module_mm
        )
    boxes = [(x, float(y), width, 1.0) for y, row in enumerate(rows) for x, width in _runs(row)]
    return _svg(boxes, len(rows[0]), quiet, module_mm, height)


def _drawn(name: str) -> tuple[list[list[bool]], float, int]:
    """Rows of modules (True is ink), millimetres a module, quiet modules at each side."""
    symbol = BY_NAME[name]
    if name == "ean13":
        return [ean13_modules(symbol.text)], _MODULE_MM["ean13"], 11
    if name == "bad":
        return [_damaged(_modules(Symbol("SUPPLY-BAD", "SUPPLY-BAD"), Symbology.code128)[0])], _MODULE_MM["bad"], 10
    is_gs1, is_square = name.startswith("gs1"), name == "gs1-square"
    symbology = Symbology.datamatrix if is_square else Symbology.code128
    rows = _modules(Symbol(symbol.text, symbol.human, is_gs1=is_gs1), symbology)
    return (rows, _MODULE_MM["gs1-square"], 4) if is_square else (rows[:1], _MODULE_MM["code128"], 10)


def _modules(symbol: Symbol, symbology: Symbology) -> list[list[bool]]:
    return [[not paper for paper in row] for row in modules_of(symbol, symbology).tolist()]


_CHARACTER, _STOP = 11, 13  # modules of a Code 128 character and of its stop pattern (ISO/IEC 15417)


def _damaged(modules: Sequence[bool]) -> list[bool]:
    """The same Code 128 with the first data character where the check character belongs."""
    first = list(modules[_CHARACTER : 2 * _CHARACTER])
    return [*modules[: -_STOP - _CHARACTER], *first, *modules[-_STOP:]]


_LEFT: Final = (
    *("0001101", "0011001", "0010011", "0111101", "0100011"),
    *("0110001", "0101111", "0111011", "0110111", "0001011"),
)
_PARITY: Final = ["LLLLLL", "LLGLGG", "LLGGLG", "LLGGGL", "LGLLGG", "LGGLLG", "LGGGLL", "LGLGLG", "LGLGGL", "LGGLGL"]


def ean13_modules(digits: str) -> list[bool]:
    """The 95 modules of an EAN-13 (ISO/IEC 15420); the check digit must be right already.

    >>> len(ean13_modules("9520123456788"))
    95
    """
    right = ["".join("10"[int(bit)] for bit in code) for code in _LEFT]
    sides = {"L": _LEFT, "G": [code[::-1] for code in right]}
    parity = _PARITY[int(digits[0])]
    left = "".join(sides[side][int(digit)] for side, digit in zip(parity, digits[1:7], strict=True))
    bits = f"101{left}01010{''.join(right[int(digit)] for digit in digits[7:])}101"
    return [bit == "1" for bit in bits]


def _runs(row: Sequence[bool]) -> list[tuple[int, int]]:
    """Where each run of ink begins, and how long it is."""
    found: list[tuple[int, int]] = []
    for x, is_ink in enumerate(row):
        if is_ink and found and sum(found[-1]) == x:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        elif is_ink:
            found.append((x, 1))
    return found


def _svg(
    boxes: Sequence[tuple[int, float, int, float]], across: int, quiet: int, module_mm: float, down: int | None = None
) -> str:
    wide = across + 2 * quiet
    high = _BARS_MM / module_mm if down is None else down + 2 * quiet
    top = 0 if down is None else quiet
    path = "".join(f"M{x + quiet} {y + top:g}h{width}v{height:g}h-{width}z" for x, y, width, height in boxes)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide * module_mm:.2f}mm" height="{high * module_mm:.2f}mm" '
        f'viewBox="0 0 {wide} {high:g}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{wide}v{high:g}h-{wide}z"/><path fill="#000" d="{path}"/></svg>'
    )


def qr_svg(text: str) -> str:
    """A QR code, for phones and tablets that open an address. Raises Invalid for a text that is too long."""
    rows = _modules(Symbol(text, text), Symbology.qr)
    boxes = [(x, float(y), width, 1.0) for y, row in enumerate(rows) for x, width in _runs(row)]
    return _svg(boxes, len(rows[0]), 4, 1.0, len(rows))
