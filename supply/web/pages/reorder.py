"""What to order, and why."""

from flask import Blueprint

from supply.web.entries import refuse_unreadable_address

pages = Blueprint("reorder", __name__, url_prefix="/reorder")
pages.before_request(refuse_unreadable_address)
