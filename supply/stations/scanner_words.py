"""PURE: what is said about a scanner: what to change on it, why, and how grave it is. It judges nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from supply.stations.keyboard_layouts import LAYOUT_WORDS


@dataclass(frozen=True)
class Advice:
    """One thing to know. `weight`: must (scans go wrong), should (they may), good (nothing to do)."""

    weight: str
    do: str
    why: str


AS_IT_MUST_BE: Final = "As it must be."
NOTHING_CAME: Final = "Nothing came. Check that the scanner beeps, and that it is connected to this screen."
SECOND_READ_LOST: Final = "Only one of two reads came."
SEPARATOR_LOST: Final = "The separator after the lot did not arrive."
CASE_SWAPPED: Final = "Capital and small letters came swapped."
CHECK_DIGIT_CUT: Final = "The last digit is missing."
CHARACTERS_LOST: Final = "Characters were lost on the way."
ANOTHER_SYMBOL: Final = "This is not what the symbol says. Scan the symbol that is shown, or try once more."
BAD_WAS_READ: Final = "Something came of a symbol that must not be read."
BAD_WAS_REFUSED: Final = "Nothing came, as it must be."

OF_FAULTS: Final = {
    SECOND_READ_LOST: Advice(
        "must",
        "Set the time-out for the same symbol to 0 (“same symbol delay” or “re-read delay”).",
        "Two boxes with the same code are two scans; this scanner swallows the second.",
    ),
    CASE_SWAPPED: Advice(
        "must",
        "Set “case conversion” to none, and “Caps Lock” of the scanner to off.",
        "Lots and serial numbers with letters would be wrong.",
    ),
    CHECK_DIGIT_CUT: Advice(
        "must",
        "Set “transmit check digit” for EAN-13 and UPC-A to on.",
        "Without it, the code of the item is not known.",
    ),
    CHARACTERS_LOST: Advice(
        "must",
        "Raise the delay between characters to 5 ms, then test again.",
        "The computer is slower than the scanner, so parts of codes go missing.",
    ),
    BAD_WAS_READ: Advice(
        "must",
        "Set the security level (“redundancy”) of Code 128 to its highest.",
        "The scanner makes up characters when a symbol is damaged.",
    ),
}
CAPS_LOCK: Final = Advice(
    "should",
    "Turn Caps Lock off on this computer.",
    "Here scans are read by the position of each key, so they are right; in other programs letters come swapped.",
)
BETTER_THAN_TYPING: Final = Advice(
    "good",
    "If the scanner can, set it to “USB COM port” (serial) or “HID-POS” and add it as a device.",
    "It works then whatever has the focus, and nothing can be lost between keys.",
)
_GROUP = ("must", "should", "good")


def sorted_advice(found: Sequence[Advice]) -> list[Advice]:
    """The gravest first, each said once."""
    return sorted(dict.fromkeys(found), key=lambda one: _GROUP.index(one.weight))


def of_separator(gs: str, gs_as: str) -> list[Advice]:
    """What to say about how GS, the separator inside GS1 codes, arrives (GS1 General Specifications 7.8)."""
    if gs == "lost":
        do = "Switch on “send control characters” (or “transmit FNC1 as GS, 0x1D”)."
        why = (
            "The end of a lot number cannot be seen, so the next field runs into it. The kiosk asks each time instead."
        )
        return [Advice("must", do, why)]
    if gs == "kept" and gs_as.startswith("Alt+"):
        return [
            Advice(
                "should",
                "Switch “function key mapping” from ALT mode to control characters (Ctrl+]).",
                f"The separator comes as {gs_as}, which only works on Windows, and slowly.",
            )
        ]
    if gs == "kept":
        return [Advice("good", "Leave the separator as it is.", f"It arrives as {gs_as}.")]
    if gs == "mapped" and gs_as == "]":
        do = "Choose another stand-in for GS, best the control character itself (0x1D)."
        return [Advice("must", do, "“]” also begins the identifier of every symbol, and stands in codes.")]
    if gs == "mapped" and len(gs_as) == 1:
        do = "Best send the control character itself (0x1D) in place of a stand-in."
        return [Advice("should", do, f"“{gs_as}” is read as the separator from now on; no lot may contain it.")]
    if gs == "mapped":
        why = f"The separator comes as {gs_as}; that is kept for this scanner."
        return [Advice("good", "Leave the separator as it is.", why)]
    return []


def of_prefixes(prefixes: Sequence[str], has_aim: bool) -> list[Advice]:
    """What to say about what stands before each code (AIM identifiers: ISO/IEC 15424)."""
    found = []
    if len(set(prefixes)) > 1:
        do = "Switch the maker's own code letter off, and the AIM identifier on."
        found.append(Advice("must", do, "Something else stands before each kind of code, which reads as part of it."))
    if prefixes and not has_aim:
        do = "Switch on the AIM identifier as a prefix (“transmit AIM ID”)."
        found.append(Advice("should", do, "It says which kind of symbol was read, and where a scan begins."))
    return found


def of_suffix(suffix: str) -> list[Advice]:
    """What to say about the end of each code."""
    if not suffix or suffix[-1] not in "\r\n\t":
        do = "Set the suffix to Enter (CR)."
        return [Advice("must", do, "Nothing says where a scan ends; two scans would become one.")]
    if suffix.endswith("\t"):
        return [Advice("should", "Set the suffix to Enter (CR).", "Tab moves the focus in other programs.")]
    return []


def of_layouts(scanner: str, computer: str | None, *, is_readable: bool) -> list[Advice]:
    """What to say about the keyboards that scanner and computer believe in."""
    theirs, ours = LAYOUT_WORDS[scanner], LAYOUT_WORDS.get(computer or "", "another")
    if not is_readable:
        do = "Set the keyboard country of the scanner to US English."
        return [Advice("must", do, f"It types for a {theirs} keyboard, and this computer has a {ours} one.")]
    if scanner != "us":
        do = "Set the keyboard country of the scanner to US English."
        why = f"It types for a {theirs} keyboard; that works only while every computer has one."
        return [Advice("should", do, why)]
    if computer != "us":
        why = f"This computer has a {ours} keyboard. Here scans are right; other programs show other marks."
        return [Advice("good", "Leave the keyboard country of the scanner at US English.", why)]
    return []


def too_slow(pace: int, *, has_mark: bool) -> Advice:
    """What to say about a scanner that types slowly; `pace` in milliseconds a key."""
    return Advice(
        "good" if has_mark else "should",
        "Set the delay between characters to 0.",
        f"It sends a key every {pace} ms, which is hard to tell from a person who types fast.",
    )
