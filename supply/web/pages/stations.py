"""Stations: a place, what a scan does there, its devices, and enrolling a screen or an agent."""

from flask import Blueprint

pages = Blueprint("stations", __name__)
