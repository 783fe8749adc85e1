"""What the resources of the JSON interface share: strict bodies, whole numbers, declared problems."""

from typing import Annotated, Any

from flask_openapi import APIBlueprint, Tag
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from supply.web.problems import PROBLEM
from supply.web.strictness import LARGEST

PREFIX = "/api/v1"
_PROBLEM_BODY = {
    "type": "object",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
    },
    "required": ["type", "title", "status", "detail", "code"],
}


def problem_answers(*statuses: int) -> dict[int, Any]:
    """The problems that a resource declares for OpenAPI."""
    return {status: {"content": {PROBLEM: {"schema": _PROBLEM_BODY}}} for status in statuses}


def resource(name: str, description: str) -> APIBlueprint:
    """A blueprint under /api/v1 with the sign-in kinds and the problems that every resource can answer."""
    return APIBlueprint(
        f"api_{name.replace(' ', '_')}",  # pages have the plain names
        __name__,
        url_prefix=PREFIX,
        abp_tags=[Tag(name=name, description=description)],
        abp_security=[{"bearer": []}, {"session": []}],
        abp_responses=problem_answers(400, 401, 403, 404, 409, 413, 415, 422, 503),
    )


def _no_boolean_no_text(value: object) -> object:
    """JSON Schema knows 3.0 as an integer, and neither false nor "3"; pydantic would take all of them."""
    if isinstance(value, (bool, str)):
        raise ValueError("must be a whole number")
    return value


WholeNumber = Annotated[int, BeforeValidator(_no_boolean_no_text), Field(ge=-LARGEST, le=LARGEST)]


class Body(BaseModel):
    """A JSON body: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", str_max_length=4000)


class Query(BaseModel):
    """The query of an address: unknown names are refused."""

    model_config = ConfigDict(extra="forbid")
