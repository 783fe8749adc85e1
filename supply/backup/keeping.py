"""The folder of nightly backups: how they are named, and how many are kept. Deletes only older ones of its own."""

import re
from datetime import UTC, datetime
from pathlib import Path

from supply.backup.taking import DOUBTFUL, PART, Taken, take_backup
from supply.db import Database

OURS = re.compile(r"supply-\d{8}T\d{6}Z\.backup")


def nightly_backup(db: Database, folder: Path, *, keep: int, now: datetime) -> tuple[Taken, int]:
    """Take a backup into the folder, then delete what is more than `keep`, oldest first; the new one and how many went.

    Raises what `take_backup` raises; then none was deleted.
    """
    for path in sorted(folder.glob(f"supply-*.backup{DOUBTFUL}"))[:-keep]:
        path.unlink(missing_ok=True)
    taken = take_backup(db, folder / f"supply-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.backup")
    older = [path for path in backups_in(folder) if path != taken.path]
    gone = older[: max(0, len(older) - (keep - 1))]
    for path in gone:
        path.unlink(missing_ok=True)
    for path in folder.glob(f"supply-*.backup{PART}*"):  # left by a run that was killed; ours is done
        path.unlink(missing_ok=True)
    return taken, len(gone)


def backups_in(folder: Path) -> list[Path]:
    """The backups that the nightly job made there, oldest first by their names."""
    return sorted(path for path in folder.iterdir() if OURS.fullmatch(path.name)) if folder.is_dir() else []
