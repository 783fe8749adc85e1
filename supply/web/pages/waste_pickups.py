"""Pickups of waste, from booking to hand-over."""

from flask import Blueprint

from supply.web.entries import refuse_unreadable_address

pages = Blueprint("waste_pickups", __name__, url_prefix="/waste/pickups")
pages.before_request(refuse_unreadable_address)
