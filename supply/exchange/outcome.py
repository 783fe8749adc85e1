"""What an import came to, in numbers and in a sentence. Holds no rule."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Imported:
    """Rows read, things added, changed and left as they were; codes added; what to know besides."""

    kind: str
    rows: int
    added: int
    changed: int
    unchanged: int
    codes: int = 0
    warnings: tuple[str, ...] = ()

    def as_json(self, *, dry_run: bool) -> dict[str, Any]:
        """The numbers, JSON-ready."""
        return {**asdict(self), "warnings": list(self.warnings), "dry_run": dry_run}

    def words(self, *, dry_run: bool) -> str:
        """One sentence for the person."""
        what = {
            "items": ("item", "items"),
            "suppliers": ("supplier", "suppliers"),
            "stock": ("lot", "lots"),
            "usage": ("day of usage", "days of usage"),
        }
        one, many = what[self.kind]
        said = [f"{self.added:,} {one if self.added == 1 else many} added"]
        if self.changed:
            said.append(f"{self.changed:,} changed")
        if self.unchanged:
            said.append(f"{self.unchanged:,} as before")
        if self.codes:
            said.append(f"{self.codes:,} {'code' if self.codes == 1 else 'codes'} added")
        end = " Nothing was changed: this was a dry run." if dry_run else ""
        return f"{self.rows:,} {'row' if self.rows == 1 else 'rows'} read: {', '.join(said)}.{end}"
