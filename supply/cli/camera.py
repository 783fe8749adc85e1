"""`supply camera`: codes in pictures and videos, for people and for scripts.

Parses its arguments, calls `barcodes.videos`, prints. Must never touch the database.
"""

import json
import sys
from pathlib import Path
from typing import Any

import click

from supply.barcodes.images import Decoded
from supply.barcodes.videos import FileReading, decode_file
from supply.errors import Invalid


@click.group("camera")
def camera() -> None:
    """Read barcodes in pictures and videos."""


@camera.command("decode")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
def decode(files: tuple[Path, ...], as_json: bool) -> None:
    """Print every code found in each FILE. A file that cannot be read is an error for that file alone (exit 1)."""
    failed = False
    for file in files:
        try:
            reading = decode_file(file)
        except Invalid as error:
            failed = True
            _print_error(file, error.message, as_json=as_json)
        else:
            _print_reading(file, reading, as_json=as_json)
    if failed:
        sys.exit(1)


def _print_error(file: Path, message: str, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"file": str(file), "error": message}))
    click.echo(f"{file}: {message}", err=True)


def _print_reading(file: Path, reading: FileReading, *, as_json: bool) -> None:
    if as_json:
        answer: dict[str, Any] = {"file": str(file), "codes": [as_public(code) for code in reading.codes]}
        if reading.frames is not None:
            answer["frames"] = reading.frames
        click.echo(json.dumps(answer))
    elif reading.codes:
        for code in reading.codes:
            click.echo(f"{file}: {code.format} {code.symbology or ''} {_visible(code.text)}")
    else:
        click.echo(f"{file}: no code found")


def as_public(code: Decoded) -> dict[str, Any]:
    """A code as the public interface names its parts: `text`, `symbology`, `gs1`, `format`, `position`."""
    return {
        "text": code.text,
        "symbology": code.symbology,
        "gs1": code.gs1,
        "format": code.format,
        "position": [list(corner) for corner in code.position],
    }


def _visible(text: str) -> str:
    return "".join(c if c.isprintable() else "{GS}" if c == "\x1d" else f"\\x{ord(c):02x}" for c in text)
