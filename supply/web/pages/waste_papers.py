"""Shipping papers of waste: shown, signed, chased, kept."""

from flask import Blueprint

from supply.web.entries import refuse_unreadable_address

pages = Blueprint("waste_papers", __name__, url_prefix="/waste/papers")
pages.before_request(refuse_unreadable_address)
