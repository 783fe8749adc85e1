"""`supply barcode`: what scanned text means, for people and for scripts.

Parses its arguments, calls `barcodes.parse`, prints. Must never touch the database.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from datetime import date, datetime

import click

from supply.barcodes.codes import meaning
from supply.barcodes.element_strings import GS
from supply.barcodes.model import Barcode
from supply.barcodes.parse import parse

_GS_NOTATIONS = ("\\x1d", "{GS}")
_ALIASES = ("{GS}", "<GS>")
_MOST_NAMED = 10  # faulty codes named in the closing line


@click.group("barcode")
def barcode() -> None:
    """Read the meaning of barcodes."""


@barcode.command("parse")
@click.argument("texts", metavar="[TEXT]...", nargs=-1)
@click.option(
    "--separator", "separators", metavar="C", multiple=True, help="What the scanner sends in place of GS; repeatable."
)
@click.option(
    "--today", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="The day to judge by; today if left out."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
def parse_command(texts: tuple[str, ...], separators: tuple[str, ...], today: datetime | None, as_json: bool) -> None:
    """Say what each TEXT means; without TEXT, each line of standard input. `\\x1d` or `{GS}` stands for GS."""
    _refuse_unfit(separators)
    day = today.date() if today else _office_date()
    faulty = []
    for number, text in enumerate(_texts(texts), start=1):
        found = parse(text, today=day, separators=separators)
        click.echo(json.dumps(found.as_json()) if as_json else "\n".join(_listing(found)))
        if found.errors:
            faulty.append(f"code {number} ({', '.join(found.errors)})")
    if faulty:
        click.echo(_summary(faulty), err=True)
        sys.exit(1)


def _refuse_unfit(separators: Iterable[str]) -> None:
    for separator in separators:
        if not separator or (separator not in _ALIASES and any(character.isalnum() for character in separator)):
            raise click.BadParameter(
                f"{separator!r} stands in codes themselves; choose a sign such as ^ or |.", param_hint="--separator"
            )


def _office_date() -> date:
    return datetime.now().astimezone().date()


def _texts(arguments: tuple[str, ...]) -> Iterator[str]:
    """The arguments, else the lines of standard input; bytes that are no UTF-8 become characters that parse refuses."""
    if arguments:
        yield from map(_with_gs, arguments)
        return
    for line in sys.stdin.buffer:
        yield _with_gs(line.removesuffix(b"\n").decode("utf-8", "surrogateescape"))


def _with_gs(text: str) -> str:
    for notation in _GS_NOTATIONS:
        text = text.replace(notation, GS)
    return text


def _listing(found: Barcode) -> Iterator[str]:
    """The code in readable lines: what it says, then its faults and doubts in sentences."""
    yield _printable(found.raw)
    for name, value in found.as_json().items():
        if name not in ("raw", "errors", "warnings", "readings") and value is not None:
            yield f"  {name:<17} {value}"
    for kind, codes in (("error", found.errors), ("warning", found.warnings)):
        for code in codes:
            yield f"  {kind:<17} {code}: {meaning(code)}"
    for number, reading in enumerate(found.readings, start=1):
        values = [("gtin", reading.gtin), ("lot", reading.lot), ("serial", reading.serial), ("expiry", reading.expiry)]
        said = ", ".join(f"{name} {value}" for name, value in values if value is not None)
        yield f"  reading {number:<9} {said}"


def _printable(text: str) -> str:
    return "".join(
        each if each.isprintable() else "{GS}" if each == GS else f"\\u{ord(each):04x}" for each in text.rstrip("\r\n")
    )


def _summary(faulty: list[str]) -> str:
    named = "; ".join(faulty[:_MOST_NAMED])
    more = f" and {len(faulty) - _MOST_NAMED} more" if len(faulty) > _MOST_NAMED else ""
    return f"Do not use {named}{more}: scan again or read the label."
