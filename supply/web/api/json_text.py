"""The JSON object of a request: one that a hostile or broken client sent is refused here, in one sentence, as a 400.

Must never change what was sent: a scan's body is stored as it came.
"""

import json
from typing import Any

from flask import request

from supply.errors import Invalid

NESTING = 20
LONGEST_NUMBER = 300  # digits; Python itself refuses to read more than 4,300


def json_object() -> dict[str, Any]:
    """The JSON object in the body of this request. Raises Invalid (not_json) for everything else."""
    try:
        sent = _READER.decode(request.get_data(cache=False).decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise Invalid("The body is no JSON that can be read.", code="not_json") from error
    if not isinstance(sent, dict):
        raise Invalid("Send one JSON object.", code="not_json")
    if _depth_exceeds(sent, NESTING):
        raise Invalid(f"The JSON is nested more than {NESTING} deep.", code="not_json")
    return sent


def _whole_number(text: str) -> int | str:
    """An absurdly long number stays text, so that its field is refused and the request is not lost."""
    return int(text) if len(text) <= LONGEST_NUMBER else text


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _depth_exceeds(sent: dict[str, Any], most: int) -> bool:
    level: list[Any] = [sent]
    for _ in range(most):
        level = [
            part
            for each in level
            for part in (each.values() if isinstance(each, dict) else each)
            if isinstance(part, (dict, list))
        ]
        if not level:
            return False
    return True


_READER = json.JSONDecoder(parse_int=_whole_number, parse_constant=_refuse_constant)
