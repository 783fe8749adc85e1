"""The soiled utility room of the demonstration office: containers in every state, parties, pickups and their papers.

Made by the same verbs as everything that people do, on the days on which they would have done it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any, TypeVar
from uuid import uuid5

from supply.barcodes import house_code
from supply.demo.catalogue import DemoItem
from supply.demo.oddities import ODDITIES
from supply.demo.places import KIOSK
from supply.demo.posting import NAMESPACE, Clerk
from supply.staff import training
from supply.staff.permissions import Actor, Role
from supply.staff.training import TrainingFields
from supply.stations.fields import ScanRules
from supply.stations.scans import handle_scan
from supply.stock import locations
from supply.waste import confirmations, containers, entries, manifests, parties, pickups
from supply.waste.containers import NewContainer
from supply.waste.manifests import ReturnedCopy
from supply.waste.models import PartyKind
from supply.waste.parties import Address, PartyFields
from supply.waste.signatures import Sign
from supply.waste.watch import rules_here

Found = TypeVar("Found")
ROOM = "SOILED-UTIL"
STATE = "FL"
OFFICE = PartyFields(
    kind=PartyKind.generator,
    name="Maple Street Family Practice",
    phone="555-010-2200",
    site=Address("12 Maple Street", "Fairhaven", STATE, "32099"),
    mailing=Address("PO Box 77", "Fairhaven", STATE, "32099"),
    emergency_phone="555-010-9111",
    emergency_contact="Contract ERI-4471 of Alert Line",
)
TRANSPORTER = PartyFields(
    kind=PartyKind.transporter,
    name="Bluebird Medical Transport",
    phone="555-010-3300",
    site=Address("4 Depot Road", "Fairhaven", STATE, "32098"),
)
FACILITY = PartyFields(
    kind=PartyKind.facility,
    name="Southern Treatment Works",
    phone="555-010-4400",
    site=Address("90 Kiln Lane", "Granite Falls", STATE, "34098"),
)
SIGNER, DRIVER = Sign("Wes Tanaka", "Waste coordinator"), Sign("Dana Brooks", "Driver")


@dataclass(frozen=True)
class Keeper:
    """The waste coordinator at work, so many days before now."""

    clerk: Clerk
    by: Actor
    zone: tzinfo
    now: datetime

    def at(self, days_ago: float) -> datetime:
        """That moment."""
        return self.now - timedelta(days=days_ago)

    def do(self, verb: Callable[..., Found], days_ago: float, **values: Any) -> Found:
        """One act of so many days ago."""
        return verb(self.clerk.session, by=self.by, now=self.at(days_ago), **values)

    def container(self, stream: str, days_ago: float, *, place: str = ROOM, pounds: int | None = 50) -> str:
        """A container that was opened then."""
        limit = round(pounds * 453.59237) if pounds else None
        new = NewContainer(stream, place, weight_limit_grams=limit)
        return self.do(containers.open_container, days_ago, new=new).number

    def note(self, number: str, days_ago: float, text: str, *, is_sharps: bool | None = None) -> None:
        """What went in then."""
        self.do(entries.add_note, days_ago, number=number, text=text, is_sharps=is_sharps)

    def sealed(self, stream: str, opened: float, first: float, sealed: float, pounds: str, what: str) -> str:
        """A container with something in it that was sealed then."""
        number = self.container(stream, opened)
        self.note(number, first, what)
        self.do(containers.seal, sealed, number=number, weight=pounds, unit="lb")
        return number


def furnish(clerk: Clerk, items: dict[str, DemoItem], *, rules: ScanRules, now: datetime) -> str:
    """Fill the room; gives the barcode of the red bag that is in use."""
    keeper = Keeper(clerk, clerk.staff[Role.waste].actor, rules.zone, now)
    manager = clerk.staff[Role.manager].actor
    locations.add_location(
        clerk.session, code=ROOM, name="Soiled utility room", parent_code=None, actor_id=manager.person_id, now=now
    )
    _train(keeper, manager)
    _meet(keeper)
    _past_pickups(keeper)
    _throw_out(keeper, items, rules)
    red_bag = _in_use(keeper)
    _booked_pickup(keeper)
    return house_code.encode(house_code.CONTAINER, int(red_bag.removeprefix("W-")))


def _train(keeper: Keeper, manager: Actor) -> None:
    """The coordinator may sign; the manager's training ran out three weeks ago."""
    for actor, days_ago in ((keeper.by, 400), (manager, 3 * 365 + 22)):
        day = keeper.at(days_ago).astimezone(keeper.zone).date()
        fields = TrainingFields(
            training.HAZMAT, day, 3, "Regulated medical waste: packing, marking, papers, security", "T. Rainer",
            "1 School Lane, Fairhaven FL",
        )  # fmt: skip
        keeper.do(training.record_training, days_ago, person_id=actor.person_id, fields=fields, today=day)


