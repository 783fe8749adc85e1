"""The menu: one line for each page, shown to whoever may use it. A line whose page is not there yet is left out."""

from dataclasses import dataclass

from flask import current_app, request, url_for

from supply.staff.permissions import Action
from supply.web.context import actor_or_none, may

# label, endpoint, the action that it needs (None: anybody signed in)
MENU: tuple[tuple[str, str, Action | None], ...] = (
    ("Morning", "home.start", None),
    ("Alerts", "alerts.listing", None),
    ("Kiosk", "kiosk.screen", Action.throw_out),
    ("Items", "items.listing", Action.look_up),
    ("Stock", "stock.listing", Action.look_up),
    ("Expiry", "expiry.listing", Action.look_up),
    ("Reorder", "reorder.listing", Action.purchase),
    ("Receive", "receiving.start", Action.receive),
    ("Scans to settle", "scans.unsettled", Action.settle_scans),
    ("Waste", "waste.board", Action.containers_add),
    ("Labels", "labels.start", Action.print_container_labels),
    ("Jobs", "jobs.listing", Action.run_jobs),
    ("Places", "places.listing", Action.look_up),
    ("People", "people.listing", Action.administer),
)


@dataclass(frozen=True)
class Entry:
    """One line of the menu as a page shows it."""

    label: str
    endpoint: str
    address: str
    is_current: bool


def entries() -> list[Entry]:
    """The menu of whoever is asking; empty for nobody."""
    if actor_or_none() is None:
        return []
    here = (request.endpoint or "").split(".")[0]
    return [
        Entry(label, endpoint, url_for(endpoint), endpoint.split(".")[0] == here)
        for label, endpoint, action in MENU
        if endpoint in current_app.view_functions and (action is None or may(action))
    ]
