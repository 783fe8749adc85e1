"""What the set-up page sends of a scanner: keys or text, checked before anything is made of it."""

import json
from collections.abc import Mapping
from typing import Any

from supply.errors import Invalid
from supply.stations.scanner_sheet import BY_NAME
from supply.stations.scanner_strokes import MOST_KEYS

LONGEST = 200_000


def arrived_from(sent: Mapping[str, str]) -> dict[str, Any]:
    """What arrived for one symbol: `keys` as the script saw them, or `text` as a browser without script typed it."""
    if not sent.get("keys"):
        text = sent.get("text", "")[:MOST_KEYS]
        return {"keys": []} if not text else {"text": text}
    return _checked({"keys": _json(sent["keys"])})


def kept_from(text: str) -> dict[str, dict[str, Any]]:
    """What arrived for the symbols before, as the form carries it. Raises Invalid for what is no such thing."""
    if not text:
        return {}
    found = _json(text)
    if not isinstance(found, dict) or not set(found) <= set(BY_NAME):
        raise _incomplete()
    return {name: _checked(arrived) for name, arrived in found.items()}


def _json(text: str) -> Any:
    if len(text) > LONGEST:
        raise _incomplete()
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise _incomplete() from None


def _checked(arrived: Any) -> dict[str, Any]:
    if isinstance(arrived, dict) and isinstance(arrived.get("text"), str) and len(arrived["text"]) <= MOST_KEYS * 2:
        return {"text": arrived["text"]}
    keys = arrived.get("keys") if isinstance(arrived, dict) else None
    if not isinstance(keys, list) or len(keys) > MOST_KEYS * 3 or not all(map(_is_key, keys)):
        raise _incomplete()
    return {"keys": keys}


def _is_key(key: Any) -> bool:
    if not isinstance(key, list) or len(key) != 5:
        return False
    code, came, held, at, up = key
    words = isinstance(code, str) and isinstance(came, str) and len(code) <= 30 and len(came) <= 30
    return words and type(held) is int and 0 <= held < 16 and type(at) in (int, float) and up in (0, 1)


def _incomplete() -> Invalid:
    return Invalid("What this page kept of the scanner is incomplete. Begin the set-up again.", code="bad_form")
