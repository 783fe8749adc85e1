"""What people asked for at the shelf: need more, shelf empty."""

from flask import Blueprint

pages = Blueprint("shelf_requests", __name__)
