"""How to make this office's own certificate trusted on a phone or tablet."""

from flask import Blueprint, Response, request

from supply.web import plain
from supply.web.access import public
from supply.web.context import settings

pages = Blueprint("trust", __name__)


@pages.get("/trust")
@public
def page() -> str:
    """The steps for each kind of device."""
    return plain.trust_page(settings(), secure_address=f"{request.host_url.rstrip('/')}/kiosk")


@pages.get("/trust/authority.crt")
@public
def authority() -> Response:
    """The authority's certificate."""
    return plain.authority_file(settings())


@pages.get("/trust/authority.mobileconfig")
@public
def profile() -> Response:
    """The same for iPhone and iPad."""
    return plain.apple_file(settings())
