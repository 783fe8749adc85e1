"""PURE: the command barcodes of the printed sheet: what each word does at a station. It does nothing itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Group = Literal["mode", "quantity", "undo", "place", "department", "person", "need"]


@dataclass(frozen=True)
class Command:
    """One command: its word in the barcode, where it stands on the sheet, what people read, and what it does.

    `effect` has one of: mode, quantity, undo, sign_off, need, panel (what the kiosk opens on its screen);
    beside mode discard the reason of what is thrown out.
    """

    word: str
    group: Group
    words: str
    effect: Mapping[str, Any] = field(hash=False)


_MODES = (
    ("TAKE", "TAKE", "use"),
    ("PUTIN", "PUT IN", "receive"),
    ("PUTBACK", "PUT BACK", "return"),
    ("MOVE", "MOVE", "move"),
    ("COUNT", "COUNT", "count"),
    ("THROWOUT", "THROW OUT", "discard"),
    ("LOOKUP", "LOOK UP", "lookup"),
)
_TIMES = (
    *(("TIMESTWO", 2), ("TIMESTHREE", 3), ("TIMESFOUR", 4), ("TIMESFIVE", 5), ("TIMESSIX", 6), ("TIMESSEVEN", 7)),
    *(("TIMESEIGHT", 8), ("TIMESNINE", 9), ("TIMESTEN", 10), ("TIMESTWENTY", 20), ("TIMESFIFTY", 50)),
    ("TIMESHUNDRED", 100),
)
_REASONS = (
    *(("EXPIRED", "expired"), ("DAMAGED", "damaged"), ("CONTAMINATED", "contaminated")),
    *(("OPENEDUNUSED", "opened"), ("OTHERREASON", "other")),
)
COMMANDS: tuple[Command, ...] = (
    *(Command(word, "mode", words, {"mode": mode}) for word, words, mode in _MODES),
    Command("CAMERA", "mode", "Open the camera", {"panel": "camera"}),
    *(Command(word, "quantity", f"× {times}", {"quantity": times}) for word, times in _TIMES),
    Command("QUANTITY", "quantity", "Type a quantity", {"panel": "quantity"}),
    Command("UNDO", "undo", "Undo the last scan", {"undo": True}),
    Command("PLACE", "place", "Choose a place", {"panel": "place"}),
    Command("SIGNOFF", "person", "Sign off", {"sign_off": True}),
    Command("NEEDMORE", "need", "Need more", {"need": "need_more"}),
    Command("SHELFEMPTY", "need", "Shelf empty", {"need": "shelf_empty"}),
    # Last, for printed labels go by the position: a screen takes the mode and asks, a scanner takes the reason too.
    *(Command(word, "mode", f"THROW OUT: {why}", {"mode": "discard", "reason": why}) for word, why in _REASONS),
)
# Words that mean the same: the actions' own names, which older sheets and people use.
MEANS = {"USE": "TAKE", "RECEIVE": "PUTIN", "RETURN": "PUTBACK", "DISCARD": "THROWOUT", "SIGNOUT": "SIGNOFF"}
_BY_WORD = {command.word: command for command in COMMANDS}


def command_of(word: str) -> Command | None:
    """The command of a word; None for a word that means nothing here.

    >>> command_of("TIMESTEN").effect["quantity"], command_of("USE").word, command_of("DANCE")
    (10, 'TAKE', None)
    """
    return _BY_WORD.get(MEANS.get(word, word))
