"""The description of the JSON interface: OpenAPI 3.1 as JSON, and a page to browse it without any other host."""

from importlib import resources

from flask import Blueprint, Response, current_app, jsonify, render_template

from supply.web.access import public

pages = Blueprint("documentation", __name__, url_prefix="/api/v1")
# Swagger's files as packaged; its own page has an inline script, which our policy forbids, so the page is ours.
docs = Blueprint(
    "docs",
    __name__,
    static_folder=str(resources.files("flask_openapi_swagger") / "templates" / "swagger"),
    static_url_path="/static/swagger",
)


@pages.get("/openapi.json")
@public
def description() -> Response:
    """The whole interface as OpenAPI 3.1."""
    return jsonify(current_app.api_doc)  # type: ignore[attr-defined]


@pages.get("/docs")
@public
def browse() -> str:
    """The interface to read and try."""
    return render_template("documentation.html")