def _meet(keeper: Keeper) -> None:
    """The office, a transporter whose permit runs out soon, a facility; one rule that somebody has read."""
    today = keeper.now.astimezone(keeper.zone).date()
    keeper.do(parties.add_party, 380, fields=OFFICE)
    hauler = keeper.do(parties.add_party, 380, fields=TRANSPORTER).id
    plant = keeper.do(parties.add_party, 380, fields=FACILITY).id
    for party_id, kind, number, state, days in (
        (hauler, "State transporter permit", "FL-T-0881", STATE, 20),
        (hauler, "US DOT number", "DOT-000142", "US", None),
        (plant, "Facility permit", "FL-MW-0042", STATE, 420),
    ):
        until = today + timedelta(days=days) if days else None
        keeper.do(parties.add_registration, 380, party_id=party_id, kind=kind, number=number, state=state,
                  expires_on=until)  # fmt: skip
    law = rules_here(keeper.clerk.session, zone=keeper.zone)
    keeper.do(
        confirmations.confirm_rule, 300, rules=law, key="retention_years", citation="F.A.C. 64E-16.003, read online"
    )


def _past_pickups(keeper: Keeper) -> None:
    """One that is closed, and one whose signed copy is owed."""
    old = [
        keeper.sealed("REDBAG", 92, 91, 78, "18.2", "Dressings and gauze, blood-soaked"),
        keeper.sealed("SHARPS", 150, 149, 77, "9.6", "Used needles and lancets"),
    ]
    paper = _leave(keeper, old, 75)
    received = keeper.at(66).astimezone(keeper.zone).date()
    copy = ReturnedCopy(received, 2, 12_600, "CT-20418")
    keeper.do(manifests.record_copy, 63, number=paper, copy=copy)
    _leave(
        keeper,
        [
            keeper.sealed("REDBAG", 58, 57, 34, "21.4", "Dressings, drapes and gloves, blood-soaked"),
            keeper.sealed("SHARPS", 76, 75, 35, "11.8", "Used needles, syringes and lancets"),
            keeper.sealed("PATH", 60, 52, 33, "4.3", "Skin biopsies in formalin"),
        ],
        32,
    )


def _leave(keeper: Keeper, numbers: list[str], days_ago: float) -> str:
    """A pickup that left with its signed paper; gives the paper's number."""
    session = keeper.clerk.session
    law = rules_here(session, zone=keeper.zone)
    today = keeper.at(days_ago).astimezone(keeper.zone).date()
    booked = keeper.do(
        pickups.schedule, days_ago + 6, transporter=TRANSPORTER.name, facility=FACILITY.name, scheduled_on=today,
        today=today - timedelta(days=6),
    ).number  # fmt: skip
    keeper.do(pickups.add_containers, days_ago + 0.3, number=booked, containers=numbers)
    paper = keeper.do(manifests.draft, days_ago + 0.2, pickup=booked, rules=law, zone=keeper.zone).number
    keeper.do(manifests.sign_generator, days_ago + 0.1, number=paper, sign=SIGNER, today=today)
    for number in numbers:
        keeper.do(pickups.scan_container, days_ago, number=booked, code=number)
    keeper.do(pickups.hand_over, days_ago, number=booked, driver=DRIVER, rules=law, zone=keeper.zone)
    return paper


