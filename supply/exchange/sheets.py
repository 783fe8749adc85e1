"""A file as rows of text: chooses the format, limits its size. Knows no column and no rule of the business."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from supply.errors import Invalid
from supply.exchange import csv_files, xlsx_files

LARGEST_BYTES = 50 * 1024 * 1024
MOST_ROWS = 500_000


@dataclass(frozen=True)
class Sheet:
    """The first row, the rows below with their line numbers, and the SHA-256 of the file they came from."""

    header: tuple[str, ...]
    rows: Iterable[tuple[int, list[str]]]
    digest: str


def read_file(path: Path, known: Iterable[str]) -> Sheet:
    """The rows of a CSV or XLSX file. Raises Invalid for what cannot be read or is too large."""
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise Invalid(f"{path.name} is larger than 50 MB; split it into smaller files.", code="file_too_large")
        content = path.read_bytes()
    except OSError as error:
        raise Invalid(f"{path} cannot be read: {error.strerror}.", code="bad_file") from error
    return read_bytes(content, path.name, known)


def read_bytes(content: bytes, name: str, known: Iterable[str]) -> Sheet:
    """The rows of a CSV or XLSX file's content; `known` column names settle which delimiter a CSV file uses.

    Raises Invalid for what cannot be read or is too large.
    """
    if len(content) > LARGEST_BYTES:
        raise Invalid(f"{name} is larger than 50 MB; split it into smaller files.", code="file_too_large")
    if content.startswith(xlsx_files.ZIP_BEGINS):
        header, rows = xlsx_files.read(content, name, most_rows=MOST_ROWS)
    else:
        header, rows = csv_files.read(content, name, known=frozenset(known), most_rows=MOST_ROWS)
    return Sheet(tuple(header), rows, hashlib.sha256(content).hexdigest())
