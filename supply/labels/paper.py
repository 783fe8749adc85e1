"""PURE: the sizes of labels, rolls and sheets of labels, in millimetres and in a printer's dots."""

import re
from dataclasses import dataclass
from typing import Final

from supply.errors import Invalid

MM_PER_INCH: Final = 25.4
RESOLUTIONS: Final = (180, 203, 300)
ROLL_DOTS: Final = {58: 384, 80: 576}  # what heads of rolls print at 203 dpi: 48 mm and 72 mm
LABELS: Final = {"57x32": (57, 32), "40x30": (40, 30), "50x25": (50, 25), "62x29": (62, 29)}
NAMES: Final = (*LABELS, "58 roll", "80 roll")
_OWN: Final = re.compile(r"([1-9][0-9]{1,2})x([1-9][0-9]{1,2})")
_TEXT: Final = re.compile(r"(?P<name>[^@]+?)(?:\s*@\s*(?P<dpi>[0-9]{2,4}))?")


@dataclass(frozen=True)
class Sheet:
    """A sheet of labels for a page printer, in mm: the page, its first label's corner, and from one to the next.

    Measures are those that the makers of the sheets publish.
    """

    page_mm: tuple[float, float]
    columns: int
    rows: int
    label_mm: tuple[float, float]
    first_mm: tuple[float, float]
    step_mm: tuple[float, float]

    @property
    def places(self) -> int:
        """How many labels are on it."""
        return self.columns * self.rows

    def corner_mm(self, place: int) -> tuple[float, float]:
        """The upper left corner of the label at that place, 0 at the upper left and along the rows."""
        row, column = divmod(place, self.columns)
        return self.first_mm[0] + column * self.step_mm[0], self.first_mm[1] + row * self.step_mm[1]


_LETTER, _A4 = (215.9, 279.4), (210.0, 297.0)
SHEETS: Final = {
    "sheet 5160": Sheet(_LETTER, 3, 10, (66.675, 25.4), (4.7625, 12.7), (69.85, 25.4)),
    "sheet 5163": Sheet(_LETTER, 2, 5, (101.6, 50.8), (3.96875, 12.7), (106.3625, 50.8)),
    "sheet L7160": Sheet(_A4, 3, 7, (63.5, 38.1), (7.21, 15.15), (66.04, 38.1)),
    "sheet L7163": Sheet(_A4, 2, 7, (99.1, 38.1), (4.65, 15.15), (101.6, 38.1)),
}


@dataclass(frozen=True)
class Paper:
    """One kind of label at one printer. A roll has no height: a label on it is as long as what stands on it.

    `printable_dots` is the width of the printer's head, where that is narrower than the paper; `sheet` names the sheet
    that the label is on, if any.
    """

    width_mm: int
    height_mm: int | None
    dots_per_inch: int = 203
    printable_dots: int | None = None
    sheet: str | None = None

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
        if self.sheet:
            return self.sheet
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
    if name in SHEETS:
        wide, high = SHEETS[name].label_mm
        return Paper(int(wide), int(high), dpi, printable_dots, name)
    own = _OWN.fullmatch(name)
    if own:
        return Paper(int(own[1]), int(own[2]), dpi, printable_dots)
    if name not in NAMES:
        known = ", ".join((*NAMES, *SHEETS))
        message = f"There is no label size {name!r}. Choose one of {known}, or millimetres such as 45x35."
        raise Invalid(message, code="bad_paper")
    width = int(name.split()[0])
    return Paper(width, None, dpi, printable_dots or round(ROLL_DOTS[width] * dpi / 203))
