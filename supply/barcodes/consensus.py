"""When a code seen by a camera counts as a scan: enough agreeing frames, and not again while it stays in view.

Pure: the moment of each frame is passed in. It must never read the clock, and never looks at a picture.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from supply.barcodes.image_passes import Decoded

WINDOW_SECONDS: Final = 1.0
REPEAT_SECONDS: Final = 2.0


@dataclass(slots=True)
class _Sighting:
    reads: list[tuple[float, int]] = field(default_factory=list)
    last_seen: float = 0.0
    accepted: bool = False


class Consensus:
    """A code counts when as many frames within a second agree on it as each of those reads asks for.

    One for a matrix code (Reed-Solomon proves it), two for a linear code or a PDF417, three where the reads were
    doubtful or only an enlarged picture gave them: one misread of an EAN in a few hundred has a valid check digit.

    >>> Consensus().add([], now=0.0)
    []
    """

    def __init__(self) -> None:
        self._seen: dict[str, _Sighting] = {}

    def add(self, codes: Iterable[Decoded], *, now: float) -> list[Decoded]:
        """The codes of one frame that count as a scan now; `now` is seconds of any steady clock.

        A code that counted is silent until it has been out of view for two seconds.
        """
        self._forget(now)
        accepted = []
        for code in {code.scan_text: code for code in codes}.values():
            if self._counts(code, now):
                accepted.append(code)
        return accepted

    def _counts(self, code: Decoded, now: float) -> bool:
        sighting = self._seen.setdefault(code.scan_text, _Sighting())
        sighting.last_seen = now
        if sighting.accepted:
            return False
        sighting.reads.append((now, code.agree))
        sighting.accepted = _is_enough([agree for _, agree in sighting.reads])
        return sighting.accepted

    def _forget(self, now: float) -> None:
        for text, sighting in list(self._seen.items()):
            sighting.reads = [read for read in sighting.reads if now - read[0] <= WINDOW_SECONDS]
            if now - sighting.last_seen > REPEAT_SECONDS:
                del self._seen[text]


def _is_enough(asked: list[int]) -> bool:
    """Two good reads, or one good and two doubtful: as many reads as the most careful of them asks for."""
    return any(sum(agree <= wanted for agree in asked) >= wanted for wanted in (1, 2, 3))
