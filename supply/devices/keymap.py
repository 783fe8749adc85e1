"""PURE: from the keys that a keyboard scanner presses to the characters it means, whatever layout the machine has.

A scanner presses the keys of a US keyboard. Knows Linux key codes; the world's layouts are none of its business.
"""

from typing import Final

GS: Final = "\x1d"
LEFT_CTRL, RIGHT_CTRL, LEFT_SHIFT, RIGHT_SHIFT, LEFT_ALT, RIGHT_ALT, CAPS = 29, 97, 42, 54, 56, 100, 58
_SHIFTS: Final = frozenset({LEFT_SHIFT, RIGHT_SHIFT})
_CTRLS: Final = frozenset({LEFT_CTRL, RIGHT_CTRL})
_ALTS: Final = frozenset({LEFT_ALT, RIGHT_ALT})
# Rows of the keyboard: first code, plain characters, with shift.
_ROWS: Final = (
    (2, "1234567890-=", "!@#$%^&*()_+"),
    (16, "qwertyuiop[]", "QWERTYUIOP{}"),
    (30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
    (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
)
PLAIN: Final = {57: " ", **{first + i: c for first, plain, _ in _ROWS for i, c in enumerate(plain)}}
SHIFTED: Final = {57: " ", **{first + i: c for first, _, shifted in _ROWS for i, c in enumerate(shifted)}}
_PAD_DIGITS: Final = {82: "0", 79: "1", 80: "2", 81: "3", 75: "4", 76: "5", 77: "6", 71: "7", 72: "8", 73: "9"}
_PAD: Final = {**_PAD_DIGITS, 83: ".", 98: "/", 55: "*", 74: "-", 78: "+"}
_ENDS: Final = {28: "\r", 96: "\r", 15: "\t"}
FUNCTION_KEYS: Final = {**{f"F{n}": 58 + n for n in range(1, 11)}, "F11": 87, "F12": 88}
# What scanners press in place of GS when nobody said which: F8 (Zebra's usual), F12 (Worth Data and others).
USUAL_GS_KEYS: Final = ("F8", "F12")
_FNC1_AS: Final = 232  # how some firmware types FNC1, whose place in code page and symbol is è
PRESSED: Final = 1
RELEASED: Final = 0


class Keys:
    """Which keys are held, and what each press means. `gs_key` is a function key such as "F9" that stands for GS.

    >>> keys = Keys()
    >>> "".join(keys.feed(code, PRESSED) for code in (42, 30, 2, 28))
    'A!\\r'
    """

    def __init__(self, *, gs_key: str = "") -> None:
        names = (gs_key,) if gs_key in FUNCTION_KEYS else USUAL_GS_KEYS
        self._gs_codes = frozenset(FUNCTION_KEYS[name] for name in names)
        self.release_all()

    def release_all(self) -> None:
        """Forget what is held: the keyboard was unplugged, or nobody knows what was missed."""
        self._held: set[int] = set()
        self._caps = False
        self._digits = ""

    def feed(self, code: int, value: int) -> str:
        """The characters that this press or release means; "" for none. A key that repeats by itself means nothing."""
        if value == RELEASED:
            return self._release(code)
        if value != PRESSED:
            return ""
        if code in _SHIFTS | _CTRLS | _ALTS:
            self._held.add(code)
            return ""
        if code == CAPS:
            self._caps = not self._caps
            return ""
        if self._held & _ALTS and code in _PAD_DIGITS:
            self._digits += _PAD_DIGITS[code]
            return ""
        return self._character(code)

    def _release(self, code: int) -> str:
        self._held.discard(code)
        if code not in _ALTS or self._held & _ALTS:
            return ""
        digits, self._digits = self._digits, ""
        return _typed_by_number(digits)

    def _character(self, code: int) -> str:
        if code in _ENDS:
            return _ENDS[code]
        if code in self._gs_codes:
            return GS
        if self._held & _CTRLS:
            return self._control(code)
        if code in _PAD:
            return _PAD[code]
        shifted = bool(self._held & _SHIFTS)
        plain = PLAIN.get(code, "")
        if plain.isalpha() and self._caps:
            shifted = not shifted
        return SHIFTED.get(code, "") if shifted else plain

    def _control(self, code: int) -> str:
        """Control characters as terminals make them: Ctrl+] is GS, Ctrl+M CR, Ctrl+J LF, Ctrl+B STX."""
        key = PLAIN.get(code, "")
        return chr(ord(key.upper()) & 0x1F) if key and (key.isalpha() or key in "[\\]") else ""


def _typed_by_number(digits: str) -> str:
    """What Alt with a number types: a control character, else the code page's; 0 before it means Windows' page."""
    if not digits or len(digits) > 5:
        return ""
    number = int(digits)
    if number < 0x20:
        return chr(number)
    if number == _FNC1_AS:
        return GS
    if number > 0xFF:
        return chr(number) if number < 0xD800 else ""
    return bytes([number]).decode("cp1252" if digits.startswith("0") else "cp437", errors="replace")


def typed(text: str, *, gs: str = "ctrl") -> list[tuple[int, int]]:
    """The presses and releases by which a scanner types this text; `gs` is "ctrl", "alt" or a function key. For
    emulators and tests: a character that a US keyboard lacks comes as Alt with its number, as scanners send it."""
    strokes: list[tuple[int, int]] = []
    for character in text:
        strokes += _stroke(character, gs)
    return strokes


def _stroke(character: str, gs: str) -> list[tuple[int, int]]:
    plain = {c: code for code, c in PLAIN.items()} | {"\r": 28, "\t": 15}
    shifted = {c: code for code, c in SHIFTED.items()}
    if character == GS and gs in FUNCTION_KEYS:
        return _held((), FUNCTION_KEYS[gs])
    if character == GS and gs == "ctrl":
        return _held((LEFT_CTRL,), 27)
    if character in plain:
        return _held((), plain[character])
    if character in shifted:
        return _held((LEFT_SHIFT,), shifted[character])
    if character == "\n":
        return _held((LEFT_CTRL,), 36)
    pad = {c: code for code, c in _PAD_DIGITS.items()}
    number = f"0{ord(character):03}"
    pressed = [stroke for digit in number for stroke in _held((), pad[digit])]
    return [(LEFT_ALT, PRESSED), *pressed, (LEFT_ALT, RELEASED)]


def _held(modifiers: tuple[int, ...], code: int) -> list[tuple[int, int]]:
    down = [(each, PRESSED) for each in modifiers]
    up = [(each, RELEASED) for each in modifiers]
    return [*down, (code, PRESSED), (code, RELEASED), *up]
