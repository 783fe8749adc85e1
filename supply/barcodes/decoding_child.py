"""The process in which pictures that people send are decoded: pictures in by standard input, codes out as JSON.

Owns the wire and the limit on memory. It must never touch a file, the network or the database, and keeps no picture.
"""

import json
import signal
import struct
import sys
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO, Final

from supply.barcodes.images import decode_image
from supply.errors import Invalid

try:
    import resource
except ImportError:  # pragma: no cover - Windows has no such limits
    resource = None  # type: ignore[assignment]

SPARE_BYTES: Final = 768 * 1024 * 1024  # what one picture may take on top of what the loaded libraries take
READY: Final = b"ready"
_STATM: Final = Path("/proc/self/statm")
_LENGTH: Final = struct.Struct(">I")


def send(stream: BinaryIO, message: bytes) -> None:
    """Write one message after its length. Raises OSError when nobody reads any more."""
    stream.write(_LENGTH.pack(len(message)) + message)
    stream.flush()


def receive(stream: BinaryIO) -> bytes | None:
    """The next message; None when the other side has ended, also in the middle of one."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    message = stream.read(length)
    return message if len(message) == length else None


def serve(incoming: BinaryIO, outgoing: BinaryIO) -> None:
    """Answer each picture until the other side ends."""
    send(outgoing, READY)
    while (content := receive(incoming)) is not None:
        send(outgoing, json.dumps(_answer(content)).encode())


def _answer(content: bytes) -> dict[str, object]:
    try:
        return {"codes": [asdict(code) for code in decode_image(content, thorough=False)]}
    except Invalid as refusal:
        return {"refused": refusal.message, "code": refusal.code}


def limit_memory(spare_bytes: int) -> None:
    """Let the process have no more address space than it has now and `spare_bytes`, where the system can count it."""
    if resource is not None and _STATM.exists():  # pragma: no branch - other systems cannot count it
        now = int(_STATM.read_text().split()[0]) * resource.getpagesize()
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (now + spare_bytes, hard))


def main() -> None:  # pragma: no cover - runs in the child only, which the tests start
    """Serve the process that started this one; it ends this one, not the person's Ctrl-C."""
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, signal.SIG_IGN)
    limit_memory(SPARE_BYTES)
    serve(sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":  # pragma: no cover - runs in the child only, which the tests start
    main()
