"""Pictures of people decoded apart from the web process: a decoder that crashes or hangs ends its own process only.

Owns the child processes: started when first needed, ended when one takes too long, started again. It must never hand
on a picture that ended a child a second time.
"""

import atexit
import contextlib
import functools
import json
import logging
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any, Final

from supply.barcodes.decoding_child import READY, receive, send
from supply.barcodes.images import Decoded, decode_image
from supply.errors import Invalid

log = logging.getLogger(__name__)

CHILDREN: Final = 2
PICTURE_SECONDS: Final = 3.0
_START_SECONDS: Final = 60.0
_TRY_AGAIN_SECONDS: Final = 60.0
_COMMAND: Final = (sys.executable, "-m", "supply.barcodes.decoding_child")


class DecodingProcess:
    """One child, used by one thread at a time."""

    def __init__(self, command: Sequence[str] = _COMMAND, *, seconds: float = PICTURE_SECONDS) -> None:
        self._command, self._seconds = command, seconds
        self._child: subprocess.Popen[bytes] | None = None
        self._not_before = 0.0

    def codes_in(self, content: bytes) -> list[Decoded]:
        """Codes of a live picture that it proves by itself.

        Raises `Invalid` when the file is no picture, is damaged or too large, takes over three seconds, or ends the
        child. Where no child can be started the picture is decoded here, and the log says so.
        """
        child = self._running()
        if child is None:
            return decode_image(content, thorough=False)
        answer = self._asked(child, content, self._seconds)
        if answer is None:
            self.close()
            raise Invalid("The picture could not be read; take another one.", code="picture_unreadable")
        return _codes(json.loads(answer))

    def close(self) -> None:
        """End the child; the next picture starts another."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.communicate()  # closes the pipes and waits

    def _running(self) -> subprocess.Popen[bytes] | None:
        if self._child is not None and self._child.poll() is None:
            return self._child
        self.close()
        if time.monotonic() >= self._not_before and not self._start():
            self._not_before = time.monotonic() + _TRY_AGAIN_SECONDS
            log.warning("No process for decoding pictures can be started; pictures are decoded in this one.")
        return self._child

    def _start(self) -> bool:
        try:
            self._child = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        except OSError:
            return False
        if self._asked(self._child, None, _START_SECONDS) == READY:
            return True
        self.close()
        return False

    @staticmethod
    def _asked(child: subprocess.Popen[bytes], content: bytes | None, seconds: float) -> bytes | None:
        """The child's next message; None when it ended, or had to be ended after `seconds`."""
        with _ended_after(child, seconds):
            try:
                if content is not None:
                    send(child.stdin, content)  # type: ignore[arg-type]
                return receive(child.stdout)  # type: ignore[arg-type]
            except OSError:
                return None


class DecodingProcesses:
    """A few children, the one used last first: a second starts only when two pictures come at once."""

    def __init__(self, count: int = CHILDREN) -> None:
        self._all = [DecodingProcess() for _ in range(count)]
        self._free: queue.LifoQueue[DecodingProcess] = queue.LifoQueue()
        for one in self._all:
            self._free.put(one)

    def codes_in(self, content: bytes) -> list[Decoded]:
        """As `DecodingProcess.codes_in`; waits for a free child."""
        one = self._free.get()
        try:
            return one.codes_in(content)
        finally:
            self._free.put(one)

    def close(self) -> None:
        """End all children."""
        for one in self._all:
            one.close()


@functools.cache
def decoding_processes() -> DecodingProcesses:
    """Those of this process, ended with it."""
    processes = DecodingProcesses()
    atexit.register(processes.close)
    return processes


@contextlib.contextmanager
def _ended_after(child: subprocess.Popen[bytes], seconds: float) -> Iterator[None]:
    timer = threading.Timer(seconds, child.kill)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _codes(answer: dict[str, Any]) -> list[Decoded]:
    if "refused" in answer:
        raise Invalid(answer["refused"], code=answer["code"])
    return [Decoded(**{**code, "position": tuple((x, y) for x, y in code["position"])}) for code in answer["codes"]]
