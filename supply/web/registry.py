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
from supply.web.pages import (
    account,
    documentation,
    expiry,
    home,
    kiosk,
    people,
    places,
    receiving,
    sign_in,
)
from supply.web.pages import items as item_pages
from supply.web.pages import scans as scan_pages
from supply.web.pages import stock as stock_pages

PAGES: tuple[Blueprint, ...] = (
    account.pages,
    documentation.docs,
    documentation.pages,
    expiry.pages,
    health.pages,
    home.pages,
    item_pages.pages,
    kiosk.pages,
    people.pages,
    places.pages,
    receiving.pages,
    scan_pages.pages,
    sign_in.pages,
    stock_pages.pages,
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
