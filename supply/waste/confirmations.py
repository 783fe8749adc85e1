"""People confirming that a rule is what the law says. A confirmation holds while the rule keeps the confirmed value."""

from dataclasses import replace
from datetime import datetime, tzinfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.audit import chain
from supply.errors import Invalid
from supply.staff.models import Person
from supply.staff.permissions import Action, Actor, require
from supply.waste.models import RuleConfirmation
from supply.waste.rules import Rule, StateRules

CITATION_LENGTH = 300


def confirm_rule(session: Session, *, rules: StateRules, key: str, citation: str, by: Actor, now: datetime) -> None:
    """Note that this person has read the law and the rule `key` (`storage_days` or `storage_days SHARPS`) is right.

    Raises NotAllowed, or Invalid for a key that is no rule or without a citation.
    """
    require(by, Action.containers_seal)
    rule = _rules_by_key(rules).get(key)
    if rule is None:
        raise Invalid(f"There is no rule {key[:60]!r} of {rules.state}.", code="bad_field")
    citation = citation.strip()
    if not citation or len(citation) > CITATION_LENGTH or not citation.isprintable():
        raise Invalid("Say where you read it: the section, and the date of the text.", code="bad_field")
    row = RuleConfirmation(
        state=rules.state,
        key=key,
        value=_value(rule),
        citation=citation,
        confirmed_at=now,
        confirmed_by_id=by.person_id,
    )
    session.add(row)
    session.flush()
    chain.record(
        session,
        at=now,
        actor_id=by.person_id,
        action="waste.confirm_rule",
        subject=f"rule {rules.state} {key}",
        details={"value": row.value, "citation": citation},
    )


def with_confirmations(session: Session, rules: StateRules, *, zone: tzinfo) -> StateRules:
    """The same rules with who confirmed each and on which day of the office (`verified_by`, `verified_on`)."""
    rows = session.execute(
        sa.select(RuleConfirmation, Person.display_name)
        .join(Person, Person.id == RuleConfirmation.confirmed_by_id)
        .where(RuleConfirmation.state == rules.state)
        .order_by(RuleConfirmation.id)
    )
    confirmed = {(row.key, row.value): (row.confirmed_at.astimezone(zone).date(), name) for row, name in rows}

    def marked(rule: Rule) -> Rule:
        found = confirmed.get((rule.key, _value(rule)))
        return replace(rule, verified_on=found[0], verified_by=found[1]) if found else rule

    numbers = {key: marked(rule) for key, rule in rules.rules.items()}
    return replace(rules, rules=numbers, texts=tuple(marked(text) for text in rules.texts))


def _rules_by_key(rules: StateRules) -> dict[str, Rule]:
    return {**{text.key: text for text in rules.texts}, **rules.rules}


def _value(rule: Rule) -> str:
    """What was confirmed: the number with its unit and clock, or the text of a rule without a number."""
    return f"{rule.value} {rule.unit} from {rule.clock_start}"[:600] if rule.value else rule.text[:600]
