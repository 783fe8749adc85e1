"""What people must be told, most urgent first."""

from flask import Blueprint

from supply.web.entries import refuse_unreadable_address

pages = Blueprint("alerts", __name__, url_prefix="/alerts")
pages.before_request(refuse_unreadable_address)
