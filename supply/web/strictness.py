"""Reading addresses and JSON so that no number and no nesting that somebody sends can become a fault of ours."""

import json
from typing import Any, NoReturn

from flask import Flask
from flask.json.provider import DefaultJSONProvider
from werkzeug.routing import IntegerConverter, Map

LARGEST = 2_147_483_647  # of an integer column, on either database


class RowNumber(IntegerConverter):
    """`<int:…>` of an address: a number that a row can have; others are 404."""

    def __init__(self, map: Map, fixed_digits: int = 0, min: int | None = None, max: int = LARGEST) -> None:  # noqa: A002
        super().__init__(map, fixed_digits, min, max)


class StrictJson(DefaultJSONProvider):
    """JSON as RFC 8259 has it: no NaN, no Infinity, and nesting without end is an error like any other."""

    sort_keys = False

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Read it. Raises ValueError for whatever is no JSON."""
        try:
            return json.loads(s, parse_constant=_refuse, **kwargs)
        except RecursionError as error:
            raise ValueError("nested too deep") from error


def install(app: Flask) -> None:
    """Make the app strict."""
    app.url_map.converters["int"] = RowNumber
    app.json = StrictJson(app)


def _refuse(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON")
