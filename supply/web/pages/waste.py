"""The board of waste containers."""

from flask import Blueprint

from supply.web.entries import refuse_unreadable_address

pages = Blueprint("waste", __name__, url_prefix="/waste")
pages.before_request(refuse_unreadable_address)
