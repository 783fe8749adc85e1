"""The menu: one line for each page under a heading of its own, shown to whoever may use it."""

from dataclasses import dataclass

from flask import current_app, request, url_for

from supply.staff.permissions import Action
from supply.web.context import actor_or_none, may

# heading; then label, endpoint, the actions of which it needs one (none: anybody signed in)
Line = tuple[str, str, *tuple[Action, ...]]
MENU: tuple[tuple[str, tuple[Line, ...]], ...] = (
    ("Today", (("Morning", "home.start"), ("Alerts", "alerts.listing"))),
    (
        "Shelves",
        (
            ("Kiosk", "kiosk.screen", Action.throw_out),
            ("Items", "items.listing", Action.look_up),
            ("Stock", "stock.listing", Action.look_up),
            ("Expiry", "expiry.listing", Action.look_up),
            ("Places", "places.listing", Action.look_up),
        ),
    ),
    (
        "Supplies",
        (
            ("Reorder", "reorder.listing", Action.purchase),
            ("Receive", "receiving.start", Action.receive),
            ("Scans to settle", "scans.unsettled", Action.settle_scans),
            ("Asked for at the shelf", "shelf_requests.listing", Action.purchase),
            ("Labels", "labels.start", Action.print_container_labels),
            ("Sheets to hang up", "command_sheets.start", Action.print_labels, Action.administer),
            ("Power-cut sheets", "downtime.start", Action.take),
        ),
    ),
    ("Waste", (("Waste containers", "waste.board", Action.containers_add),)),
    (
        "Office",
        (
            ("Devices", "devices.listing", Action.print_labels, Action.administer),
            ("Stations", "stations.listing", Action.administer),
            ("Jobs", "jobs.listing", Action.run_jobs),
            ("People", "people.listing", Action.administer),
            ("Badges", "badges.listing", Action.settle_scans, Action.administer),
        ),
    ),
)


@dataclass(frozen=True)
class Entry:
    """One line of the menu as a page shows it."""

    label: str
    endpoint: str
    address: str
    is_current: bool


@dataclass(frozen=True)
class Group:
    """Lines that belong together, under their heading."""

    heading: str
    entries: tuple[Entry, ...]


def groups() -> list[Group]:
    """The menu of whoever is asking, without groups that would be empty; empty for nobody."""
    if actor_or_none() is None:
        return []
    made = [Group(heading, tuple(map(_entry, filter(_is_shown, lines)))) for heading, lines in MENU]
    return [group for group in made if group.entries]


def _is_shown(line: Line) -> bool:
    _label, endpoint, *actions = line
    return endpoint in current_app.view_functions and (not actions or any(map(may, actions)))


def _entry(line: Line) -> Entry:
    label, endpoint = line[:2]
    here = (request.endpoint or "").split(".")[0]
    area = endpoint.split(".")[0]
    return Entry(label, endpoint, url_for(endpoint), here == area or here.startswith(f"{area}_"))
