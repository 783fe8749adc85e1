"""Which pages and resources there are: one line for each. `app.py` registers them."""

from flask import Blueprint
from flask_openapi import APIBlueprint

from supply.web.api import (
    alerts,
    camera_frames,
    devices,
    health,
    items,
    jobs,
    labels,
    locations,
    lots,
    movements,
    owners,
    print_jobs,
    reorder_suggestions,
    scans,
    stations,
    stock,
    suppliers,
    waste,
    waste_leaving,
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
    reorder,
    sign_in,
    waste_papers,
    waste_parties,
    waste_pickups,
    waste_rules,
    waste_training,
)
from supply.web.pages import alerts as alert_pages
from supply.web.pages import items as item_pages
from supply.web.pages import jobs as job_pages
from supply.web.pages import labels as label_pages
from supply.web.pages import scans as scan_pages
from supply.web.pages import stock as stock_pages
from supply.web.pages import waste as waste_pages

PAGES: tuple[Blueprint, ...] = (
    account.pages,
    alert_pages.pages,
    documentation.docs,
    documentation.pages,
    expiry.pages,
    health.pages,
    home.pages,
    item_pages.pages,
    job_pages.pages,
    kiosk.pages,
    label_pages.pages,
    people.pages,
    places.pages,
    receiving.pages,
    reorder.pages,
    scan_pages.pages,
    sign_in.pages,
    stock_pages.pages,
    waste_pages.pages,
    waste_papers.pages,
    waste_parties.pages,
    waste_pickups.pages,
    waste_rules.pages,
    waste_training.pages,
)

RESOURCES: tuple[APIBlueprint, ...] = (
    alerts.alerts,
    camera_frames.camera_frames,
    devices.devices,
    items.items,
    jobs.jobs,
    labels.labels,
    locations.locations,
    lots.lots,
    movements.movements,
    owners.owners,
    print_jobs.print_jobs,
    reorder_suggestions.reorder_suggestions,
    scans.scans,
    stations.stations,
    stock.stock,
    suppliers.suppliers,
    waste.waste,
    waste_leaving.waste_leaving,
)
