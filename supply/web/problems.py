"""What becomes of an error: problem+json (RFC 9457) for programs, a page with the sentence and a way on for people."""

import json
import logging
import secrets
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, make_response, redirect, render_template, request, url_for
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from supply.db import NotSaved, is_unavailable
from supply.errors import Conflict, Invalid, NotAllowed, NotFound, SupplyError
from supply.staff.sign_in import LockedOut, WrongNameOrPassword
from supply.web.context import NotSignedIn
from supply.web.guard import is_api

log = logging.getLogger(__name__)

PROBLEM = "application/problem+json"
RETRY_AFTER_SECONDS = "2"
STATUS: tuple[tuple[type[SupplyError], int], ...] = (
    (NotSignedIn, 401),
    (WrongNameOrPassword, 401),
    (LockedOut, 429),
    (NotSaved, 503),
    (NotFound, 404),
    (Conflict, 409),
    (NotAllowed, 403),
    (Invalid, 422),
    (SupplyError, 422),
)
STATUS_OF_CODE = {"not_json": 400, "wrong_media_type": 415}
HTTP_SENTENCES = {
    400: "This request cannot be read. Check it and send it again.",
    404: "There is nothing at this address. Check it, or go on from the start page.",
    405: "This address does not take that kind of request.",
    413: "That is too large. Send a smaller file or text.",
    414: "That address is too long.",
    415: "This address does not take that kind of content.",
    431: "The headers of this request are too large.",
}


class Problem(BaseModel):
    """RFC 9457, with our `code`; some problems carry more, such as `candidates`."""

    type: str
    title: str
    status: int
    detail: str
    code: str


def install(app: Flask) -> None:
    """Answer every error of the app in our words."""
    app.register_error_handler(SupplyError, refuse)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _our_fault)


def status_of(error: SupplyError) -> int:
    """The HTTP status of a refusal."""
    if error.code in STATUS_OF_CODE:
        return STATUS_OF_CODE[error.code]
    return next(status for kind, status in STATUS if isinstance(error, kind))


def refuse(error: SupplyError) -> Response | AnyResponse:
    """The answer to a refusal: a problem, a page, or the way to the sign-in form."""
    status = status_of(error)
    if isinstance(error, NotSignedIn) and not is_api():
        return redirect(url_for("sign_in.form", next=_where_they_were()), 303)
    response = answer(status, error.code, error.message, error.details)
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="supply"'
    return response


def answer(status: int, code: str, sentence: str, details: dict[str, Any] | None = None) -> Response:
    """The sentence as problem+json under /api, as a page elsewhere."""
    if is_api():
        return problem(status, code, sentence, details)
    page = render_template("errors/problem.html", status=status, sentence=sentence, code=code, details=details or {})
    return make_response(page, status)


def problem(status: int, code: str, detail: str, details: dict[str, Any] | None = None) -> Response:
    """An RFC 9457 answer with our `code`; `details` are further members, and never hide the standard ones."""
    title = HTTPStatus(status).phrase
    body = {**(details or {}), "type": "about:blank", "title": title, "status": status, "detail": detail, "code": code}
    return Response(json.dumps(body, default=str), status, content_type=PROBLEM)


def validation_problem(error: ValidationError) -> Response:
    """422 with every wrong field named; for flask-openapi's models."""
    wrong = [
        {"field": ".".join(str(part) for part in found["loc"]), "message": found["msg"]}
        for found in error.errors(include_url=False, include_context=False, include_input=False)
    ]
    named = "; ".join(f"{one['field'] or 'body'}: {one['message']}" for one in wrong[:5])
    return problem(422, "invalid", f"Some fields are not right: {named}.", {"errors": wrong[:50]})


def _http_error(error: HTTPException) -> Response | AnyResponse:
    if error.response is not None or error.code is None or error.code < 400:
        return error.get_response()
    sentence = HTTP_SENTENCES.get(error.code) or str(error.description or error.name)
    response = answer(error.code, error.name.lower().replace(" ", "_"), sentence)
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    return response


def _our_fault(error: Exception) -> Response:
    """A bug of ours: the person learns its number, the log the rest."""
    if is_unavailable(error):
        log.warning("The database does not answer: %s", error)
        response = answer(
            503, "not_saved", "The database does not answer. Send it again; the same request counts once."
        )
        response.headers["Retry-After"] = RETRY_AFTER_SECONDS
        return response
    number = secrets.token_hex(4)
    log.error("Error %s at %s %s", number, request.method, request.path, exc_info=error)
    sentence = f"Something went wrong on our side; nothing was changed. Try again. If it stays, report number {number}."
    return answer(500, "our_fault", sentence)


def _where_they_were() -> str:
    if request.method == "GET":
        return request.full_path.rstrip("?")
    return "/"
