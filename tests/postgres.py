"""A PostgreSQL server of the tests' own: started on first use, reached over TCP, never as root (initdb refuses)."""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

USER = "supply_tests"


def binaries() -> Path:
    """Where initdb and postgres are; Debian keeps them off the PATH."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    if not versions:
        raise RuntimeError("PostgreSQL is not installed; `make test` installs it.")
    return versions[-1]


def free_port() -> int:
    """A port that nothing listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _other_user() -> dict[str, object]:
    """Run as `postgres` (or `nobody`) when we are root."""
    if os.geteuid() != 0:
        return {}
    import pwd

    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise RuntimeError("There is no user other than root to run PostgreSQL as.")


@contextlib.contextmanager
def server() -> Iterator[str]:
    """A fresh cluster; yields the URL of its `postgres` database without the database name, ending in /."""
    where, identity = binaries(), _other_user()
    folder = Path(tempfile.mkdtemp(prefix="supply-pg-", dir="/tmp"))
    if identity:
        os.chown(folder, int(str(identity["user"])), int(str(identity["group"])))
    data, port = folder / "data", free_port()
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    subprocess.run(
        [where / "initdb", "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--no-sync"],
        check=True, capture_output=True, cwd=folder, env=environment, **identity,
    )  # fmt: skip
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -c max_connections=100"
    subprocess.run(
        [where / "pg_ctl", "-D", data, "-o", options, "-l", folder / "log", "-w", "start"],
        check=True, capture_output=True, cwd=folder, env=environment, **identity,
    )  # fmt: skip
    try:
        yield f"postgresql+psycopg://{USER}@127.0.0.1:{port}/"
    finally:
        subprocess.run(
            [where / "pg_ctl", "-D", data, "-m", "immediate", "stop"],
            check=False, capture_output=True, cwd=folder, env=environment, **identity,
        )  # fmt: skip
        shutil.rmtree(folder, ignore_errors=True)
