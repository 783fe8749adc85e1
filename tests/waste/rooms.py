"""Short words for tests of waste: an office with parties, trained signers, containers, pickups."""

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from supply.staff import training
from supply.staff.permissions import Actor, Role
from supply.staff.training import TrainingFields
from supply.waste import containers, entries, manifests, parties, pickups
from supply.waste.container_lines import ContainerLine, container_line
from supply.waste.containers import NewContainer
from supply.waste.manifest_lines import ManifestSheet, manifest_sheet
from supply.waste.models import PartyKind, WasteContainer
from supply.waste.parties import Address, PartyFields
from supply.waste.pickup_lines import PickupLine, pickup_line
from supply.waste.rules import StateRules, rules_for
from supply.waste.signatures import Sign
from tests.factories import ZONE, Office

Found = TypeVar("Found")
OFFICE = PartyFields(
    kind=PartyKind.generator,
    name="Maple Street Family Practice",
    phone="555-010-2200",
    site=Address("12 Maple Street", "Springfield", "FL", "32000"),
    mailing=Address("PO Box 7", "Springfield", "FL", "32001"),
    emergency_phone="555-010-9111",
    emergency_contact="Contract ERI-4471 of Alert Line",
)
HAULER = PartyFields(
    kind=PartyKind.transporter,
    name="Bluebird Medical Transport",
    phone="555-010-3300",
    site=Address("4 Depot Road", "Springfield", "FL", "32002"),
)
PLANT = PartyFields(
    kind=PartyKind.facility,
    name="Southern Treatment Works",
    phone="555-010-4400",
    site=Address("90 Kiln Lane", "Ocala", "FL", "34000"),
)
DRIVER = Sign("Dana Driver", "Driver")


def png(width: int = 40, height: int = 20, *, ink: bool = True) -> bytes:
    """A grey PNG with or without a stroke."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    blank = b"\x00" + b"\xff" * width
    rows = [b"\x00" + b"\xff" * 5 + b"\x00" * (width - 5) if ink and y == height // 2 else blank for y in range(height)]
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"".join(rows)))
        + chunk(b"IEND", b"")
    )


@dataclass
class Room:
    """The waste room of an office: what people do there, each act its own transaction."""

    office: Office
    coordinator: Actor
    nurse: Actor
    rules: StateRules = rules_for("FL")

    @classmethod
    def of(cls, office: Office) -> "Room":
        room = cls(office, office.person("wes", Role.waste), office.person("nora", Role.nurse))
        room.trained(room.coordinator, office.today - timedelta(days=100))
        return room

    def do(self, verb: Callable[..., Found], *, by: Actor | None = None, **values: Any) -> Found:
        """One verb at the office's moment, by the coordinator unless somebody else is named."""
        actor = by or self.coordinator
        return self.office.db.transact(lambda s: verb(s, by=actor, now=self.office.now, **values))

    def read(self, question: Callable[[Session], Found]) -> Found:
        with self.office.db.read_session() as session:
            return question(session)

    def trained(self, actor: Actor, on: date, years: int | None = 3) -> None:
        fields = TrainingFields(training.HAZMAT, on, years, "Regulated medical waste", "T. Rainer", "1 School Lane")
        self.do(training.record_training, person_id=actor.person_id, fields=fields, today=self.office.today)

    def furnish(self, *, permit_until: date | None = None) -> None:
        """The office, a transporter and a facility."""
        for fields in (OFFICE, HAULER, PLANT):
            row = self.do(parties.add_party, fields=fields)
            if fields.kind == PartyKind.transporter:
                until = permit_until or self.office.today + timedelta(days=300)
                self.do(parties.add_registration, party_id=row.id, kind="State transporter permit", number="T-881",
                        state="FL", expires_on=until)  # fmt: skip

    def container(self, stream: str = "REDBAG", *, is_opened: bool = True, **fields: Any) -> str:
        new = NewContainer(stream=stream, location="STOREROOM", **fields)
        return self.do(containers.open_container, new=new, is_opened=is_opened).number

    def note(self, number: str, text: str = "Soaked gauze", is_sharps: bool | None = None) -> None:
        self.do(entries.add_note, number=number, text=text, is_sharps=is_sharps, by=self.nurse)

    def sealed(self, stream: str = "REDBAG", weight: str = "12.5", **fields: Any) -> str:
        number = self.container(stream, **fields)
        self.note(number)
        self.seal(number, weight)
        return number

    def seal(self, number: str, weight: str = "12.5") -> WasteContainer:
        return self.do(containers.seal, number=number, weight=weight, unit="lb")

    def line(self, number: str) -> ContainerLine:
        return self.read(lambda s: container_line(s, number, rules=self.rules, today=self.office.today, zone=ZONE))

    def pickup(self, *numbers: str, days: int = 0) -> str:
        booked = self.do(
            pickups.schedule, transporter=HAULER.name, facility=PLANT.name, today=self.office.today,
            scheduled_on=self.office.today + timedelta(days=days),
        )  # fmt: skip
        if numbers:
            self.do(pickups.add_containers, number=booked.number, containers=list(numbers))
        return booked.number

    def pickup_line(self, number: str) -> PickupLine:
        return self.read(lambda s: pickup_line(s, number, today=self.office.today))

    def tick(self, number: str) -> None:
        for one in self.pickup_line(number).containers:
            self.do(pickups.scan_container, number=number, code=one.number)

    def draft(self, pickup: str, rules: StateRules | None = None) -> str:
        return self.do(manifests.draft, pickup=pickup, rules=rules or self.rules, zone=ZONE).number

    def sign(self, number: str, by: Actor | None = None, **values: Any) -> None:
        values.setdefault("sign", Sign("Wes Tanaka", "Waste coordinator", png()))
        self.do(manifests.sign_generator, number=number, by=by, today=self.office.today, **values)

    def hand_over(self, pickup: str, rules: StateRules | None = None, **values: Any) -> None:
        values.setdefault("driver", DRIVER)
        self.do(pickups.hand_over, number=pickup, rules=rules or self.rules, zone=ZONE, **values)

    def sheet(self, number: str) -> ManifestSheet:
        return self.read(lambda s: manifest_sheet(s, number, rules=self.rules, today=self.office.today, zone=ZONE))

    def gone(self, *weights: str) -> tuple[str, str]:
        """A pickup that left with its signed paper: (pickup, manifest)."""
        pickup = self.pickup(*[self.sealed(weight=weight) for weight in weights or ("12.5",)])
        paper = self.draft(pickup)
        self.sign(paper)
        self.tick(pickup)
        self.hand_over(pickup)
        return pickup, paper
