"""The four kinds of refusal a person can meet, and nothing else. Every message is one sentence for that person."""

from typing import Any


class SupplyError(Exception):
    """A rule said no. `message` is for the person, `code` for programs, `details` (candidates, say) is JSON-ready."""

    code = "refused"

    def __init__(self, message: str, *, code: str | None = None, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.details = details


class NotFound(SupplyError):
    """What was named does not exist."""

    code = "not_found"


class Invalid(SupplyError):
    """What was sent cannot be right; nothing was changed."""

    code = "invalid"


class Conflict(SupplyError):
    """What was asked collides with what already is."""

    code = "conflict"


class NotAllowed(SupplyError):
    """This person may not do that."""

    code = "not_allowed"
