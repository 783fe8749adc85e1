"""An office that may ship its waste: itself as generator, a transporter, a facility, and one person who is trained."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from supply.staff import training
from supply.staff.permissions import Actor
from supply.staff.training import HAZMAT, TrainingFields
from supply.waste import containers, entries, leaving, parties, pickups
from supply.waste.models import PartyKind
from supply.waste.parties import Address, PartyFields
from supply.waste.signatures import Sign
from supply.waste.watch import rules_here
from tests.factories import ZONE, Office

PERMIT_UNTIL = date(2027, 6, 30)


def act(office: Office, verb: Callable[..., Any], *, by: Actor | None = None, **fields: Any) -> Any:
    """One verb of the domain in somebody's name."""
    return office.db.transact(lambda s: verb(s, by=by or office.local, now=office.now, **fields))


def set_up_waste(office: Office, *, trained: int | None, permit_until: date = PERMIT_UNTIL) -> None:
    """Everything a paper needs; `trained` is the person who may sign, None for nobody."""
    both = Address("12 Mill Street", "Albany", "NY", "12207")
    generator = PartyFields(PartyKind.generator, "Riverside Clinic", "+1 518 555 0100", both, Address(),
                            "+1 800 555 0199", "Contract CCN 12345")  # fmt: skip
    carrier = PartyFields(PartyKind.transporter, "Safe Carriers", "+1 518 555 0170",
                          Address("4 Depot Way", "Troy", "NY", "12180"))  # fmt: skip
    facility = PartyFields(PartyKind.facility, "Lakeside Treatment", "+1 315 555 0140",
                           Address("9 Kiln Road", "Utica", "NY", "13501"))  # fmt: skip
    for fields, kind, number, until in (
        (generator, "State generator number", "4-0122", None),
        (carrier, "State transporter permit", "NJ-2215", permit_until),
        (facility, "Facility permit", "T-77", PERMIT_UNTIL),
    ):
        made = act(office, parties.add_party, fields=fields)
        act(office, parties.add_registration, party_id=made.id, kind=kind, number=number, state="NY", expires_on=until)
    if trained is not None:
        train(office, trained)


def train(office: Office, person_id: int, *, days_ago: int = 100) -> None:
    """Hazardous-materials training, completed so many days ago, good for three years."""
    done = office.today - timedelta(days=days_ago)
    fields = TrainingFields(HAZMAT, done, 3, "RMW shipping papers", "Dana Cole", "1 School Lane, Albany")
    act(office, training.record_training, person_id=person_id, fields=fields, today=office.today)


def open_container(office: Office, stream: str = "SHARPS", *, put_in: str | None = "Used lancets") -> str:
    """An open container with something in it; its number."""
    made = act(office, containers.open_container, new=containers.NewContainer(stream, "STOREROOM"))
    if put_in:
        act(office, entries.add_note, number=made.number, text=put_in, is_sharps=None)
    return str(made.number)


def sealed_container(office: Office, stream: str = "SHARPS", weight: str = "12.5") -> str:
    """A sealed container; its number."""
    number = open_container(office, stream)
    act(office, containers.seal, number=number, weight=weight, unit="lb")
    return number


def book(office: Office, *numbers: str) -> str:
    """A pickup today of these containers; its number."""
    made = act(office, pickups.schedule, transporter="Safe Carriers", facility="Lakeside Treatment",
               scheduled_on=office.today, today=office.today)  # fmt: skip
    if numbers:
        act(office, pickups.add_containers, number=made.number, containers=list(numbers))
    return str(made.number)


def hand_over(office: Office, pickup: str, by: Actor) -> str:
    """Everything on the pickup leaves, signed by `by` and a driver; the number of the paper."""
    wanted = leaving.Leaving(pickup, driver=Sign("Ana Pérez", "Driver"), signer=Sign(by.display_name, "Coordinator"))

    def leave(session: Any, **who: Any) -> Any:
        return leaving.leave(session, leaving=wanted, today=office.today, rules=rules_here(session), zone=ZONE, **who)

    return str(act(office, leave, by=by).manifest)
