"""Labels to print, and the print queue."""

from flask import Blueprint

from supply.web.entries import refuse_unreadable_address

pages = Blueprint("labels", __name__, url_prefix="/labels")
pages.before_request(refuse_unreadable_address)
