"""Who makes, carries and destroys waste, with their registrations."""

from flask import Blueprint

from supply.web.entries import refuse_unreadable_address

pages = Blueprint("waste_parties", __name__, url_prefix="/waste/parties")
pages.before_request(refuse_unreadable_address)
