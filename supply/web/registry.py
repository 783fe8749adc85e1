"""Which pages and resources there are: one line for each. `app.py` registers them."""

from flask import Blueprint
from flask_openapi import APIBlueprint

from supply.web.api import health
from supply.web.pages import account, documentation, home, people, sign_in

PAGES: tuple[Blueprint, ...] = (
    account.pages,
    documentation.docs,
    documentation.pages,
    health.pages,
    home.pages,
    people.pages,
    sign_in.pages,
)

RESOURCES: tuple[APIBlueprint, ...] = ()
