"""What happened at the shelves of the demonstration office: a scan that only a name claims, a wish, sheets printed."""

from datetime import datetime, timedelta
from uuid import uuid5

from supply.demo.catalogue import DemoItem
from supply.demo.places import KIOSK
from supply.demo.posting import NAMESPACE, Clerk
from supply.demo.station_keys import StationKeys
from supply.errors import NotFound
from supply.staff.permissions import Role
from supply.stations import downtime
from supply.stations.asking import Asking, ask_at_shelf
from supply.stations.enrolments import device_of_token
from supply.stations.fields import ScanRules
from supply.stations.scans import handle_scan
from supply.stock.shelf_requests import NEED_MORE

CLAIMED, WANTED = "SYR-3ML", "PAP-CUP"


def ask_and_claim(
    clerk: Clerk, items: dict[str, DemoItem], keys: StationKeys, *, rules: ScanRules, now: datetime
) -> None:
    """Without a network the nurse chose her name at the screen; she asked for more cups; sheets were printed."""
    session, nurse = clerk.session, clerk.staff[Role.nurse].actor
    made_at = now - timedelta(hours=3)
    screen = device_of_token(session, keys.tokens[KIOSK], made_at)
    if screen is None:
        raise NotFound("The demonstration's screen is not enrolled.")
    body = {
        "request_id": str(uuid5(NAMESPACE, "claimed scan")),
        "barcode": items[CLAIMED].box_gtin,
        "action": "use",
        "occurred_at": (now - timedelta(hours=4)).isoformat(),
        "claimed_by": nurse.name,
        "station": KIOSK,
    }
    handle_scan(session, body=body, sender=screen.actor, now=made_at, rules=rules)
    wish = Asking(uuid5(NAMESPACE, "wish"), WANTED, None, items[WANTED].place, NEED_MORE)
    today = now.astimezone(rules.zone).date()
    ask_at_shelf(session, wish, by=nurse, now=now - timedelta(hours=2), today=today, separators=rules.separators)
    sheet = downtime.make_sheet(
        session, actor_id=clerk.staff[Role.manager].actor.person_id, now=now - timedelta(days=3)
    )
    downtime.note_printed(session, sheet_id=sheet.id, now=now - timedelta(days=3))
