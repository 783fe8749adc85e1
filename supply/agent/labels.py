"""The queue of one printer at this computer: labels from the server, and a line on the disk before each is sent.

What this computer had begun when it was cut off is told as unknown; it must never be sent a second time by itself.
"""

import binascii
import io
import logging
import time
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import uuid4

from PIL import Image

from supply.agent.server import Away, NotAdmitted, Refused, Server
from supply.devices.journal import Journal
from supply.devices.printers.loop import Came, QueueAway, Wish
from supply.devices.printers.model import PaperSettings
from supply.errors import Invalid

log = logging.getLogger(__name__)

RENEW_SECONDS: Final = 30.0
CUT_OFF: Final = "The computer that was printing this stopped. Did it come out?"
_OUTCOMES: Final = {
    Came.printed: "printed",
    Came.unknown: "unknown",
    Came.attention: "attention",
    Came.back: "queued",
}
Say = Callable[[str, str, datetime | None], None]


@dataclass
class _Held:
    """A label in hand: under which lease, and what is known of it."""

    lease: str
    job: int
    copies: int
    printed: int
    picture: str
    told_at: float = field(default_factory=time.monotonic)


class AgentQueue:
    """The queue of one printer, for its own loop; `server` is a connection of its own, `journal` is everybody's.

    A lease is in the journal before it is asked for (`asked`), a label before its first byte (`begun`), and what became
    of it before it is told (`ended`).
    """

    def __init__(self, device: str, server: Server, journal: Journal, say: Say) -> None:
        self._device, self._server, self._journal, self._say = device, server, journal, say
        self._held: dict[int, _Held] = {}

    def first_due(self) -> int | None:
        """What was left open by a crash or a lost answer is settled first."""
        self._settle_left()
        first: int | None = self._ask(lambda: self._server.labels(self._device)["first"])
        return first

    def waiting(self) -> int:
        """How many labels wait."""
        return int(self._ask(lambda: self._server.labels(self._device)["waiting"]))

    def take(self, most: int) -> list[Wish]:
        """So many labels at least, unless fewer wait."""
        self._held.clear()
        found: list[Wish] = []
        while sum(wish.copies_left for wish in found) < most:
            wish = self._take_one()
            if wish is None:
                break
            found.append(wish)
        return found

    def picture(self, wish: Wish, paper: PaperSettings) -> Image.Image:
        """As the server drew it. Raises Invalid for what is no picture."""
        try:
            with Image.open(
                io.BytesIO(b64decode(self._held[wish.id].picture, validate=True)), formats=["PNG"]
            ) as image:
                return image.convert("1", dither=Image.Dither.NONE)
        except (OSError, ValueError, binascii.Error, Image.DecompressionBombError):
            raise Invalid("The server sent no picture for this label.") from None

    def begins(self, wish: Wish) -> None:
        """On the disk before the first byte. Raises QueueAway when it is not kept: nothing may be sent then."""
        held = self._held[wish.id]
        self._keep(held.lease, {"step": "begun", "job": held.job, "printed": held.printed})

    def tell(self, wish: Wish, came: Came, words: str) -> None:
        """Kept here, then told until the server has answered; a copy of several is told now and then."""
        held = self._held[wish.id]
        if came is Came.copy:
            held.printed += 1
            self._renew(held)
            return
        printed = held.copies if came is Came.printed else held.printed
        entry = {"step": "ended", "job": held.job, "printed": printed, "outcome": _OUTCOMES[came], "words": words}
        self._keep(held.lease, entry)
        self._tell_ended(held.lease, entry)

    def say(self, state: str, words: str, last_printed_at: datetime | None) -> None:
        """Passed on by the agent."""
        self._say(state, words, last_printed_at)

    def _take_one(self) -> Wish | None:
        lease = str(uuid4())
        self._keep(lease, {"step": "asked"})
        label = self._ask(lambda: self._server.take_label(self._device, lease))
        if label is None:
            self._journal_answered(lease)
            return None
        held = _Held(lease, label["job"], label["copies"], label["copies_printed"], label["picture"])
        self._held[held.job] = held
        return Wish(held.job, held.copies - held.printed)

    def _settle_left(self) -> None:
        """Lines of leases that nobody has in hand: by a crash, or because an answer was lost."""
        for lease, entry in self._journal.waiting():
            if entry["device"] != self._device:
                continue
            if entry["step"] == "asked":
                self._give_back(lease)
            elif entry["step"] == "begun":
                self._tell_ended(lease, {**entry, "outcome": "unknown", "words": CUT_OFF})
            else:
                self._tell_ended(lease, entry)

    def _give_back(self, lease: str) -> None:
        """Nothing of it was sent, for the line of its beginning is missing."""
        label = self._ask(lambda: self._server.take_label(self._device, lease))
        if label is None:
            self._journal_answered(lease)
        else:
            entry = {"job": label["job"], "printed": label["copies_printed"], "outcome": "queued", "words": ""}
            self._tell_ended(lease, entry)

    def _tell_ended(self, lease: str, entry: dict[str, Any]) -> None:
        body = {key: entry[key] for key in ("outcome", "words")} | {"copies_printed": entry["printed"]}
        try:
            self._server.tell_label(self._device, entry["job"], lease, body)
        except (Away, NotAdmitted) as error:
            raise QueueAway(error.message) from None
        except Refused as error:
            log.error("what became of label %s was not wanted: %s", entry["job"], error.message)
        self._journal_answered(lease)

    def _renew(self, held: _Held) -> None:
        """That it goes on; not worth stopping for when the server is away."""
        if time.monotonic() - held.told_at < RENEW_SECONDS:
            return
        held.told_at = time.monotonic()
        body = {"outcome": "printing", "words": "", "copies_printed": held.printed}
        try:
            self._server.tell_label(self._device, held.job, held.lease, body)
        except (Away, NotAdmitted, Refused):
            return

    def _keep(self, lease: str, entry: dict[str, Any]) -> None:
        try:
            self._journal.add(lease, {"device": self._device, **entry})
        except OSError as error:
            words = f"The computer's folder cannot be written ({error.strerror}); make room on its disk."
            raise QueueAway(words) from None

    def _journal_answered(self, lease: str) -> None:
        try:
            self._journal.answered(lease)
        except OSError as error:
            raise QueueAway(f"The computer's folder cannot be written ({error.strerror}).") from None

    def _ask(self, question: Callable[[], Any]) -> Any:
        """Ask the server; a printer that went elsewhere is refused until its loop is ended."""
        try:
            return question()
        except (Away, NotAdmitted, Refused) as error:
            raise QueueAway(error.message) from None
