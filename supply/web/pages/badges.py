"""Badges, PINs and day badges: issuing, printing and ending them."""

from flask import Blueprint

pages = Blueprint("badges", __name__)
