"""The shapes of scans in requests and answers, for checking and for OpenAPI. Must hold no rule of scanning."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from supply.stations.fields import ACTIONS
from supply.stations.scan_lines import ScanLine
from supply.web.api.fields import AddressNumber, Code, Reason, Sku, Text, Units, Yes
from supply.web.api.paging import Page
from supply.web.problems import PROBLEM, Problem
from supply.web.resource import Body, Query

# Read by the domain, not by a model: a wrong field is a refusal that is stored, so that no scan is ever lost.
SCAN_BODY: dict[str, Any] = {
    "type": "object",
    "required": ["request_id", "barcode", "action"],
    "properties": {
        "request_id": {"type": "string", "format": "uuid", "description": "Made by the client before sending"},
        "barcode": {"type": "string", "maxLength": 512, "description": "Raw text of the code, GS kept; or an SKU"},
        "action": {"type": "string", "enum": list(ACTIONS)},
        "quantity": {"type": "integer", "minimum": 1, "default": 1, "description": "Packs of what was scanned"},
        "location": {"type": "string", "maxLength": 40, "description": "The station's place or STOREROOM if left out"},
        "to_location": {"type": "string", "maxLength": 40, "description": "Of a move"},
        "lot": {"type": "string", "maxLength": 64, "description": "Overrides the code's"},
        "expiry": {"type": "string", "format": "date", "description": "Overrides the code's"},
        "department": {"type": "string", "maxLength": 40},
        "container": {"type": "string", "maxLength": 60},
        "owner": {"type": "string", "maxLength": 40},
        "station": {"type": "string", "maxLength": 40},
        "occurred_at": {"type": "string", "format": "date-time", "description": "Now if left out"},
        "reason": {"type": "string", "maxLength": 300},
        "claimed_by": {"type": "string", "maxLength": 80, "description": "Badge or name of an offline scan's person"},
    },
}
SCAN_REQUEST = {"content": {"application/json": {"schema": SCAN_BODY}}, "required": True}


class ScannedItem(BaseModel):
    """The item that a code named."""

    sku: str
    name: str
    unit: str
    par_level: int | None


class ScanWarning(BaseModel):
    """Something to say beside the answer; some warnings carry more fields."""

    code: str
    message: str


class ScanMovement(BaseModel):
    """A row of the ledger that the scan wrote; `quantity` is in base units."""

    id: int
    kind: str
    lot: str | None
    lot_known: Literal["read", "chosen", "assumed"]
    expiry: str | None
    expiry_precision: str | None
    from_: str = Field(alias="from")
    to: str
    quantity: int


class ScanAnswer(BaseModel):
    """What a scan came to. `shortfall` and `on_hand` are base units; of a move, `on_hand` is the source's."""

    request_id: UUID
    outcome: Literal["recorded", "unresolved", "discrepancy", "found"]
    message: str
    item: ScannedItem | None
    location: str | None
    movements: list[ScanMovement]
    shortfall: int
    on_hand: int
    warnings: list[ScanWarning]
    can_undo_until: datetime | None


class RefusedScan(Problem):
    """A refusal: stored like any other answer, and given again to the same request."""

    request_id: UUID
    outcome: Literal["refused"]
    message: str
    item: ScannedItem | None
    movements: list[ScanMovement]
    warnings: list[ScanWarning]


def refusal(description: str) -> dict[str, Any]:
    """A stored refusal, as OpenAPI declares it."""
    shape = {**_flat(RefusedScan), "properties": {name: {} for name in RefusedScan.model_fields}}
    return {"description": description, "content": {PROBLEM: {"schema": shape}}}


def _flat(model: type[BaseModel]) -> dict[str, Any]:
    return {"type": "object", "description": model.__doc__ or "", "required": list(model.model_fields)}


class ScanQuery(Page):
    """Which scans."""

    state: Literal["unresolved", "discrepancy", "exception", "open"] | None = Field(
        None, description="What a person must still settle; `open` for all of that"
    )
    mine: Literal["0", "1"] = Field("0", description="1: only one's own scans")
    station: Code | None = None


class AnswersQuery(Query):
    """Which answers of a station: those after this number; left out, none, and where to go on from."""

    after: AddressNumber | None = Field(None, ge=0, le=2**63 - 1)
    limit: AddressNumber = Field(20, ge=1, le=200)


class ScanPath(BaseModel):
    """A scan by its key."""

    request_id: UUID


class Resolve(Body):
    """What an unknown code was (`item`), or why the scan needs nothing more (`dismiss`)."""

    item: Sku | None = None
    learn: Yes = True
    units_received: Units = 1
    units_used: Units = 1
    lot: Text | None = Field(None, max_length=64)
    expiry: Text | None = Field(None, max_length=10, description="YYYY-MM-DD")
    dismiss: Reason | None = None


class Settled(BaseModel):
    """What settling or undoing a scan came to."""

    model_config = ConfigDict(extra="allow")

    request_id: UUID
    outcome: str
    message: str
    movements: list[dict[str, Any]]


class Scan(BaseModel):
    """A scan as a list shows it, with its stored answer."""

    id: int
    request_id: UUID
    barcode: str
    action: str | None
    actor: str
    station: str | None
    outcome: str
    status: int
    shortfall: int
    needs: str | None
    occurred_at: datetime
    recorded_at: datetime
    settled_at: datetime | None
    settlement: str | None
    undone_at: datetime | None
    answer: dict[str, Any]

    @classmethod
    def of(cls, line: ScanLine) -> "Scan":
        """The shape of a line."""
        return cls.model_validate(line, from_attributes=True)


class Scans(BaseModel):
    """A page of scans, latest first."""

    items: list[Scan]
    next: str | None


class Answers(BaseModel):
    """What the scans of a station came to, oldest first; `next` is the number to ask after the next time."""

    items: list[Scan]
    next: int
