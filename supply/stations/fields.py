"""Reading the fields of a scan request. A wrong one is a refusal that is stored; no scan is lost by it."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any, Protocol
from uuid import UUID

from supply.errors import Invalid
from supply.stock.lots import checked_lot_number

ACTIONS = ("receive", "use", "return", "move", "count", "discard", "lookup")
UNITS = ("code", "each")
FIELDS = frozenset(
    {"request_id", "barcode", "action", "quantity", "location", "to_location", "lot", "expiry", "department"}
    | {"container", "owner", "station", "occurred_at", "reason", "claimed_by"}
    | {"unit", "ask_unit", "remember"}
)
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
PAST_DAYS = 90
FUTURE_MINUTES = 24 * 60
BODY_LENGTH = 16_000
BARCODE_LENGTH = 512


class ScanningSettings(Protocol):
    """The `scanning` section of the settings, as far as it is needed here."""

    @property
    def separators(self) -> tuple[str, ...]:
        """What scanners here send in place of GS."""

    @property
    def expires_soon_days(self) -> int:
        """How near an expiry must be to be mentioned, in days."""

    @property
    def undo_minutes(self) -> int:
        """How long a scan can be undone, in minutes."""

    @property
    def quantity_limit(self) -> int:
        """The most one scan may move, in packs."""


@dataclass(frozen=True)
class ScanRules:
    """What the office has set about scans, its time zone, and whether what comes in gets a label by itself."""

    zone: tzinfo
    separators: tuple[str, ...] = ()
    expires_soon_days: int = 30
    undo_minutes: int = 10
    quantity_limit: int = 100_000
    labels_at_receipt: bool = False
    law_folder: str = ""  # the office's own waste rules

    @classmethod
    def of(
        cls, scanning: ScanningSettings, zone: tzinfo, *, labels_at_receipt: bool = False, law_folder: str = ""
    ) -> "ScanRules":
        """The rules as the office has set them."""
        return cls(
            zone=zone,
            labels_at_receipt=labels_at_receipt,
            law_folder=law_folder,
            separators=scanning.separators,
            expires_soon_days=scanning.expires_soon_days,
            undo_minutes=scanning.undo_minutes,
            quantity_limit=scanning.quantity_limit,
        )


@dataclass(frozen=True)
class ScanFields:
    """A scan request whose every field has the right type."""

    barcode: str
    action: str
    quantity: int
    location: str | None
    to_location: str | None
    lot: str | None
    expiry: date | None
    department: str | None
    owner: str | None
    container: str | None
    occurred_at: datetime
    reason: str | None
    unit: str | None = None  # code or each; None where the request does not say
    ask_unit: bool = False
    remember: bool = False


def request_id_of(body: object) -> UUID:
    """The key of a request. Raises Invalid (bad_request) for what is no JSON object with a UUID: it is not stored."""
    if not isinstance(body, Mapping):
        raise Invalid("Send one JSON object.", code="bad_request")
    value = body.get("request_id")
    if not isinstance(value, str) or len(value) > 45:
        raise Invalid("request_id must be a UUID made before sending.", code="bad_request")
    try:
        return UUID(value)
    except ValueError as error:
        raise Invalid("request_id must be a UUID made before sending.", code="bad_request") from error


def canonical(body: Mapping[str, Any]) -> str:
    """The body as received, in one unambiguous spelling, before any default is filled in."""
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def body_hash(text: str) -> str:
    """SHA-256 of the canonical body."""
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def escaped(text: object, length: int) -> str:
    """Text with every control or unprintable character spelled out, cut to `length`."""
    shown = text if isinstance(text, str) else "" if text is None else str(text)
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in shown[:length])[:length]


def read_fields(body: Mapping[str, Any], now: datetime, rules: ScanRules) -> ScanFields:
    """Check every field. Raises Invalid: bad_field, bad_quantity, bad_barcode."""
    unknown = sorted(str(key)[:40] for key in body if key not in FIELDS)
    if unknown:
        raise Invalid(f"There is no field {escaped(unknown[0], 40)!r} in a scan.", code="bad_field")
    action = body.get("action")
    if action not in ACTIONS:
        raise Invalid(f"action must be one of {', '.join(ACTIONS)}.", code="bad_field")
    barcode = body.get("barcode")
    if not isinstance(barcode, str):
        raise Invalid("barcode must be text.", code="bad_barcode")
    if len(barcode) > BARCODE_LENGTH:
        raise Invalid(
            f"This code is longer than {BARCODE_LENGTH} characters; scan one symbol at a time.", code="bad_barcode"
        )
    station = body.get("station")
    if station is not None and (not isinstance(station, str) or len(station) > 200):
        raise Invalid("station must be text of at most 200 characters.", code="bad_field")
    lot = _text(body, "lot", 64)
    return ScanFields(
        barcode=barcode,
        action=str(action),
        quantity=_quantity(body.get("quantity", 1), rules.quantity_limit),
        location=_text(body, "location", 40, code="bad_location"),
        to_location=_text(body, "to_location", 40, code="bad_location"),
        lot=checked_lot_number(lot) if lot else None,
        expiry=_day(body.get("expiry")),
        department=_text(body, "department", 40),
        owner=_text(body, "owner", 40, code="wrong_owner"),
        container=_text(body, "container", 60),
        occurred_at=occurred_at_of(body.get("occurred_at"), now),
        reason=_text(body, "reason", 300),
        unit=_unit(body.get("unit")),
        ask_unit=_yes(body, "ask_unit"),
        remember=_yes(body, "remember"),
    )


def _unit(value: object) -> str | None:
    if value not in (None, *UNITS):
        raise Invalid(f"unit must be one of {', '.join(UNITS)}.", code="bad_field")
    return str(value) if value else None


def _yes(body: Mapping[str, Any], name: str) -> bool:
    value = body.get(name, False)
    if not isinstance(value, bool):
        raise Invalid(f"{name} must be true or false.", code="bad_field")
    return value


def _quantity(value: object, limit: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= limit:
        raise Invalid(f"quantity must be a whole number from 1 to {limit}.", code="bad_quantity")
    return value


def _text(body: Mapping[str, Any], name: str, length: int, *, code: str = "bad_field") -> str | None:
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > length or not value.isprintable():
        raise Invalid(f"{name} must be text of at most {length} printable characters.", code=code)
    return value.strip() or None


def _day(value: object) -> date | None:
    if value is None:
        return None
    try:
        if not isinstance(value, str) or not DAY.fullmatch(value):
            raise ValueError
        return date.fromisoformat(value)
    except ValueError as error:
        raise Invalid("expiry must be a day such as 2027-03-14.", code="bad_field") from error


def occurred_at_of(value: object, now: datetime) -> datetime:
    """When it happened; now if left out. A clock a little ahead is taken as now. Raises Invalid (bad_field)."""
    if value is None:
        return now
    try:
        if not isinstance(value, str) or len(value) > 40:
            raise ValueError
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError
        too_old, too_new = now - timedelta(days=PAST_DAYS), now + timedelta(minutes=FUTURE_MINUTES)
        if not too_old <= moment <= too_new:
            raise Invalid(f"occurred_at must lie within the last {PAST_DAYS} days.", code="bad_field")
    except (ValueError, OverflowError) as error:
        message = "occurred_at must be a moment with offset such as 2026-11-23T14:05:00-05:00."
        raise Invalid(message, code="bad_field") from error
    return min(moment, now)
