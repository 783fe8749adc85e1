"""PURE: which role hears of which alerts. An alert is for one role; the manager of the office hears of all of them."""

from collections.abc import Collection, Mapping

MANAGER, RECEIVER, WASTE, NURSE, ADMIN = "manager", "receiver", "waste", "nurse", "admin"
EVERY = frozenset({MANAGER, RECEIVER, WASTE, NURSE, ADMIN})
HEARS: Mapping[str, frozenset[str]] = {
    "manager": EVERY,
    "receiver": frozenset({RECEIVER}),
    "waste": frozenset({WASTE}),
    "nurse": frozenset({NURSE}),
    "admin": frozenset({ADMIN}),
}
READS: Mapping[str, frozenset[str]] = {"auditor": EVERY}


def heard_by(roles: Collection[str]) -> frozenset[str]:
    """The audiences whose alerts somebody with these roles is told, by mail too, and may settle.

    >>> sorted(heard_by({"waste", "nurse"})), heard_by({"auditor"})
    (['nurse', 'waste'], frozenset())
    """
    return frozenset().union(*(HEARS.get(str(role), frozenset()) for role in roles))


def read_by(roles: Collection[str]) -> frozenset[str]:
    """The audiences whose alerts somebody with these roles may read: an auditor reads all of them.

    >>> len(read_by({"auditor"})), read_by({"nurse"})
    (5, frozenset({'nurse'}))
    """
    return heard_by(roles).union(*(READS.get(str(role), frozenset()) for role in roles))
