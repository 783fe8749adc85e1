"""Scanner set-up: scan three symbols, see what arrived, and read what to change."""

from flask import Blueprint

pages = Blueprint("scanner_setup", __name__)
