"""What an agent keeps on its own disk beside the journal: the devices last told, reads set aside, and its one lock.

The file of devices may hold a camera's password: it is for the agent's user alone.
"""

import contextlib
import json
import os
from pathlib import Path
from typing import Any, BinaryIO

from supply.errors import Conflict

try:
    import fcntl
except ImportError:  # pragma: no cover - on Windows a second agent is refused its scanners by Windows itself
    fcntl = None  # type: ignore[assignment]


def only_one(folder: Path) -> BinaryIO:
    """The lock of this folder, held until it is closed. Raises Conflict when another agent has it."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = open(folder / "agent.lock", "ab")  # noqa: SIM115 - lives as long as the agent
    if fcntl is not None:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            raise Conflict(f"Another agent is running for {folder.name} on this machine; stop it first.") from None
    return file


def remembered_devices(folder: Path) -> list[dict[str, Any]]:
    """The devices that the server last told; none when there are none or the file is broken."""
    try:
        found = json.loads((folder / "devices.json").read_bytes())
    except (OSError, ValueError):
        return []
    return [one for one in found if isinstance(one, dict) and "name" in one] if isinstance(found, list) else []


def remember_devices(folder: Path, devices: list[dict[str, Any]]) -> None:
    """Keep them for a start without the server; in one step, so that a crash leaves the old or the new."""
    fresh = folder / "devices.json.new"
    with contextlib.suppress(FileNotFoundError):
        fresh.unlink()
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(devices, file)
    os.replace(fresh, folder / "devices.json")


def set_aside(folder: Path, key: str, read: dict[str, Any], why: str) -> None:
    """Keep a read that the server will never take, for a person to look at. Returns once it is on the disk."""
    line = json.dumps({"key": key, "why": why, **read}) + "\n"
    with open(folder / "refused.jsonl", "ab") as file:
        file.write(line.encode("ascii"))
        file.flush()
        os.fsync(file.fileno())
