"""What makes the kiosk an app of its own: manifest, service worker, and the shell that opens without a network.

All of it is the same for everybody and holds nothing of the stock: tablets keep it.
"""

import json
import re
from hashlib import sha256
from pathlib import Path, PurePosixPath
from posixpath import normpath
from typing import Any

from flask import Blueprint, Response, current_app, render_template, request, url_for

from supply.web.access import public
from supply.web.context import settings
from supply.web.pages.kiosk import SECOND_CODE_SECONDS, command_effects

pages = Blueprint("kiosk_app", __name__)

RELEASE_HEADER = "X-Kiosk-Release"  # the worker in the tablet reads it, and fetches the new release
SCOPE = "/kiosk"
_IMPORT = re.compile(r"""(?:from|import)\s*\(?\s*"(\.{1,2}/[^"]+\.js)\"""")
_NAMED = re.compile(r'(?:href|src)="(/[^"]+\.(?:css|js|svg|png)(?:\?[^"]*)?)"')
_BESIDES = ("kiosk/icon-192.png", "kiosk/icon-512.png")
_COLOUR = "#0a5bb0"
_TEMPLATE, _THEME = "kiosk/kiosk.html", "auto"


@pages.get("/kiosk/app.webmanifest")
@public
def manifest() -> Response:
    """Describe the kiosk as an app that a tablet can install; it opens at the station it was installed from."""
    station = request.args.get("station")
    start = url_for("kiosk.screen", station=station[:40]) if station else url_for("kiosk.screen")
    icons = [
        {"src": url_for("static", filename=f"kiosk/icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png",
         "purpose": "any maskable"}
        for size in (192, 512)
    ]  # fmt: skip
    described = {
        "id": start,
        "name": f"{settings().office.name} kiosk",
        "short_name": "Kiosk",
        "start_url": start,
        "scope": SCOPE,
        "display": "fullscreen",
        "display_override": ["fullscreen", "standalone"],
        "background_color": "#ffffff",
        "theme_color": _COLOUR,
        "icons": icons,
    }
    return _fresh(json.dumps(described), "application/manifest+json")


@pages.get("/kiosk/shell")
@public
def shell() -> str:
    """Show the kiosk's frame for a tablet without a network: nobody signed in, nothing of the office but its name."""
    return render_template(_TEMPLATE, settings=_shell_values(), theme=_THEME)


@pages.get("/kiosk/worker.js")
@public
def worker() -> Response:
    """The service worker of this release: it changes with every file that the kiosk needs."""
    script = _file(url_for("static", filename="kiosk/service_worker.js")).read_text("utf-8")
    response = _fresh(f"const RELEASE = {json.dumps(_release())};\n{script}", "text/javascript; charset=utf-8")
    response.headers["Service-Worker-Allowed"] = SCOPE
    return response


@pages.after_app_request
def name_release(response: Response) -> Response:
    """Say with the kiosk's page of which release it is, so that a tablet never mixes two."""
    if request.endpoint == "kiosk.screen" and response.status_code == 200:
        response.headers[RELEASE_HEADER] = _release()["name"]
    return response


def _fresh(text: str, kind: str) -> Response:
    response = Response(text, content_type=kind)
    response.headers["Cache-Control"] = "no-cache"
    return response


def _release() -> dict[str, Any]:
    """The release by name, its shell, and the digest of every file that it needs; the shell, being drawn, has none."""
    template = current_app.jinja_env.loader.get_source(current_app.jinja_env, _TEMPLATE)[0]  # type: ignore[union-attr]
    files = _files()
    named = json.dumps([sorted(files.items()), template, _shell_values()])
    address = url_for("kiosk_app.shell")
    return {"name": _digest(named.encode())[:16], "shell": address, "files": {**files, address: ""}}


def _shell_values() -> dict[str, Any]:
    """What the script needs to start without a network: the office's rules; the tablet keeps the rest by itself."""
    return {
        "shell": True,
        "station": None,
        "mode": "use",
        "location": None,
        "locations": [],
        "departments": [],
        "person": None,
        "level": None,
        "enrolled": False,
        "ask_unit": True,
        "commands": command_effects(),
        "serial": False,
        "may": {},
        "csrf": "",
        "office": settings().office.name,
        "home_url": url_for("home.start"),
        "sign_in_url": url_for("sign_in.form", next=url_for("kiosk.screen")),
        "idle_seconds": settings().sign_in.kiosk_idle_minutes * 60,
        "mode_idle_seconds": settings().kiosk.mode_idle_minutes * 60,
        "second_code_seconds": SECOND_CODE_SECONDS,
        "undo_minutes": settings().scanning.undo_minutes,
        "now": None,
        "theme": _THEME,
        "wedge": {"separatorAliases": list(settings().scanning.separators)},
    }


def _files() -> dict[str, str]:
    """The digest of every file, by address, that the shell or a script of it names, however deep."""
    drawn = render_template(_TEMPLATE, settings=_shell_values(), theme=_THEME)
    named = {address.partition("?")[0] for address in _NAMED.findall(drawn)}
    todo, found = [*sorted(named), *(url_for("static", filename=name) for name in _BESIDES)], {}
    while todo:
        address = todo.pop()
        if address in found:
            continue
        content = _file(address).read_bytes()
        found[address] = _digest(content)
        if address.endswith(".js"):
            folder = PurePosixPath(address).parent
            todo += [normpath(folder / other) for other in _IMPORT.findall(content.decode())]
    return found


def _file(address: str) -> Path:
    """The file that is served at this address."""
    bootstrap = current_app.blueprints["bootstrap"]
    for endpoint, folder in (("bootstrap.static", bootstrap.static_folder), ("static", current_app.static_folder)):
        prefix = url_for(endpoint, filename="")
        if address.startswith(prefix):
            return Path(str(folder)) / address.removeprefix(prefix)
    raise ValueError(f"{address} is no file of ours")


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()
