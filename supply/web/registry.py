"""Which pages and resources there are: one line for each. `app.py` registers them."""

from flask import Blueprint
from flask_openapi import APIBlueprint

from supply.web.api import (
    agent_labels,
    alerts,
    camera_frames,
    devices,
    health,
    items,
    jobs,
    label_templates,
    labels,
    locations,
    lots,
    movements,
    owners,
    print_jobs,
    reorder_suggestions,
    scans,
    shelf_requests,
    station_people,
    stations,
    stock,
    suppliers,
    waste,
    waste_leaving,
)
from supply.web.api import (
    kiosk as kiosk_resource,
)
from supply.web.pages import (
    account,
    badges,
    command_sheets,
    documentation,
    downtime,
    expiry,
    home,
    kiosk,
    kiosk_app,
    label_designer,
    people,
    places,
    receiving,
    reorder,
    scanner_setup,
    sign_in,
    trust,
    waste_papers,
    waste_parties,
    waste_pickups,
    waste_rules,
    waste_training,
)
from supply.web.pages import alerts as alert_pages
from supply.web.pages import devices as device_pages
from supply.web.pages import items as item_pages
from supply.web.pages import jobs as job_pages
from supply.web.pages import labels as label_pages
from supply.web.pages import scans as scan_pages
from supply.web.pages import shelf_requests as shelf_request_pages
from supply.web.pages import stations as station_pages
from supply.web.pages import stock as stock_pages
from supply.web.pages import waste as waste_pages

PAGES: tuple[Blueprint, ...] = (
    account.pages,
    alert_pages.pages,
    badges.pages,
    command_sheets.pages,
    device_pages.pages,
    documentation.docs,
    documentation.pages,
    downtime.pages,
    expiry.pages,
    health.pages,
    home.pages,
    item_pages.pages,
    job_pages.pages,
    kiosk.pages,
    kiosk_app.pages,
    label_designer.pages,
    label_pages.pages,
    people.pages,
    places.pages,
    receiving.pages,
    reorder.pages,
    scan_pages.pages,
    scanner_setup.pages,
    shelf_request_pages.pages,
    sign_in.pages,
    station_pages.pages,
    stock_pages.pages,
    trust.pages,
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
    kiosk_resource.kiosk,
    label_templates.label_templates,
    labels.labels,
    locations.locations,
    lots.lots,
    movements.movements,
    owners.owners,
    print_jobs.print_jobs,
    reorder_suggestions.reorder_suggestions,
    scans.scans,
    shelf_requests.shelf_requests,
    agent_labels.agent_devices,
    station_people.station_people,
    stations.stations,
    stock.stock,
    suppliers.suppliers,
    waste.waste,
    waste_leaving.waste_leaving,
)
