"""How to make this office’s own certificate trusted on a phone or tablet."""

from flask import Blueprint

pages = Blueprint("trust", __name__)
