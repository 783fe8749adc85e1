"""What makes the kiosk an app of its own: manifest, service worker, and the shell that opens without a network."""

from flask import Blueprint

pages = Blueprint("kiosk_app", __name__)
