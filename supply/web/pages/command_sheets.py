"""Sheets of barcodes to print: commands, places and test symbols."""

from flask import Blueprint

pages = Blueprint("command_sheets", __name__)
