"""PURE: symbols as modules, and modules as whole dots with their quiet zones.

Must never be given a size that is not a whole number of dots a module.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
import zxingcpp

from supply.barcodes.element_strings import cut
from supply.errors import Invalid
from supply.labels.symbols import Symbol, Symbology

Bits = npt.NDArray[np.bool_]  # True is paper, False is ink

# quiet modules on every side: ISO/IEC 15417 asks for 10 beside bars, ISO/IEC 16022 for 1 around a square; thermal
# printers bleed, so squares get 4, as ISO/IEC 18004 asks for QR
QUIET: Final = {Symbology.code128: 10, Symbology.datamatrix: 4, Symbology.qr: 4}
FORMATS: Final = {
    Symbology.code128: zxingcpp.BarcodeFormat.Code128,
    Symbology.datamatrix: zxingcpp.BarcodeFormat.DataMatrix,
    Symbology.qr: zxingcpp.BarcodeFormat.QRCode,
}
# a module, for hand scanners and phones
LEAST_MM: Final = {Symbology.code128: 0.25, Symbology.datamatrix: 0.33, Symbology.qr: 0.33}
FINEST_MM: Final = 0.12  # where an office allows it; the proof of its template decides whether that can be read
MOST_MM: Final = {Symbology.code128: 0.5, Symbology.datamatrix: 0.8, Symbology.qr: 0.8}
LEAST_BARS_MM: Final = 8.0  # below that, a swept hand scanner misses
MOST_BARS_MM: Final = 15.0


@dataclass(frozen=True)
class PlacedSymbol:
    """A symbol with its quiet zone: where its box begins, dots a module, and how high its bars are (bars only)."""

    symbol: Symbol
    symbology: Symbology
    x: int
    y: int
    dots: int
    bars_height: int = 0

    def bits(self) -> Bits:
        """The whole box in dots; read only."""
        return _bits(self)


@lru_cache(maxsize=4)
def _bits(placed: PlacedSymbol) -> Bits:
    modules, quiet, dots = modules_of(placed.symbol, placed.symbology), QUIET[placed.symbology], placed.dots
    height, width = modules.shape
    if placed.symbology is Symbology.code128:
        row = np.ones((width + 2 * quiet) * dots, dtype=bool)
        row[quiet * dots : -quiet * dots] = modules[0].repeat(dots)
        whole = row[None].repeat(placed.bars_height, axis=0)
    else:
        whole = np.ones(((height + 2 * quiet) * dots, (width + 2 * quiet) * dots), dtype=bool)
        inside = modules.repeat(dots, axis=0).repeat(dots, axis=1)
        whole[quiet * dots : -quiet * dots, quiet * dots : -quiet * dots] = inside
    whole.flags.writeable = False
    return whole


@lru_cache(maxsize=64)
def modules_of(symbol: Symbol, symbology: Symbology) -> Bits:
    """The symbol, one cell a module, without quiet zone. Raises Invalid for a text that no symbol can hold."""
    try:
        if symbol.is_gs1:
            bracketed = "".join(f"[{ai}]{value}" for ai, value in cut(symbol.text).pairs)
            made = zxingcpp.create_barcode(bracketed, FORMATS[symbology], gs1=True, force_square=True)
        elif symbology is Symbology.datamatrix:
            made = zxingcpp.create_barcode(symbol.text, FORMATS[symbology], force_square=True)
        else:
            made = zxingcpp.create_barcode(symbol.text, FORMATS[symbology])
    except ValueError as error:
        raise Invalid(f"No barcode can hold {symbol.human}: {error}", code="bad_symbol") from error
    bits: Bits = np.asarray(made.to_image(scale=1, add_quiet_zones=False)) > 0
    return bits


def width_in_modules(symbol: Symbol, symbology: Symbology) -> int:
    """How wide it is with its quiet zones."""
    return int(modules_of(symbol, symbology).shape[1]) + 2 * QUIET[symbology]


def dots_to_try(symbology: Symbology, dots_per_inch: int, *, may_be_fine: bool = False) -> list[int]:
    """Dots a module from the largest that is of use to the least that is read well, or that can be drawn at all."""
    least_mm = FINEST_MM if may_be_fine else LEAST_MM[symbology]
    least = max(-int(-least_mm * dots_per_inch // 25.4), 1)
    most = max(int(MOST_MM[symbology] * dots_per_inch / 25.4), least)
    return list(range(most, least - 1, -1))
