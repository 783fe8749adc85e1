"""Every deadline of the waste of this office, gathered for those who must be told. Reads only."""

from datetime import date, tzinfo

from sqlalchemy.orm import Session

from supply.waste.deadlines import Deadline
from supply.waste.rules import StateRules


def deadlines_now(session: Session, *, rules: StateRules, today: date, zone: tzinfo) -> list[Deadline]:
    """Storage of every container here, missed pickups, copies owed, exception reports, registrations and trainings
    of signers that run out: worst first, fine ones included (ask `.state`).
    """
    raise NotImplementedError


def rules_here(session: Session, *, law_folder: str = "") -> StateRules:
    """The rules of the generator's state, with confirmations; US-DEFAULT while no generator is set up."""
    raise NotImplementedError
