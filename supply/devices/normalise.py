"""PURE: from what a scanner sent to what it means, by what its set-up showed. It strips nothing that was not learned.

A separator that this scanner loses is never guessed: the read only says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from supply.devices.model import aim_of
from supply.errors import Invalid

GS: Final = "\x1d"
_LONGEST: Final = 40
_TRUST: Final = {"kept": "kept", "mapped": "mapped", "lost": "lost"}


@dataclass(frozen=True, slots=True)
class Profile:
    """What one scanner was seen to add to every read, and what became of GS (0x1D) on its way."""

    prefix: str = ""
    suffix: str = ""
    gs: str = "unknown"
    gs_as: str = ""


@dataclass(frozen=True, slots=True)
class Meaning:
    """The text of a read, its AIM identifier, and how far its separators can be trusted."""

    text: str
    aim: str | None
    gs_trust: str


def profile_from(learned: Mapping[str, Any]) -> Profile:
    """The part of a learned profile that matters here; other keys are passed over. Raises Invalid."""
    found = {}
    for key in ("prefix", "suffix", "gs", "gs_as"):
        value = learned.get(key) or ""
        if not isinstance(value, str) or len(value) > _LONGEST:
            raise Invalid(f"{key} of its profile must be a text of up to {_LONGEST} characters")
        found[key] = value
    gs = found.pop("gs")
    if gs not in ("", *_TRUST):
        raise Invalid(f"gs of its profile must be one of {', '.join(_TRUST)}")
    return Profile(**found, gs=_TRUST.get(gs, "unknown"))


def normalise(raw: str, profile: Profile) -> Meaning:
    """What a read means. Prefix and suffix go once, where they are there; the AIM identifier stays.

    >>> normalise("<]d201040123456789011ALOT~21S9>", Profile("<", ">", "mapped", "~")).text
    ']d201040123456789011ALOT\\x1d21S9'
    """
    text = raw
    if profile.prefix and text.startswith(profile.prefix):
        text = text[len(profile.prefix) :]
    if profile.suffix and text.endswith(profile.suffix):
        text = text[: len(text) - len(profile.suffix)]
    aim = aim_of(text)
    if profile.gs == "mapped" and profile.gs_as:
        # The identifier begins with ], which is a usual stand-in for GS.
        start = len(aim or "")
        text = text[:start] + text[start:].replace(profile.gs_as, GS)
    return Meaning(text, aim, profile.gs)


def framing_from(learned: Mapping[str, Any]) -> str:
    """The framing that the learned suffix of a serial scanner implies: with it, not even the first read can be torn."""
    ends = {"\r": "cr", "\n": "lf", "\r\n": "crlf", "\t": "tab", "\x03": "stx-etx"}
    suffix = learned.get("suffix")
    return ends.get(suffix, "auto") if isinstance(suffix, str) else "auto"
