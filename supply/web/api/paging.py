"""Pages of a list: the query that asks for one, and its opaque cursor."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import TypeVar

from supply.errors import Invalid
from supply.web.api.fields import Cursor, Limit
from supply.web.resource import Query

Row = TypeVar("Row")
ROWS = 50
NUMBER_LIMIT = 2**63 - 1


class Page(Query):
    """Which page of a list."""

    limit: Limit = ROWS
    cursor: Cursor | None = None

    def last_id(self) -> int:
        """The number of the last row of the page before; 0 on the first page. Raises Invalid (bad_cursor)."""
        return self.keys(1)[0]

    def keys(self, count: int) -> tuple[int, ...]:
        """The keys of the last row of the page before; zeros on the first page. Raises Invalid (bad_cursor)."""
        return (0,) * count if self.cursor is None else _read(self.cursor, count)


def cursor_of(*keys: int) -> str:
    """The cursor that goes on after the row with these keys."""
    return urlsafe_b64encode(".".join(map(str, keys)).encode()).decode().rstrip("=")


def cut(rows: Sequence[Row], limit: int, key: Callable[[Row], tuple[int, ...]]) -> tuple[Sequence[Row], str | None]:
    """One page of rows that were asked for with one more than `limit`, and the cursor of the next one."""
    if len(rows) <= limit:
        return rows, None
    return rows[:limit], cursor_of(*key(rows[limit - 1]))


def cut_whole(rows: Sequence[Row], page: Page, number: Callable[[Row], int]) -> tuple[Sequence[Row], str | None]:
    """One page of a short list that was read whole; it goes by the rows' numbers."""
    last = page.last_id()  # read even where there are no rows: a broken cursor is refused
    left = sorted((row for row in rows if number(row) > last), key=number)
    return cut(left, page.limit, lambda row: (number(row),))


def _read(cursor: str, count: int) -> tuple[int, ...]:
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        parts = urlsafe_b64decode(padded).decode("ascii").split(".")
        keys = tuple(int(part) for part in parts if part.isdigit())
    except (ValueError, binascii.Error):
        keys = ()
    if len(keys) != count or max(keys) > NUMBER_LIMIT:
        raise Invalid("This cursor is not one of ours. Begin again without one.", code="bad_cursor")
    return keys
