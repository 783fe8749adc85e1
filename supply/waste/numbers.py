"""PURE: the numbers of containers, pickups and papers as people read them: W-000012, P-000003, M-000007."""

import re
from typing import Final
from uuid import uuid4

from supply.barcodes import house_code
from supply.errors import NotFound

CONTAINER, PICKUP, MANIFEST = "W", "P", "M"
WORDS: Final = {CONTAINER: "container", PICKUP: "pickup", MANIFEST: "paper"}
LIMIT: Final = 2**31 - 1
_SHAPE = re.compile(r"(?:([A-Z])-?)?([0-9]{1,10})")


def number_of(letter: str, row_id: int) -> str:
    """The number people read.

    >>> number_of("W", 12)
    'W-000012'
    """
    return f"{letter}-{row_id:06d}"


def provisional() -> str:
    """A number for the moment between a row's insert and the id that names it."""
    return uuid4().hex[:20]


def id_of(letter: str, text: str) -> int:
    """The row that this number, or the house code of a container, means. Raises NotFound for anything else.

    >>> id_of("W", "w-12"), id_of("W", "12"), id_of("W", house_code.encode("container", 12))
    (12, 12, 12)
    """
    wanted = text.strip().upper()[:40]
    if letter == CONTAINER and wanted.isascii():
        code = house_code.parse_house_code(wanted, wanted, symbology=None)
        if code and not code.errors and code.house_kind == house_code.CONTAINER and code.house_value:
            wanted = code.house_value
    match = _SHAPE.fullmatch(wanted) if wanted.isascii() else None
    if match is None or match[1] not in (None, letter) or not 0 < int(match[2]) <= LIMIT:
        raise NotFound(f"There is no {WORDS[letter]} {text.strip()[:40]!r}.")
    return int(match[2])
