"""Who may do what: the published table, word for word."""

import pytest

from supply.errors import NotAllowed
from supply.staff.permissions import GRANTED, IN_WORDS, ROLE_WORDS, Action, Actor, Role, allowed, require

# the rows of "Who may do what", with the letters n r m w a d for nurse, receiver, manager, waste, auditor, admin
PUBLISHED = {
    "take": "nm",
    "put_back": "nm",
    "move_to_room": "nm",
    "need_more": "nm",
    "look_up": "nrmwa",
    "count": "nrm",
    "undo_own": "nrm",
    "receive": "rm",
    "move": "rm",
    "print_labels": "rm",
    "print_container_labels": "rmw",
    "throw_out": "nrmw",
    "settle_scans": "m",
    "adjust": "m",
    "approve_counts": "m",
    "hold": "m",
    "catalogue": "m",
    "purchase": "m",
    "containers_add": "nmw",
    "containers_seal": "mw",
    "reports": "nrmwa",
    "reports_receiving": "rma",
    "reports_waste": "mwa",
    "reports_all": "ma",
    "audit_read": "ma",
    "audit_export": "a",
    "audit_verify": "d",
    "run_jobs": "md",
    "administer": "d",
}
LETTERS = dict(zip("nrmwad", Role, strict=True))


@pytest.mark.parametrize("action", list(Action), ids=lambda action: action.value)
def test_each_action_is_granted_to_exactly_the_published_roles(action: Action) -> None:
    assert GRANTED[action] == {LETTERS[letter] for letter in PUBLISHED[action.value]}


def test_nothing_is_granted_without_a_role() -> None:
    assert not any(allowed(frozenset(), action) for action in Action)


def test_a_refusal_names_the_person_the_act_and_who_may() -> None:
    nina = Actor(1, "nina", "Nina", frozenset({Role.nurse}))
    with pytest.raises(NotAllowed) as refused:
        require(nina, Action.receive)
    assert refused.value.message == "Nina may not receive deliveries. Ask a receiver or a manager."
    assert refused.value.details == {"action": "receive", "roles": ["receiver", "manager"]}


def test_two_roles_may_what_either_may() -> None:
    both = Actor(1, "b", "B", frozenset({Role.nurse, Role.admin}))
    require(both, Action.take)
    require(both, Action.administer)
    with pytest.raises(NotAllowed):
        require(both, Action.receive)


def test_every_action_and_role_has_words() -> None:
    assert set(IN_WORDS) == set(GRANTED) == set(Action)
    assert set(ROLE_WORDS) == set(Role)
