"""Which pages and resources there are: one line for each. `app.py` registers them."""

from flask import Blueprint
from flask_openapi import APIBlueprint

from supply.web.api import (
    camera_frames,
    devices,
    health,
    items,
    locations,
    lots,
    movements,
    owners,
    scans,
    stations,
    stock,
)
from supply.web.pages import account, documentation, home, kiosk, people, sign_in

PAGES: tuple[Blueprint, ...] = (
    account.pages,
    documentation.docs,
    documentation.pages,
    health.pages,
    home.pages,
    kiosk.pages,
    people.pages,
    sign_in.pages,
)

RESOURCES: tuple[APIBlueprint, ...] = (
    camera_frames.camera_frames,
    devices.devices,
    items.items,
    locations.locations,
    lots.lots,
    movements.movements,
    owners.owners,
    scans.scans,
    stations.stations,
    stock.stock,
)
