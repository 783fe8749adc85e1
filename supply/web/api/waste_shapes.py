"""The shapes of waste in requests and answers, for checking and for OpenAPI. Must hold no rule of waste."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from supply.waste.container_lines import ContainerLine, EntryLine
from supply.waste.manifest_lines import ManifestLine, ManifestSheet
from supply.waste.pickup_lines import PickupLine
from supply.waste.streams import Stream as StreamRow
from supply.web.api.fields import ROW_LIMIT, Barcode, Code, Reason, Text, Units, Words
from supply.web.resource import Body, WholeNumber

Number = Annotated[str, Field(max_length=60)]
Weight = Annotated[Text, Field(min_length=1, max_length=20, examples=["12.5"])]
Unit = Literal["lb", "kg"]
Name = Annotated[Words, Field(max_length=120)]


class NumberPath(BaseModel):
    """A container, pickup or paper by its number."""

    number: Number


class Stream(BaseModel):
    """A kind of waste. `description` is the basic description of 49 CFR 172.202 where our shipping paper is used."""

    code: str
    name: str
    what: str
    package: str
    colour: str
    label_phrase: str
    is_sharps: bool
    treatment: str
    document: str
    description: str | None
    needs_verification: bool
    source: str

    @classmethod
    def of(cls, row: StreamRow) -> "Stream":
        """The shape of a stream."""
        return cls(
            code=row.code, name=row.name, what=row.what, package=row.package, colour=row.colour,
            label_phrase=row.label_phrase, is_sharps=row.is_sharps, treatment=row.treatment, document=row.document,
            description=row.shipping.words if row.shipping else None, needs_verification=row.needs_verification,
            source=row.source,
        )  # fmt: skip


class Container(BaseModel):
    """A waste container. Weights are grams; `due_on` is the day by which it must have been picked up."""

    number: str
    house_code: str
    stream: str
    package: str
    location: str
    state: str
    entries: int
    weight_limit_grams: int | None
    gross_weight_grams: int | None
    opened_at: datetime | None
    sealed_at: datetime | None
    sealed_by: str | None
    picked_up_at: datetime | None
    replaces: str | None
    replaced_by: str | None
    pickup: str | None
    manifest: str | None
    due_on: date | None
    days_left: int | None
    needs_verification: bool

    @classmethod
    def of(cls, line: ContainerLine) -> "Container":
        """The shape of a line."""
        due = line.deadline
        return cls(
            number=line.number, house_code=line.house_code, stream=line.stream, package=line.package,
            location=line.location, state=line.state.value, entries=line.entries,
            weight_limit_grams=line.weight_limit_grams, gross_weight_grams=line.gross_weight_grams,
            opened_at=line.opened_at, sealed_at=line.sealed_at, sealed_by=line.sealed_by,
            picked_up_at=line.picked_up_at, replaces=line.replaces, replaced_by=line.replaced_by,
            pickup=line.pickup, manifest=line.manifest, due_on=due.due_on if due else None,
            days_left=due.days_left if due else None, needs_verification=bool(due and due.needs_verification),
        )  # fmt: skip


class Entry(BaseModel):
    """What went into a container."""

    id: int
    kind: str
    text: str
    sku: str | None
    lot: str | None
    quantity: int | None
    is_sharps: bool
    added_at: datetime
    added_by: str
    is_reversed: bool

    @classmethod
    def of(cls, line: EntryLine) -> "Entry":
        """The shape of a line."""
        names = set(cls.model_fields)
        return cls.model_validate({name: getattr(line, name) for name in names})


class ContainerWithEntries(Container):
    """A container and what is in it."""

    went_in: list[Entry] = []


class NewContainer(Body):
    """A container to open; `package` left out is the usual one of its stream."""

    stream: Code
    location: Code = "STOREROOM"
    package: Annotated[Text, Field(max_length=60)] = ""
    weight_limit_grams: Annotated[WholeNumber, Field(ge=1, le=500_000)] | None = None


class Added(Body):
    """What goes in: a scanned `barcode` under a `request_id` of its own, which leaves the stock; or words."""

    barcode: Barcode | None = None
    request_id: UUID | None = None
    quantity: Units | None = None
    lot: Annotated[Text, Field(max_length=64)] | None = None
    expiry: date | None = None
    location: Code | None = None
    reason: Reason | None = None
    text: Annotated[Words, Field(max_length=200)] | None = None
    is_sharps: bool | None = None


class Weighed(Body):
    """A weight as it was read off the scale."""

    weight: Weight
    unit: Unit = "lb"


class Swapped(BaseModel):
    """The sealed container and its successor."""

    sealed: Container
    opened: Container


class Pickup(BaseModel):
    """A pickup; `ticked` are the containers seen at the dock."""

    number: str
    state: str
    scheduled_on: date
    transporter: str
    facility: str
    containers: list[str]
    ticked: list[str]
    gross_weight_grams: int
    manifest: str | None
    hauler_document: str | None
    handed_over_at: datetime | None
    handed_over_by: str | None
    driver: str | None

    @classmethod
    def of(cls, line: PickupLine) -> "Pickup":
        """The shape of a line."""
        return cls(
            number=line.number, state=line.state.value, scheduled_on=line.scheduled_on, transporter=line.transporter,
            facility=line.facility, containers=[one.number for one in line.containers],
            ticked=[one.number for one in line.ticked], gross_weight_grams=line.gross_weight_grams,
            manifest=line.manifest, hauler_document=line.hauler_document, handed_over_at=line.handed_over_at,
            handed_over_by=line.handed_over_by, driver=line.transporter_name,
        )  # fmt: skip


class NewPickup(Body):
    """A pickup to book; `transporter` and `facility` by name or number."""

    transporter: Name | Annotated[WholeNumber, Field(ge=1, le=ROW_LIMIT)]
    facility: Name | Annotated[WholeNumber, Field(ge=1, le=ROW_LIMIT)]
    scheduled_on: date
    containers: Annotated[list[Number], Field(max_length=500)] = []
    note: Annotated[Text, Field(max_length=300)] = ""


class HandOver(Body):
    """Both sign by their typed names: `signer` for the office (who sends this), `driver` for the transporter."""

    driver: Name
    driver_title: Annotated[Text, Field(max_length=120)] = "Driver"
    signer_title: Annotated[Words, Field(max_length=120)] | None = None
    containers: Annotated[list[Number], Field(max_length=500)] | None = None
    hauler_document: Annotated[Text, Field(max_length=60)] | None = None


class Manifest(BaseModel):
    """A paper of waste."""

    number: str
    version: int
    kind: str
    state: str
    pickup: str
    transporter: str
    facility: str
    hauler_document: str | None
    signed_at: datetime | None
    accepted_at: datetime | None
    copy_due: date | None
    copy_returned_at: datetime | None
    retention_until: date | None
    discrepancy: str | None
    void_reason: str | None
    replaces: str | None
    replaced_by: str | None

    @classmethod
    def of(cls, line: ManifestLine) -> "Manifest":
        """The shape of a line."""
        return cls.model_validate({name: getattr(line, name) for name in Manifest.model_fields})


class Signature(BaseModel):
    """Who signed, for whom, how."""

    role: str
    printed_name: str
    title: str
    signed_at: datetime
    method: str
    content_sha256: str


class ManifestWithContent(Manifest):
    """A paper with what stands on it, as it was signed."""

    content: dict[str, object]
    content_sha256: str | None
    signatures: list[Signature]

    @classmethod
    def whole(cls, sheet: ManifestSheet, content: dict[str, object]) -> "ManifestWithContent":
        """The shape of a sheet."""
        signatures = [
            Signature(role=one.role.value, printed_name=one.printed_name, title=one.title, signed_at=one.signed_at,
                      method=one.method.value, content_sha256=one.content_sha256)
            for one in sheet.signatures
        ]  # fmt: skip
        return cls(**Manifest.of(sheet.line).model_dump(), content=content, content_sha256=sheet.content_sha256,
                   signatures=signatures)  # fmt: skip
