"""What happens by itself, when it last did, and a button to do it now."""

from flask import Blueprint

from supply.web.entries import refuse_unreadable_address

pages = Blueprint("jobs", __name__, url_prefix="/jobs")
pages.before_request(refuse_unreadable_address)
