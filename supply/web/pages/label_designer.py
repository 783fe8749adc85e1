"""Label templates of the office: size, fields, a live preview, and the proof that it scans."""

from flask import Blueprint

pages = Blueprint("label_designer", __name__)
