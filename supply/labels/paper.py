"""PURE: the sizes of labels and rolls, in millimetres and in a printer's dots."""

import re
from dataclasses import dataclass
from typing import Final

from supply.errors import Invalid

MM_PER_INCH: Final = 25.4
RESOLUTIONS: Final = (180, 203, 300)
ROLL_DOTS: Final = {58: 384, 80: 576}  # what heads of rolls print at 203 dpi: 48 mm and 72 mm
LABELS: Final = {"57x32": (57, 32), "40x30": (40, 30), "50x25": (50, 25), "62x29": (62, 29)}
NAMES: Final = (*LABELS, "58 roll", "80 roll")
_TEXT: Final = re.compile(r"(?P<name>[^@]+?)(?:\s*@\s*(?P<dpi>[0-9]{2,4}))?")


@dataclass(frozen=True)
class Paper:
    """One kind of label at one printer. A roll has no height: a label on it is as long as what stands on it.

    `printable_dots` is the width of the printer's head, where that is narrower than the paper.
    """

    width_mm: int
    height_mm: int | None
    dots_per_inch: int = 203
    printable_dots: int | None = None

    def __post_init__(self) -> None:
        if self.dots_per_inch not in RESOLUTIONS:
            raise Invalid("A label printer has 180, 203 or 300 dots per inch.", code="bad_paper")
        if not 20 <= self.width_mm <= 120 or not (self.height_mm is None or 15 <= self.height_mm <= 300):
            raise Invalid("A label is 20 to 120 mm wide and 15 to 300 mm high.", code="bad_paper")
        if self.printable_dots is not None and not 128 <= self.printable_dots <= 2_000:
            raise Invalid("A printer's head has 128 to 2,000 dots.", code="bad_paper")

    @property
    def width_dots(self) -> int:
        """The width that can be printed, in dots: never more than the head has."""
        most = self.dots(self.width_mm)
        return most if self.printable_dots is None else min(most, self.printable_dots)

    @property
    def height_dots(self) -> int | None:
        """The height in dots; None on a roll."""
        return None if self.height_mm is None else self.dots(self.height_mm)

    @property
    def name(self) -> str:
        """The size as people say it."""
        return f"{self.width_mm} roll" if self.height_mm is None else f"{self.width_mm}x{self.height_mm}"

    @property
    def text(self) -> str:
        """The size and the resolution in one word, as `named` reads it: 57x32@203."""
        return f"{self.name}@{self.dots_per_inch}"

    def dots(self, millimetres: float) -> int:
        """So many millimetres in whole dots, never more."""
        return int(millimetres * self.dots_per_inch / MM_PER_INCH + 1e-6)


def named(text: str, *, dots_per_inch: int = 203, printable_dots: int | None = None) -> Paper:
    """The paper of that name, with its resolution behind an @ if that differs. Raises Invalid for an unknown name.

    >>> named("57x32@300").width_dots
    673
    """
    match = _TEXT.fullmatch(text.strip())
    name = match["name"] if match else ""
    dpi = int(match["dpi"]) if match and match["dpi"] else dots_per_inch
    if name not in NAMES:
        raise Invalid(f"There is no label size {name!r}. Choose one of {', '.join(NAMES)}.", code="bad_paper")
    if name in LABELS:
        width, height = LABELS[name]
        return Paper(width, height, dpi, printable_dots)
    width = int(name.split()[0])
    return Paper(width, None, dpi, printable_dots or round(ROLL_DOTS[width] * dpi / 203))
