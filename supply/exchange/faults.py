"""What is wrong with a file, row by row. Holds no rule itself: it counts, keeps the first, and says them."""

from collections.abc import Sequence
from dataclasses import dataclass

from supply.errors import Invalid

LISTED = 200


@dataclass(frozen=True)
class BadRow:
    """One wrong cell: the line of the file, the column (None for the whole row) and why, as a clause."""

    line: int
    column: str | None
    reason: str

    def words(self) -> str:
        """`Line 7, expiry: …`."""
        return f"Line {self.line}, {self.column}: {self.reason}" if self.column else f"Line {self.line}: {self.reason}"


class BadImport(Invalid):
    """Rows of the file are wrong; nothing was imported. `rows` names them, `more` counts those beyond the list."""

    code = "bad_import"

    def __init__(self, rows: Sequence[BadRow], total: int) -> None:
        self.rows, self.more = tuple(rows), total - len(rows)
        counted = "1 mistake" if total == 1 else f"{total:,} mistakes"
        super().__init__(
            f"Nothing was imported, because the file has {counted}. {rows[0].words()}",
            rows=[{"line": row.line, "column": row.column, "reason": row.reason} for row in rows],
            more=self.more,
        )


class Faults:
    """Collects what is wrong while a file is read, and refuses the file once it is read."""

    def __init__(self) -> None:
        self._rows: list[BadRow] = []
        self.total = 0

    def add(self, line: int, column: str | None, reason: str) -> None:
        """Remember one wrong cell, or only count it once the list is full."""
        self.total += 1
        if len(self._rows) < LISTED:
            self._rows.append(BadRow(line, column, reason))

    def refuse(self) -> None:
        """Raise BadImport when anything was wrong, in the order of the lines."""
        if self.total:
            raise BadImport(sorted(self._rows, key=lambda row: row.line), self.total)
