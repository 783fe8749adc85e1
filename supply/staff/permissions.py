"""PURE: roles, actions, and the table of who may do what. It knows no database and no request; everything not granted
here is forbidden."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum, StrEnum

from supply.errors import NotAllowed


class Role(StrEnum):
    """A job in the office; one person may have several."""

    nurse = "nurse"
    receiver = "receiver"
    manager = "manager"
    waste = "waste"
    auditor = "auditor"
    admin = "admin"


class Level(StrEnum):
    """How an actor was proven: by password or token, by a badge at a station (with a PIN or without), or as the
    enrolled device of a station, which is nobody."""

    password = "password"  # noqa: S105 - a word, not a secret
    pin = "pin"
    badge = "badge"
    device = "device"


class Action(Enum):
    """What can be allowed or refused: the rows of the table `Who may do what`."""

    take = "take"
    put_back = "put_back"
    move_to_room = "move_to_room"
    need_more = "need_more"
    look_up = "look_up"
    count = "count"
    undo_own = "undo_own"
    receive = "receive"
    move = "move"
    print_labels = "print_labels"
    print_container_labels = "print_container_labels"
    throw_out = "throw_out"
    settle_scans = "settle_scans"
    adjust = "adjust"
    approve_counts = "approve_counts"
    hold = "hold"
    catalogue = "catalogue"
    purchase = "purchase"
    containers_add = "containers_add"
    containers_seal = "containers_seal"
    reports = "reports"
    reports_receiving = "reports_receiving"
    reports_waste = "reports_waste"
    reports_all = "reports_all"
    audit_read = "audit_read"
    audit_export = "audit_export"
    audit_verify = "audit_verify"
    run_jobs = "run_jobs"
    administer = "administer"


_NURSE, _RECEIVER, _MANAGER = Role.nurse, Role.receiver, Role.manager
_WASTE, _AUDITOR, _ADMIN = Role.waste, Role.auditor, Role.admin

GRANTED: Mapping[Action, frozenset[Role]] = {
    Action.take: frozenset({_NURSE, _MANAGER}),
    Action.put_back: frozenset({_NURSE, _MANAGER}),
    Action.move_to_room: frozenset({_NURSE, _MANAGER}),
    Action.need_more: frozenset({_NURSE, _MANAGER}),
    Action.look_up: frozenset({_NURSE, _RECEIVER, _MANAGER, _WASTE, _AUDITOR}),
    Action.count: frozenset({_NURSE, _RECEIVER, _MANAGER}),
    Action.undo_own: frozenset({_NURSE, _RECEIVER, _MANAGER}),
    Action.receive: frozenset({_RECEIVER, _MANAGER}),
    Action.move: frozenset({_RECEIVER, _MANAGER}),
    Action.print_labels: frozenset({_RECEIVER, _MANAGER}),
    Action.print_container_labels: frozenset({_RECEIVER, _MANAGER, _WASTE}),
    Action.throw_out: frozenset({_NURSE, _RECEIVER, _MANAGER, _WASTE}),
    Action.settle_scans: frozenset({_MANAGER}),
    Action.adjust: frozenset({_MANAGER}),
    Action.approve_counts: frozenset({_MANAGER}),
    Action.hold: frozenset({_MANAGER}),
    Action.catalogue: frozenset({_MANAGER}),
    Action.purchase: frozenset({_MANAGER}),
    Action.containers_add: frozenset({_NURSE, _MANAGER, _WASTE}),
    Action.containers_seal: frozenset({_MANAGER, _WASTE}),
    Action.reports: frozenset({_NURSE, _RECEIVER, _MANAGER, _WASTE, _AUDITOR}),
    Action.reports_receiving: frozenset({_RECEIVER, _MANAGER, _AUDITOR}),
    Action.reports_waste: frozenset({_MANAGER, _WASTE, _AUDITOR}),
    Action.reports_all: frozenset({_MANAGER, _AUDITOR}),
    Action.audit_read: frozenset({_MANAGER, _AUDITOR}),
    Action.audit_export: frozenset({_AUDITOR}),
    Action.audit_verify: frozenset({_ADMIN}),
    Action.run_jobs: frozenset({_MANAGER, _ADMIN}),
    Action.administer: frozenset({_ADMIN}),
}

# What a badge alone, a badge with its PIN, and the badge of a day suffice for at an enrolled station, within what the
# person's roles allow. A badge names its person and proves nothing more.
BADGE_SUFFICES = frozenset({Action.take, Action.look_up, Action.count, Action.need_more, Action.undo_own})
DAY_BADGE_SUFFICES = frozenset({Action.take, Action.undo_own})
PIN_SUFFICES = BADGE_SUFFICES | {
    *(Action.put_back, Action.move_to_room, Action.receive, Action.move, Action.print_labels, Action.throw_out),
    *(Action.print_container_labels, Action.containers_add, Action.settle_scans, Action.hold),
}

IN_WORDS: Mapping[Action, str] = {
    Action.take: "take supplies",
    Action.put_back: "put supplies back",
    Action.move_to_room: "move supplies to a room",
    Action.need_more: "ask for more",
    Action.look_up: "look things up",
    Action.count: "count shelves",
    Action.undo_own: "undo a scan",
    Action.receive: "receive deliveries",
    Action.move: "move stock",
    Action.print_labels: "print labels",
    Action.print_container_labels: "print container labels",
    Action.throw_out: "throw supplies out",
    Action.settle_scans: "settle scans",
    Action.adjust: "correct the stock",
    Action.approve_counts: "approve counts",
    Action.hold: "hold and release lots",
    Action.catalogue: "change the catalogue",
    Action.purchase: "order from suppliers",
    Action.containers_add: "add to waste containers",
    Action.containers_seal: "seal waste containers and sign their papers",
    Action.reports: "read reports",
    Action.reports_receiving: "read the receiving reports",
    Action.reports_waste: "read the waste reports",
    Action.reports_all: "read every report",
    Action.audit_read: "read the audit trail",
    Action.audit_export: "export the audit trail",
    Action.audit_verify: "verify the audit trail",
    Action.run_jobs: "start jobs by hand",
    Action.administer: "manage people, stations and settings",
}

ROLE_WORDS: Mapping[Role, str] = {
    Role.nurse: "nurse",
    Role.receiver: "receiver",
    Role.manager: "manager",
    Role.waste: "waste coordinator",
    Role.auditor: "auditor",
    Role.admin: "administrator",
}


def allowed(roles: Iterable[Role], action: Action) -> bool:
    """Whether any of these roles grants the action.

    >>> allowed({Role.nurse}, Action.take), allowed({Role.admin}, Action.take)
    (True, False)
    """
    return not GRANTED[action].isdisjoint(roles)


@dataclass(frozen=True)
class Actor:
    """The person who acts, with the roles of this moment; `station` is the code of the station whose token was used.

    Whoever is proven by less than a password has no `roles` here, only the actions `granted`: so nothing that asks for
    a role or for an action not meant for a shared screen can let them in by mistake. A PIN would add `behind_pin`.
    """

    person_id: int
    name: str
    display_name: str
    roles: frozenset[Role]
    station: str | None = None
    level: Level = Level.password
    granted: frozenset[Action] = frozenset()
    behind_pin: frozenset[Action] = frozenset()

    def may(self, action: Action) -> bool:
        """Whether this actor may do it, as proven now."""
        return allowed(self.roles, action) or action in self.granted


def require(actor: Actor, action: Action) -> None:
    """Let the actor through or raise NotAllowed, which says who may do it (`pin_needed`: that a PIN would do)."""
    if actor.may(action):
        return
    if action in actor.behind_pin:
        raise NotAllowed(f"Type your PIN to {IN_WORDS[action]}.", code="pin_needed", action=action.value)
    raise NotAllowed(
        f"{actor.display_name} may not {IN_WORDS[action]}. Ask {who_may(action)}.",
        action=action.value,
        roles=[role.value for role in Role if role in GRANTED[action]],
    )


def limited(actor: Actor, level: Level, *, is_day: bool = False) -> Actor:
    """The same person as proven by a badge alone or with its PIN: without roles, with what that suffices for.

    >>> nina = limited(Actor(7, "nina", "Nina", frozenset({Role.nurse})), Level.badge)
    >>> nina.may(Action.take), nina.may(Action.put_back), nina.roles
    (True, False, frozenset())
    """
    suffices = DAY_BADGE_SUFFICES if is_day else PIN_SUFFICES if level is Level.pin else BADGE_SUFFICES
    granted = frozenset(action for action in suffices if actor.may(action))
    behind = frozenset(action for action in PIN_SUFFICES - granted if actor.may(action))
    behind = frozenset() if is_day or level is Level.pin else behind
    return replace(actor, roles=frozenset(), level=level, granted=granted, behind_pin=behind)


def who_may(action: Action) -> str:
    """The roles that may, as a phrase.

    >>> who_may(Action.receive)
    'a receiver or a manager'
    """
    words = [
        f"{'an' if ROLE_WORDS[role][0] in 'aeiou' else 'a'} {ROLE_WORDS[role]}"
        for role in Role
        if role in GRANTED[action]
    ]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
