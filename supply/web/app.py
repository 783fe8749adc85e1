"""Putting the web role together. It starts nothing: `server.py` serves what this makes."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask_bootstrap import Bootstrap5
from flask_openapi import Info, OpenAPI
from flask_openapi.models import SecurityScheme

from supply.db import Database
from supply.settings import Settings
from supply.web import appearance, formatting, guard, navigation, notices, problems, security, strictness, worker_sign
from supply.web.context import EXTENSION, Context, actor_or_none, csrf_token, may, now, settings, today, utc_now
from supply.web.registry import PAGES, RESOURCES

REQUEST_BYTES = 1024 * 1024
VERSION = "1.0.0"
SIGN_IN_KINDS = {
    "bearer": SecurityScheme(type="http", scheme="bearer"),
    "session": SecurityScheme(type="apiKey", **{"in": "cookie", "name": "supply_session"}),
}


def create_app(db: Database, settings: Settings, *, clock: Callable[[], datetime] = utc_now) -> OpenAPI:
    """The WSGI app on this database; `clock` gives aware UTC moments."""
    app = OpenAPI(
        __name__,
        info=Info(title="Supply", version=VERSION, description="Supply-room system for medical offices."),
        security_schemes=SIGN_IN_KINDS,
        validation_error_status=422,
        validation_error_model=problems.Problem,
        validation_error_callback=problems.validation_problem,
        doc_ui=False,
    )
    app.openapi_version = "3.1.0"
    app.extensions[EXTENSION] = Context(db, settings, clock)
    app.config.update(MAX_CONTENT_LENGTH=REQUEST_BYTES, BOOTSTRAP_SERVE_LOCAL=True, TEMPLATES_AUTO_RELOAD=False)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    Bootstrap5(app)
    for installed in (strictness, guard, security, problems, notices, formatting, worker_sign):
        installed.install(app)
    app.jinja_env.globals.update(csrf_token=csrf_token, may=may)  # globals, so that macros have them too
    app.context_processor(_for_templates)
    for page in PAGES:
        app.register_blueprint(page)
    for resource in RESOURCES:
        app.register_api(resource)
    return app


def _for_templates() -> dict[str, Any]:
    """What every template may use."""
    return {
        "actor": actor_or_none(),
        "navigation": navigation.groups,
        "notices": notices.take,
        "now": now,
        "office": settings().office,
        "theme": appearance.theme(),
        "today": today,
    }
