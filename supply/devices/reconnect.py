"""When to try again a device that went away: soon, then more seldom, never further apart than a second."""

from collections.abc import Callable
from typing import Final

FIRST_SECONDS: Final = 0.05
LONGEST_SECONDS: Final = 1.0


class BackOff:
    """Waiting times 0.05, 0.1, 0.2 … 1 s by a steady clock that is passed in.

    >>> now = 0.0
    >>> back_off = BackOff(lambda: now)
    >>> back_off.failed(); back_off.wait_seconds()
    0.05
    """

    def __init__(self, clock: Callable[[], float], *, longest_seconds: float = LONGEST_SECONDS) -> None:
        self._clock = clock
        self._longest = longest_seconds
        self._delay = 0.0
        self._next = float("-inf")

    def failed(self) -> None:
        """An attempt failed: wait twice as long as before."""
        self._delay = min(self._longest, self._delay * 2 or FIRST_SECONDS)
        self._next = self._clock() + self._delay

    def succeeded(self) -> None:
        """An attempt worked: the next failure starts again at the shortest wait."""
        self._delay = 0.0
        self._next = float("-inf")

    def wait_seconds(self) -> float:
        """How long until the next attempt is due; 0 when it is."""
        return max(0.0, self._next - self._clock())
