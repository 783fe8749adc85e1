"""PURE: which character a key position gives on the keyboards of offices, and which layout a run of keys was made for.

Knows nothing of browsers or scanners. Must never guess between two layouts that fit equally: the first named wins.
"""

from collections.abc import Sequence
from typing import Final

_POSITIONS: Final = (
    "Backquote", "Digit1", "Digit2", "Digit3", "Digit4", "Digit5", "Digit6", "Digit7", "Digit8", "Digit9",
    "Digit0", "Minus", "Equal", "KeyQ", "KeyW", "KeyE", "KeyR", "KeyT", "KeyY", "KeyU", "KeyI", "KeyO", "KeyP",
    "BracketLeft", "BracketRight", "Backslash", "KeyA", "KeyS", "KeyD", "KeyF", "KeyG", "KeyH", "KeyJ", "KeyK",
    "KeyL", "Semicolon", "Quote", "KeyZ", "KeyX", "KeyC", "KeyV", "KeyB", "KeyN", "KeyM", "Comma", "Period",
    "Slash", "Space", "IntlBackslash",
)  # fmt: skip
# Each layout: without Shift, with Shift, in the order of the positions above.
_ROWS: Final = {
    "us": (
        "`1234567890-=qwertyuiop[]\\asdfghjkl;'zxcvbnm,./ \\",
        '~!@#$%^&*()_+QWERTYUIOP{}|ASDFGHJKL:"ZXCVBNM<>? |',
    ),
    "de": (
        "^1234567890ß´qwertzuiopü+#asdfghjklöäyxcvbnm,.- <",
        "°!\"§$%&/()=?`QWERTZUIOPÜ*'ASDFGHJKLÖÄYXCVBNM;:_ >",
    ),
    "fr": (
        "²&é\"'(-è_çà)=azertyuiop^$*qsdfghjklmùwxcvbn,;:! <",
        "~1234567890°+AZERTYUIOP¨£µQSDFGHJKLM%WXCVBN?./§ >",
    ),
    "es": (
        "º1234567890'¡qwertyuiop`+çasdfghjklñ´zxcvbnm,.- <",
        'ª!"·$%&/()=?¿QWERTYUIOP^*ÇASDFGHJKLÑ¨ZXCVBNM;:_ >',
    ),
}
LAYOUTS: Final = {
    name: dict(zip(_POSITIONS, zip(plain, shifted, strict=True), strict=True))
    for name, (plain, shifted) in _ROWS.items()
}
LAYOUT_WORDS: Final = {"us": "US", "de": "German", "fr": "French", "es": "Spanish"}
_NUMPAD: Final = {"Decimal": ".", "Add": "+", "Subtract": "-", "Multiply": "*", "Divide": "/"}


def character_at(layout: str, position: str, *, is_shifted: bool) -> str:
    """The character of a key, named as browsers name its position; empty for a key that gives none.

    >>> character_at("us", "KeyZ", is_shifted=False), character_at("de", "KeyZ", is_shifted=False)
    ('z', 'y')
    """
    pair = LAYOUTS[layout].get(position)
    if pair is not None:
        return pair[is_shifted]
    rest = position.removeprefix("Numpad") if position.startswith("Numpad") else ""
    return rest if len(rest) == 1 else _NUMPAD.get(rest, "")


def layout_of(keys: Sequence[tuple[str, bool, str]]) -> str | None:
    """The layout of the computer on which these keys (position, Shift, what came of it) were typed; None for no match.

    Letters count in either case, because Caps Lock swaps them; a dead key gave nothing and says nothing.

    >>> layout_of([("KeyZ", False, "y"), ("Minus", False, "ß")])
    'de'
    """
    for layout in LAYOUTS:
        if all(_fits(layout, *key) for key in keys):
            return layout
    return None


def _fits(layout: str, position: str, is_shifted: bool, came: str) -> bool:
    if len(came) != 1:
        return True
    wanted = character_at(layout, position, is_shifted=is_shifted)
    return not wanted or wanted.casefold() == came.casefold()
