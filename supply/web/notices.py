"""What was done, said once on the page after it: left before a redirect, taken by the next page. It holds no secret."""

import base64
import binascii
import json
from dataclasses import asdict, dataclass

from flask import Flask, Response, g, request

COOKIE = "supply_notice"
KINDS = frozenset({"ok", "note", "soon", "short", "stop", "waiting"})
MOST_BYTES = 3000


@dataclass(frozen=True)
class Notice:
    """One sentence, its state (`ok`, `note`, …), and where a form may be posted to undo it."""

    text: str
    kind: str = "ok"
    undo: str | None = None


def install(app: Flask) -> None:
    """Carry notices over redirects."""
    app.after_request(_carry)


def leave(text: str, kind: str = "ok", *, undo: str | None = None) -> None:
    """Say this on the next page; `undo` is the path that takes it back by POST."""
    g.supply_notice_left = Notice(text, kind, undo)


def take() -> list[Notice]:
    """The notices for this page; each is given once."""
    g.supply_notice_taken = True
    raw = request.cookies.get(COOKIE)
    if not raw or len(raw) > MOST_BYTES:
        return []
    try:
        said = json.loads(base64.urlsafe_b64decode(raw))
        notice = Notice(str(said["text"]), str(said["kind"]), said.get("undo"))
    except (binascii.Error, ValueError, KeyError, TypeError, AttributeError):
        return []
    undo = notice.undo if isinstance(notice.undo, str) and notice.undo.startswith("/") else None
    return [Notice(notice.text, notice.kind if notice.kind in KINDS else "note", undo)]


def _carry(response: Response) -> Response:
    left: Notice | None = g.get("supply_notice_left")
    if left is not None:
        value = base64.urlsafe_b64encode(json.dumps(asdict(left)).encode()).decode()
        if len(value) <= MOST_BYTES:
            response.set_cookie(COOKIE, value, httponly=True, samesite="Lax", secure=request.is_secure, max_age=60)
    elif g.get("supply_notice_taken") and COOKIE in request.cookies:
        response.delete_cookie(COOKIE)
    return response
