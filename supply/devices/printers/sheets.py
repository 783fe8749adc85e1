"""PURE: sheets of labels, as laser and ink printers take them: where each label lies, and where a used sheet goes on.

It must never place a label over the edge of its sheet or of its neighbour.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PIL import Image

from supply.devices.errors import DeviceError
from supply.devices.printers.pdf import Page, Placed

LETTER: Final = (215.9, 279.4)
A4: Final = (210.0, 297.0)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet in millimetres: labels of `width_mm` × `height_mm`, the first at the margins, each a pitch further."""

    page_mm: tuple[float, float]
    columns: int
    rows: int
    width_mm: float
    height_mm: float
    left_mm: float
    top_mm: float
    across_mm: float
    down_mm: float

    @property
    def labels(self) -> int:
        """How many labels are on a sheet."""
        return self.columns * self.rows

    def place(self, number: int) -> tuple[float, float]:
        """The corner of a label in millimetres from the left and the top, row by row from 0.

        >>> SHEETS["letter-30"].place(4)
        (74.613, 38.1)
        """
        row, column = divmod(number % self.labels, self.columns)
        return round(self.left_mm + column * self.across_mm, 3), round(self.top_mm + row * self.down_mm, 3)

    def check(self, name: str) -> None:
        """Raises `DeviceError` (permanent) for a sheet whose labels overlap or hang over its edge."""
        width = self.left_mm + (self.columns - 1) * self.across_mm + self.width_mm
        height = self.top_mm + (self.rows - 1) * self.down_mm + self.height_mm
        overlap = (self.columns > 1 and self.across_mm < self.width_mm) or (
            self.rows > 1 and self.down_mm < self.height_mm
        )
        if width > self.page_mm[0] + 0.5 or height > self.page_mm[1] + 0.5 or overlap:
            raise DeviceError(
                f"The sheet of {name} cannot be right: {self.columns} × {self.rows} labels of {self.width_mm:g} × "
                f"{self.height_mm:g} mm do not fit on {self.page_mm[0]:g} × {self.page_mm[1]:g} mm as they are placed.",
                permanent=True,
            )


# By paper and number of labels, as the makers of sheets publish them (5160, 5161, 5163, 5164; L7160, L7159, L7163 …).
SHEETS: Final[dict[str, Sheet]] = {
    "letter-30": Sheet(LETTER, 3, 10, 66.675, 25.4, 4.7625, 12.7, 69.85, 25.4),
    "letter-20": Sheet(LETTER, 2, 10, 101.6, 25.4, 3.96875, 12.7, 106.3625, 25.4),
    "letter-10": Sheet(LETTER, 2, 5, 101.6, 50.8, 3.96875, 12.7, 106.3625, 50.8),
    "letter-6": Sheet(LETTER, 2, 3, 101.6, 84.6, 3.96875, 12.7, 106.3625, 84.67),
    "a4-65": Sheet(A4, 5, 13, 38.1, 21.2, 4.65, 10.7, 40.6, 21.2),
    "a4-24": Sheet(A4, 3, 8, 63.5, 33.9, 7.2, 12.9, 66.0, 33.9),
    "a4-21": Sheet(A4, 3, 7, 63.5, 38.1, 7.21, 15.15, 66.04, 38.1),
    "a4-14": Sheet(A4, 2, 7, 99.1, 38.1, 4.65, 15.15, 101.6, 38.1),
    "a4-8": Sheet(A4, 2, 4, 99.1, 67.7, 4.65, 13.1, 101.6, 67.7),
}
# What a printer's `paper` may say in place of `sheet`.
OF_PAPER: Final = {
    "sheet 5160": "letter-30",
    "sheet 5163": "letter-10",
    "sheet L7160": "a4-21",
    "sheet L7163": "a4-14",
}


def pages(sheet: Sheet, images: Sequence[Image.Image], *, first: int, dots_per_inch: int) -> list[Page]:
    """The labels on as many sheets as they take; `first` is the place on the first sheet, from 0.

    A picture smaller than its label lies in the middle of it.
    """
    found: dict[int, list[Placed]] = {}
    for number, image in enumerate(images, first):
        x, y = sheet.place(number)
        width, height = (dots / dots_per_inch * 25.4 for dots in image.size)
        x, y = x + max(0.0, sheet.width_mm - width) / 2, y + max(0.0, sheet.height_mm - height) / 2
        found.setdefault(number // sheet.labels, []).append(Placed(image, x, y, dots_per_inch))
    return [Page(*sheet.page_mm, placed) for _, placed in sorted(found.items())]
