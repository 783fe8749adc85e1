"""Scans that wait for a person: codes nobody knows, stock the book did not have, an expired lot that was used."""

from datetime import datetime, timedelta
from uuid import uuid5

from supply.barcodes.gtin import check_digit
from supply.demo.catalogue import DemoItem
from supply.demo.oddities import label_of
from supply.demo.places import KIOSK
from supply.demo.posting import NAMESPACE, Clerk
from supply.staff.permissions import Role
from supply.stations.fields import ScanRules
from supply.stations.scans import handle_scan

UNKNOWN = ("195200098765", "195200098766", "095200098767")


def unknown_code(number: int) -> str:
    """The GTIN of a box that is in nobody's catalogue."""
    payload = f"{UNKNOWN[number]}0"
    return payload + check_digit(payload)


def make_scans(clerk: Clerk, items: dict[str, DemoItem], *, rules: ScanRules, now: datetime) -> None:
    """Scan as a nurse would have in the last days, through the same entrance as every scanner."""
    today = now.astimezone(rules.zone).date()
    scans: list[tuple[float, dict[str, object]]] = [
        (50, {"barcode": unknown_code(0), "action": "use"}),
        (27, {"barcode": unknown_code(1), "action": "receive", "quantity": 2}),
        (5, {"barcode": unknown_code(2), "action": "use"}),
        (30, {"barcode": items["PPE-GOGGLE"].sku, "action": "use", "quantity": 40}),
        (6, {"barcode": items["SUT-NYL-5"].other_code, "action": "use", "quantity": 2, "location": "EXAM-6"}),
        (4, {"barcode": label_of("already used", items, today), "action": "use", "reason": "already_used"}),
        (2, {"barcode": items["SYR-3ML"].box_gtin, "action": "use", "quantity": 2, "department": "Nursing"}),
        (1, {"barcode": items["GLV-NIT-M"].box_gtin, "action": "use", "quantity": 4, "department": "Nursing"}),
    ]
    for number, (hours, fields) in enumerate(sorted(scans, key=lambda scan: -scan[0])):
        role = Role.receiver if fields["action"] == "receive" else Role.nurse
        body = {"request_id": str(uuid5(NAMESPACE, f"scan {number}")), "station": KIOSK, **fields}
        handle_scan(
            clerk.session, body=body, sender=clerk.staff[role].actor, now=now - timedelta(hours=hours), rules=rules
        )
