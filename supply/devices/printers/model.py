"""What every label printer takes and says, whatever wire it hangs on.

It takes a finished 1-bit picture: no text, no barcode of its own, and it must never turn a grey dot into a pattern.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Protocol, runtime_checkable

from PIL import Image

CUTS: Final = ("partial", "full", "gap", "none")
TIMEOUT_SECONDS: Final = 2.0
MM_PER_SECOND: Final = 80.0  # slow for a label printer: the end is asked for after the time the paper needs


class Outcome(StrEnum):
    """What a job came to, by what the printer itself says."""

    printed = "printed"
    unknown = "unknown"  # bytes were sent, and the end could not be confirmed: a person must look
    not_printed = "not_printed"  # nothing was sent that prints: safe to try again


@dataclass(frozen=True, slots=True)
class Printed:
    """What came of a job. `words` is a sentence for a person; `copies` came out for certain.

    `is_permanent`: trying again by itself is of no use, a person must act.
    """

    outcome: Outcome
    words: str
    is_permanent: bool = False
    copies: int = 0


@dataclass(frozen=True, slots=True)
class PrinterStatus:
    """How a printer is now. `is_known` is false where a printer cannot tell; `words` is a sentence for a person."""

    is_ready: bool
    words: str
    is_known: bool = True
    is_permanent: bool = False


@dataclass(frozen=True, slots=True)
class PaperSettings:
    """What paper lies in a printer, as its settings say: a size by name, or width and height in millimetres."""

    name: str | None = None
    width_mm: int | None = None
    height_mm: int | None = None
    dots_per_inch: int = 203
    printable_dots: int | None = None


@dataclass(frozen=True, slots=True)
class PrinterSettings:
    """What is common to all printers.

    `cut`: `partial`, `full`, `gap` (on to the next die-cut label) or `none` (fed out to be torn). `answers` is false
    for printers that cannot be asked how they are.
    """

    paper: PaperSettings = field(default_factory=PaperSettings)
    cut: str = "partial"
    timeout_seconds: float = TIMEOUT_SECONDS
    mm_per_second: float = MM_PER_SECOND
    answers: bool = True


class Printer(Protocol):
    """The contract of every driver. It opens its wire for each job and lets go of it, for others print there too."""

    @property
    def name(self) -> str:
        """The name of the device."""

    @property
    def paper(self) -> PaperSettings:
        """The paper that lies in it."""

    def status(self) -> PrinterStatus:
        """How it is now, in words. Never raises: a printer that is away is a status too."""

    def print_image(self, image: Image.Image, *, copies: int = 1) -> Printed:
        """Print the picture, one copy after another, asking how the printer is before and after each.

        Raises Invalid for a picture that is not 1-bit, and for less than one copy. Never raises for the printer.
        """

    def close(self) -> None:
        """Break off what is under way, from any thread. Closing twice is no error."""


@runtime_checkable
class SheetPrinter(Printer, Protocol):
    """A printer through the operating system, where several labels may lie on one sheet."""

    @property
    def labels_at_once(self) -> int:
        """How many labels come out of it together: those of a sheet, else 1."""

    def print_images(self, images: Sequence[Image.Image]) -> Printed:
        """Print these labels as one job: they come out together, or are asked about together."""
