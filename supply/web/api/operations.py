"""How an operation of the JSON interface is declared: its address, what it takes and answers, for Flask and OpenAPI at
once. Reads requests strictly; holds no rule of the business."""

from collections.abc import Callable, Mapping
from functools import wraps
from json import dumps
from typing import Any, TypeVar, get_type_hints

from flask import Response, request
from flask_openapi import APIBlueprint
from pydantic import BaseModel, ValidationError
from sqlalchemy.exc import DataError, IntegrityError

from supply.db import NotSaved, StorageFull
from supply.errors import Conflict, Invalid, NotFound
from supply.web.access import ACCEPTS, Accepted, accepted_by
from supply.web.api.json_text import json_object
from supply.web.problems import problem
from supply.web.resource import Body, problem_answers

View = TypeVar("View", bound=Callable[..., Any])
Model = TypeVar("Model", bound=BaseModel)
JSON = "application/json"
BODY_BYTES = 64 * 1024
RETRY_AFTER_SECONDS = 2


class Nothing(BaseModel):
    """The answer that has no body."""


def route(
    on: APIBlueprint,
    method: str,
    rule: str,
    answers: Mapping[int, Any],
    *,
    takes: Mapping[str, Any] | None = None,
) -> Callable[[View], View]:
    """Declare a view as an operation. `path`, `query` and `body` among its parameters say what it takes; it returns a
    model, which has the first status of `answers`, or a finished Response. `takes` documents a body it reads itself."""
    status = next(iter(answers))
    extra: dict[str, Any] = {} if takes is None else {"request_body": dict(takes)}

    def register(view: View) -> View:
        declared = {code: None if model is Nothing else model for code, model in answers.items()}
        declared.update(problem_answers(507) if method != "GET" else {})
        on_method = getattr(on, method.lower())
        on_method(rule, operation_id=view.__name__, responses=declared, merge_slashes=False, **extra)(
            _strict(view, status)
        )
        return view

    return register


def empty_body() -> None:
    """For an operation that takes nothing: a body must be an empty object. Raises Invalid (not_json, bad_field)."""
    if request.get_data():
        _checked(Body, json_object())


def _strict(view: View, status: int) -> Callable[..., Response]:
    hints = get_type_hints(view)

    @wraps(view)
    def operation(**path: Any) -> Response:
        sent: dict[str, Any] = {}
        if "path" in hints:
            sent["path"] = _read_path(hints["path"], path)
        if "query" in hints:
            sent["query"] = _read_query(hints["query"])
        if "body" in hints:
            sent["body"] = _checked(hints["body"], json_object())
        try:
            return answered(view(**sent), status)
        except NotSaved as error:
            return _not_saved(error)
        except IntegrityError as error:
            raise Conflict("Somebody else did the same at this moment. Look again, then repeat it.") from error
        except DataError as error:  # PostgreSQL keeps to the lengths and ranges of its columns
            raise Invalid("One of the values is longer or larger than can be kept.", code="bad_field") from error

    # flask-openapi would read the request by itself, and less strictly
    operation.__delay_validate_request__ = True  # type: ignore[attr-defined]
    if "body" in hints and accepted_by(view) is None:
        setattr(operation, ACCEPTS, Accepted((JSON,), BODY_BYTES))
    return operation


def answered(answer: object, status: int) -> Response:
    """A model as a JSON answer; a finished Response as it is."""
    if isinstance(answer, Response):
        return answer
    assert isinstance(answer, BaseModel), "an operation answers with a model"
    if isinstance(answer, Nothing):
        return Response(status=status)
    return Response(dumps(answer.model_dump(mode="json", by_alias=True)), status, content_type=JSON)


def _not_saved(error: NotSaved) -> Response:
    response = problem(507 if isinstance(error, StorageFull) else 503, error.code, error.message, error.details)
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _read_path(model: type[Model], sent: dict[str, Any]) -> Model:
    try:
        return model.model_validate(sent)
    except ValidationError as error:
        raise NotFound("There is nothing at this address.") from error


def _read_query(model: type[Model]) -> Model:
    sent: dict[str, str] = {}
    for name, values in request.args.lists():
        if len(values) > 1:
            raise Invalid(f"{_shown(name)} is there more than once.", code="bad_field")
        sent[name] = values[0]
    return _checked(model, sent)


def _checked(model: type[Model], sent: Mapping[str, Any]) -> Model:
    try:
        return model.model_validate(sent)
    except ValidationError as error:
        wrong = [
            (".".join(_shown(part) for part in found["loc"]) or "the body", found["type"], found["msg"])
            for found in error.errors(include_url=False, include_context=False, include_input=False)
        ]
        listed = [{"field": name, "message": _sentence(name, kind, said)} for name, kind, said in wrong[:20]]
        raise Invalid(listed[0]["message"], code="bad_field", errors=listed) from error


def _sentence(name: str, kind: str, said: str) -> str:
    if kind == "extra_forbidden":
        return f"There is no field {name!r} here."
    if kind == "missing":
        return f"{name} is missing."
    return f"{name}: {said.removeprefix('Value error, ')}."


def _shown(part: object) -> str:
    """A field's name as sent, cut and with broken characters spelled out."""
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in str(part)[:40])
