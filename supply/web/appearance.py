"""Light or dark: what the person chose on this browser, kept in a cookie so that it works without script."""

from flask import Response, request

COOKIE = "supply_theme"
THEMES = ("auto", "light", "dark")


def theme() -> str:
    """`light`, `dark`, or `auto` for whatever the device prefers."""
    chosen = request.cookies.get(COOKIE)
    return chosen if chosen in THEMES else "auto"


def remember(response: Response, chosen: str) -> None:
    """Keep the choice for a year."""
    response.set_cookie(
        COOKIE, chosen, max_age=365 * 24 * 3600, samesite="Lax", httponly=True, secure=request.is_secure
    )
