"""What can be reached from a station: by a badge, by a badge with its PIN, by the enrolled device itself.

Everything that is not listed here needs a password or a token of one's own.
"""

from collections.abc import Mapping

from supply.staff.permissions import Level

_ALL = frozenset({Level.device, Level.badge, Level.pin})
_PERSON = frozenset({Level.badge, Level.pin})
_PIN = frozenset({Level.pin})
_DEVICE = frozenset({Level.device})

# Whole resources that exist for stations.
RESOURCES: Mapping[str, frozenset[Level]] = {"api_kiosk": _ALL, "api_station-devices": _DEVICE}
ROUTES: Mapping[str, frozenset[Level]] = {
    "api_scans.post_scan": _ALL,
    "api_scans.show_scan": _PERSON,
    "api_scans.list_scans": _PERSON,
    "api_scans.undo_scan": _PERSON,
    "api_scans.confirm_scan": _PERSON,
    "api_scans.resolve_scan": _PIN,
    "api_stations.list_stations": _ALL,
    "api_stations.list_answers": _ALL,
    "api_stations.sign_on": _PERSON,
    "api_stations.sign_off": _ALL,
    "api_stations.list_deliveries": _PIN,
    "api_stations.open_delivery": _PIN,
    "api_stations.turn_run": _PERSON,
    "api_station-people.sign_on_by_badge": _ALL,
    "api_station-people.prove_by_pin": _PERSON,
    "api_station-people.list_people": _ALL,
    "api_shelf-requests.ask": _PERSON,
    "api_shelf-requests.list_requests": _PIN,
    "api_shelf-requests.settle": _PIN,
    "api_camera_frames.read_frame": _ALL,
    "api_items.list_items": _PIN,
    "api_lots.hold_lot": _PIN,
    "api_labels.post_label": _PIN,
}


def reached_from_station(endpoint: str | None, level: Level) -> bool:
    """Whether an actor proven at a station only as `level` gets to that route at all."""
    name = endpoint or ""
    levels = ROUTES.get(name) or RESOURCES.get(name.split(".")[0], frozenset())
    return level in levels
