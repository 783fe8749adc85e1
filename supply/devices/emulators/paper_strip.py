"""PURE: the paper under the head of an emulated printer: rows of dots, cut into pictures. Its length is bounded."""

from typing import Final

from PIL import Image

MOST_ROWS: Final = 12_000  # a metre and a half at 203 dpi; longer ones are cut there


class PaperStrip:
    """Rows of dots, one bit each, a 1 is black; as wide as the head, what lies beside it is lost."""

    def __init__(self, head_dots: int) -> None:
        self.head_bytes = (head_dots + 7) // 8
        self._rows: list[bytes] = []
        self._feed = 0
        self._widest = 0

    @property
    def is_full(self) -> bool:
        """Whether it is as long as it may get."""
        return len(self._rows) >= MOST_ROWS

    @property
    def is_empty(self) -> bool:
        """Whether nothing was printed on it."""
        return not self._rows

    def add(self, row: bytes) -> None:
        """Print one row of dots from the left edge."""
        if self._rows:  # white paper before the first dot is not part of a label
            blank = min(self._feed, MOST_ROWS - len(self._rows))
            self._rows.extend([b""] * blank)
        self._feed = 0
        kept = row[: self.head_bytes]
        self._widest = max(self._widest, len(kept))
        if not self.is_full:
            self._rows.append(kept)

    def feed(self, rows: int) -> None:
        """Move on without printing; it counts once something is printed after it."""
        self._feed = min(self._feed + rows, MOST_ROWS)

    def cut(self) -> Image.Image | None:
        """The picture of what was printed, exactly its dots, or None; the strip begins anew."""
        rows, width, self._rows, self._widest, self._feed = self._rows, self._widest, [], 0, 0
        if not rows or not width:
            return None
        black = b"".join(row.ljust(width, b"\0") for row in rows)
        white = bytes(byte ^ 0xFF for byte in black)
        return Image.frombytes("1", (width * 8, len(rows)), white)
