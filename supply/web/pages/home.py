"""The start page: what this person can do, the most likely first."""

from flask import Blueprint, render_template

from supply.web.access import anybody_signed_in

pages = Blueprint("home", __name__)


@pages.get("/")
@anybody_signed_in
def start() -> str:
    """Show the start page."""
    return render_template("home/start.html")
