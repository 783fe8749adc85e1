"""What devices read and nobody has answered yet, kept on disk so that a stop or a crash loses no scan.

Each line is fsynced before it counts. Knows nothing of what a scan means.
"""

import contextlib
import json
import os
import threading
from pathlib import Path
from typing import Any

COMPACT_LINES = 2_000


class Journal:
    """An append-only file of requests and of the keys that were answered. Safe for several threads."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._lock = threading.Lock()
        self._open: dict[str, dict[str, Any]] = {}
        self._lines = 0
        if path.exists():
            self._read()
        # Without a buffer, so that what could not be written now is never written later by surprise.
        self._file = open(path, "ab", buffering=0)  # noqa: SIM115 - stays open as long as the journal

    def add(self, key: str, entry: dict[str, Any]) -> None:
        """Keep a request until it is answered. Returns once it is on the disk; raises OSError when it is not kept."""
        with self._lock:
            self._write({"key": key, "entry": entry})
            self._open[key] = entry

    def answered(self, key: str) -> None:
        """The request was answered; it need not be sent again."""
        with self._lock:
            if key in self._open:
                self._write({"key": key})
                del self._open[key]
            if not self._open and self._lines > COMPACT_LINES:
                self._file.truncate(0)
                os.fsync(self._file.fileno())
                self._lines = 0

    def waiting(self) -> list[tuple[str, dict[str, Any]]]:
        """Requests without an answer, oldest first."""
        with self._lock:
            return list(self._open.items())

    def close(self) -> None:
        """Close the file; what waits stays in it."""
        self._file.close()

    def _write(self, line: dict[str, Any]) -> None:
        content = json.dumps(line, ensure_ascii=True).encode("ascii") + b"\n"
        size = os.fstat(self._file.fileno()).st_size
        try:
            while content:
                content = content[self._file.write(content) or 0 :]
            os.fsync(self._file.fileno())
        except OSError:
            with contextlib.suppress(OSError):
                self._file.truncate(size)  # half a line would spoil the next one
            raise
        self._lines += 1

    def _read(self) -> None:
        """A last line that was cut by a crash was never counted as kept, and is passed over and cut off."""
        whole = 0
        with open(self._path, "rb") as file:
            for raw in file:
                if not raw.endswith(b"\n"):
                    break
                whole += len(raw)
                self._take(raw)
        with open(self._path, "r+b") as file:
            file.truncate(whole)

    def _take(self, raw: bytes) -> None:
        try:
            line = json.loads(raw)
        except ValueError:
            return
        self._lines += 1
        if "entry" in line:
            self._open[line["key"]] = line["entry"]
        else:
            self._open.pop(line.get("key", ""), None)
