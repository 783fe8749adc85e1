"""Every device with its state in words, a test, and what was found on the wire."""

from flask import Blueprint

pages = Blueprint("devices", __name__)
