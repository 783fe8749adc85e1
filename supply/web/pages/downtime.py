"""Take-sheets for a power cut, and scanning them back."""

from flask import Blueprint

pages = Blueprint("downtime", __name__)
