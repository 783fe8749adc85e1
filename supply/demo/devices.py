"""What the emulated camera of the demonstration office looks at: one picture of a box's label."""

from datetime import date
from pathlib import Path

from supply.barcodes.encode import bracketed_gs1
from supply.barcodes.parse import parse
from supply.devices.emulators.camera import Scene, photograph, render_symbol, write_picture

PICTURE = "camera-1.png"


def write_camera_picture(folder: Path, *, barcode: str, today: date) -> None:
    """Draw a box's label as the office's camera would see it; `barcode` is GS1 text."""
    folder.mkdir(parents=True, exist_ok=True)
    symbol = render_symbol(bracketed_gs1(parse(barcode, today=today).gs1_elements))
    write_picture(folder / PICTURE, photograph(symbol, Scene(), seed=1))
