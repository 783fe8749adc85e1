"""Importing text in a test."""

from collections.abc import Callable

import pytest

from supply.exchange import columns, sheets
from supply.exchange.imports import When, import_sheet
from supply.exchange.outcome import Imported
from supply.staff.permissions import Actor
from tests.factories import ZONE, Office

Importing = Callable[..., Imported]


def _importing(office: Office) -> Importing:
    def run(kind: str, content: str | bytes, *, by: Actor | None = None) -> Imported:
        raw = content.encode() if isinstance(content, str) else content
        when = When(office.now, ZONE)
        return office.db.transact(
            lambda s: import_sheet(
                s,
                kind,
                sheets.read_bytes(raw, "list.csv", columns.known_columns(kind)),
                by=by or office.local,
                when=when,
            )
        )

    return run


@pytest.fixture
def imports(office: Office) -> Importing:
    """Imports a file's content into the office."""
    return _importing(office)


@pytest.fixture
def either_imports(either_office: Office) -> Importing:
    """Imports a file's content into the office on each database in turn."""
    return _importing(either_office)
