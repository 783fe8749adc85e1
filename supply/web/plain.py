"""What is served without TLS beside the server that has it: how to trust an own authority, and the way to https.

Knows no database, no person and no cookie. Must never answer with anything of the office but its name.
"""

import re

from flask import Flask, Response, abort, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from supply.settings import Settings
from supply.tls.apple_profile import MEDIA_TYPE, apple_profile
from supply.tls.authority import shown
from supply.tls.files import files_in_use, tls_folder
from supply.tls.public_authority import challenge_answer

_HOST = re.compile(r"[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\]")
CERTIFICATE_TYPE = "application/x-x509-ca-cert"


def create_plain_app(settings: Settings, *, secure_port: int) -> Flask:
    """The WSGI app of the plain port; `secure_port` is where https is."""
    app = Flask(__name__)

    @app.get("/trust")
    def trust() -> str:
        return trust_page(settings, secure_address=_secure(secure_port, "/kiosk"))

    @app.get("/trust/authority.crt")
    def authority() -> Response:
        return authority_file(settings)

    @app.get("/trust/authority.mobileconfig")
    def profile() -> Response:
        return apple_file(settings)

    @app.get("/.well-known/acme-challenge/<token>")
    def challenge(token: str) -> Response:
        answer = challenge_answer(tls_folder(settings), token)
        if answer is None:
            abort(404)
        return Response(answer, mimetype="text/plain")

    @app.route("/", defaults={"path": ""})
    @app.route("/<path:path>")
    def elsewhere(path: str) -> AnyResponse:
        return redirect(_secure(secure_port, f"/{path}"), code=308)

    app.after_request(_set_headers)
    return app


def trust_page(settings: Settings, *, secure_address: str) -> str:
    """How to trust this office's authority on each kind of device; with a public certificate, that nothing is to do."""
    files = files_in_use(settings)
    own = files.authority if files else None
    return render_template(
        "trust/trust.html",
        office_name=settings.office.name,
        fingerprint=shown(own).fingerprint if own else None,
        secure_address=secure_address,
    )


def authority_file(settings: Settings) -> Response:
    """The authority's certificate, as Windows, Android and Firefox take it; 404 without one."""
    return Response(_authority(settings), mimetype=CERTIFICATE_TYPE, headers=_saved_as("authority.crt"))


def apple_file(settings: Settings) -> Response:
    """The authority's certificate as iOS and macOS take it; 404 without one."""
    profile = apple_profile(_authority(settings), office=settings.office.name)
    return Response(profile, mimetype=MEDIA_TYPE, headers=_saved_as("supply.mobileconfig"))


def _authority(settings: Settings) -> bytes:
    files = files_in_use(settings)
    if files is None or files.authority is None:
        abort(404)
    return files.authority.read_bytes()


def _saved_as(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def _secure(port: int, path: str) -> str:
    """The same path by https, at the name that was asked for."""
    host = request.host if request.host.startswith("[") else request.host.rsplit(":", 1)[0]
    host = host.split("]")[0] + "]" if host.startswith("[") else host
    if not _HOST.fullmatch(host):
        abort(400)
    return f"https://{host}{'' if port == 443 else f':{port}'}{path}"


def _set_headers(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'self'; img-src 'self'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response
