"""Placeholder while being written."""

from flask import Blueprint

pages = Blueprint("people", __name__)
