"""The headers of every answer, and the check of addresses that a request wants to be sent on to."""

from flask import Flask, Response, request

from supply.web.access import PUBLIC_FILES

POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "worker-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # not `no-referrer`: with that, browsers send `Origin: null` with our own forms
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
A_YEAR = 365 * 24 * 3600


def install(app: Flask) -> None:
    """Set the headers on every answer of the app."""
    app.after_request(_set_headers)


def safe_next(address: str | None) -> str:
    """The address when it is a path of ours, else the start page: no way to be sent to another site."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\")):
        return "/"
    return address if address.isprintable() and "\\" not in address and len(address) <= 2000 else "/"


def _set_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", f"max-age={A_YEAR}")
    if request.endpoint not in PUBLIC_FILES:
        # A shared screen: after signing off, Back must show nothing.
        response.headers.setdefault("Cache-Control", "no-store")
    return response