def _throw_out(keeper: Keeper, items: dict[str, DemoItem], rules: ScanRules) -> None:
    """An expired lot leaves the shelf into the container for pharmaceuticals, by a nurse's scan at the kiosk."""
    number = keeper.container("RX_NONHAZ", 40)
    keeper.note(number, 12, "Broken ampoules of local anaesthetic")
    odd = next(odd for odd in ODDITIES if odd.sku == "INJ-B12")
    today = keeper.now.astimezone(keeper.zone).date()
    expiry = today + timedelta(days=odd.expires) if odd.expires is not None else None
    body = {
        "request_id": str(uuid5(NAMESPACE, "thrown out")),
        "barcode": odd.sku,
        "lot": odd.number,
        "expiry": expiry.isoformat() if expiry else None,
        "action": "discard",
        "quantity": 2,
        "location": items[odd.sku].place,
        "container": number,
        "reason": "expired",
        "station": KIOSK,
    }
    nurse = keeper.clerk.staff[Role.nurse].actor
    handle_scan(keeper.clerk.session, body=body, sender=nurse, now=keeper.at(2.1), rules=rules)


def _in_use(keeper: Keeper) -> str:
    """What stands there today: far from its limit, near it, waiting, never used, made by mistake. Gives the red bag."""
    red = keeper.container("REDBAG", 6)
    keeper.note(red, 5.5, "Gauze and dressings from suturing, blood-soaked")
    keeper.note(red, 1.2, "Drapes, blood-soaked")
    near = keeper.container("SHARPS", 70, place="LAB", pounds=20)
    keeper.note(near, 69, "Butterfly needles and lancets")
    keeper.note(near, 25, "Blood-soaked swabs, put in with the needles", is_sharps=False)
    keeper.do(containers.mark_full, 1, number=near)
    sharps = keeper.container("SHARPS", 48, place="EXAM-3", pounds=20)
    keeper.note(sharps, 47, "Used needles")
    path = keeper.container("PATH", 13)
    keeper.note(path, 12.5, "Skin biopsies in formalin")
    hazardous = keeper.container("RX_HAZ_NC", 110)
    keeper.note(hazardous, 109, "Expired silver nitrate sticks")
    expired = keeper.container("EXPIRED_SUPPLY", 30, pounds=None)
    keeper.note(expired, 29, "Expired wound dressings, unopened")
    new = NewContainer("SHARPS", ROOM, weight_limit_grams=9_072)
    keeper.do(containers.open_container, 0.5, new=new, is_opened=False)
    twice = keeper.do(containers.open_container, 0.5, new=new, is_opened=False).number
    keeper.do(containers.void, 0.4, number=twice, reason="Label printed twice")
    return red


def _booked_pickup(keeper: Keeper) -> None:
    """Tomorrow's pickup: one container is overdue, its paper is ready to be signed."""
    today = keeper.now.astimezone(keeper.zone).date()
    overdue = keeper.sealed("REDBAG", 38, 36, 5, "23.1", "Dressings and gauze, blood-soaked")
    sharps = keeper.container("SHARPS", 88, pounds=20)
    keeper.note(sharps, 87, "Used needles, syringes and lancets")
    done, successor = keeper.do(containers.swap, 3, number=sharps, weight="10.4", unit="lb")
    keeper.note(successor.number, 2.5, "Used needles")
    booked = keeper.do(
        pickups.schedule, 4, transporter=TRANSPORTER.name, facility=FACILITY.name,
        scheduled_on=today + timedelta(days=1), today=today - timedelta(days=4), note="Driver comes to the back door",
    ).number  # fmt: skip
    keeper.do(pickups.add_containers, 2, number=booked, containers=[overdue, done.number])
    law = rules_here(keeper.clerk.session, zone=keeper.zone)
    keeper.do(manifests.draft, 0.2, pickup=booked, rules=law, zone=keeper.zone)
