"""People confirming that a rule is what the law says. A confirmation holds while the rule keeps the confirmed value."""

from datetime import datetime

from sqlalchemy.orm import Session

from supply.staff.permissions import Actor
from supply.waste.rules import StateRules


def confirm_rule(session: Session, *, rules: StateRules, key: str, citation: str, by: Actor, now: datetime) -> None:
    """Note that this person has read the law and the rule `key` (`storage_days` or `storage_days SHARPS`) is right.

    Raises NotAllowed, or Invalid for a key that is no rule or without a citation.
    """
    raise NotImplementedError


def with_confirmations(session: Session, rules: StateRules) -> StateRules:
    """The same rules with who confirmed each and when (`verified_by`, `verified_on`)."""
    raise NotImplementedError
