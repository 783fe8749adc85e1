"""The shapes of scans in requests and answers, for checking and for OpenAPI. Must hold no rule of scanning."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from supply.stations.scan_lines import ScanLine
from supply.web.api.fields import AddressNumber, Code, Reason, Sku, Text, Units, Yes
from supply.web.api.paging import Page
from supply.web.problems import PROBLEM, Problem
from supply.web.resource import Body, Query


class ScanRequest(Body):
    """A scan. For the description only: the domain reads it, and a wrong field is a refusal that is stored."""

    request_id: UUID = Field(description="Made by the client before sending; the same scan sent again keeps it")
    barcode: str = Field(max_length=512, description="Raw text of the code, GS kept; or a typed SKU")
    action: Literal["receive", "use", "return", "move", "count", "discard", "lookup"]
    quantity: int = Field(1, ge=1, description="How many of what was scanned")
    location: str | None = Field(None, max_length=40, description="The station's place, or STOREROOM, if left out")
    to_location: str | None = Field(None, max_length=40, description="Of a move")
    lot: str | None = Field(None, max_length=64, description="Overrides the code's")
    expiry: date | None = Field(None, description="Overrides the code's")
    department: str | None = Field(None, max_length=40)
    container: str | None = Field(None, max_length=60)
    owner: str | None = Field(None, max_length=40)
    station: str | None = Field(None, max_length=40)
    occurred_at: datetime | None = Field(None, description="Now if left out")
    reason: str | None = Field(None, max_length=300)
    claimed_by: str | None = Field(None, max_length=80, description="Badge or name of an offline scan's person")
    unit: Literal["code", "each"] | None = Field(None, description="each: quantity counts base units")
    ask_unit: bool = Field(False, description="Refuse with box_or_each where nobody ever said what one scan takes")
    remember: bool = Field(False, description="Keep `unit` with the code, for everybody")


SCAN_REQUEST = {"content": {"application/json": {"schema": ScanRequest.model_json_schema()}}, "required": True}


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
    container: str | None = Field(None, description="The waste container that a discarded lot went into")


class RefusedScan(Problem):
    """A refusal: stored like any other answer. With `candidates` where one must be chosen."""

    request_id: str
    outcome: Literal["refused"]
    message: str
    item: dict[str, Any] | None
    movements: list[dict[str, Any]]
    warnings: list[dict[str, Any]]


REFUSED = {"description": "A rule says no; stored", "content": {PROBLEM: {"schema": RefusedScan.model_json_schema()}}}


class ScanQuery(Page):
    """Which scans."""

    state: Literal["unresolved", "discrepancy", "exception", "open", "claimed"] | None = Field(
        None, description="What a person must still settle; `open` for all of that; `claimed`: whose was it"
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


class Confirm(Body):
    """Whether the scan is the person's whom it names."""

    mine: Yes


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
    claim: Literal["open", "mine", "not_mine"] | None
    answer: dict[str, Any]

    @classmethod
    def of(cls, line: ScanLine) -> "Scan":
        """The shape of a line."""
        return cls.model_validate({**vars(line), "needs": line.open_needs})


class Scans(BaseModel):
    """A page of scans, latest first."""

    items: list[Scan]
    next: str | None


class Answers(BaseModel):
    """What the scans of a station came to, oldest first; `next` is the number to ask after the next time."""

    items: list[Scan]
    next: int
