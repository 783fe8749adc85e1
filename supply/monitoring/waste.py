"""What the law wants done about waste by a day: storage, pickups, copies of papers, exception reports, registrations.

The days come from `waste.watch` and are not judged here. Trainings are told by `staff`, further ahead.
"""

from collections.abc import Collection, Mapping

from sqlalchemy.orm import Session

from supply.alerts.audience import WASTE
from supply.alerts.book import Cause
from supply.monitoring.limits import Limits, When
from supply.waste.deadlines import FINE, OVERDUE, Deadline
from supply.waste.watch import deadlines_now, rules_here

KINDS = ("waste_storage", "waste_pickup", "waste_copy", "waste_report", "waste_registration")
GONE = dict.fromkeys(KINDS, "It is done, or its date was changed.")
# deadline's kind: alert's kind, severity when soon and when overdue, verb, words for several soon and overdue
_SORTS: Mapping[str, tuple[str, str, str, str, str, str]] = {
    "storage": ("waste_storage", "short", "stop", "Book a pickup", "containers must be picked up soon",
                "containers are past their storage limit"),
    "pickup_missed": ("waste_pickup", "soon", "short", "See the pickup", "pickups are booked for today",
                      "pickups were missed"),
    "copy": ("waste_copy", "soon", "short", "See the paper", "signed copies should come back soon",
             "signed copies are late"),
    "exception": ("waste_report", "short", "stop", "See the paper", "exception reports are due soon",
                  "exception reports are due"),
    "registration": ("waste_registration", "soon", "stop", "See the parties", "registrations run out soon",
                     "registrations have run out"),
}  # fmt: skip
_PLACES: Mapping[str, tuple[str, str]] = {  # where one of them is settled, and where all of them are
    "storage": ("/waste/containers/{}", "/waste"),
    "pickup_missed": ("/waste/pickups/{}", "/waste/pickups"),
    "copy": ("/waste/papers/{}", "/waste/papers"),
    "exception": ("/waste/papers/{}", "/waste/papers"),
    "registration": ("/waste/parties", "/waste/parties"),
}
_ADVICE: Mapping[str, str] = {
    "storage": "Book a pickup.",
    "pickup_missed": "Call the transporter, then book another day.",
    "copy": "Ask the facility for the signed copy.",
    "exception": "Ask your agency, then record what was reported.",
    "registration": "Ask for the new one and record it.",
}


def causes(session: Session, when: When, limits: Limits) -> list[Cause]:
    """What is due soon or overdue."""
    rules = rules_here(session, law_folder=str(limits.law_folder or ""), zone=when.zone)
    found = deadlines_now(session, rules=rules, today=when.today, zone=when.zone)
    return [cause for cause in map(deadline_cause, found) if cause is not None]


def followed(session: Session, when: When, limits: Limits, subjects: Collection[str]) -> list[Cause]:
    """The same of what stands already: here it costs no less."""
    return causes(session, when, limits)


def deadline_cause(deadline: Deadline) -> Cause | None:
    """What is to be said of one deadline; None while it is fine, and for kinds that others tell. PURE."""
    if deadline.state == FINE or deadline.kind not in _SORTS:
        return None
    kind, soon, late, verb, several_soon, several_late = _SORTS[deadline.kind]
    is_late = deadline.state == OVERDUE
    one, all_of_them = _PLACES[deadline.kind]
    advice = _ADVICE[deadline.kind] if is_late or deadline.kind != "pickup_missed" else "Have everything at the dock."
    check = " Nobody here has confirmed this rule yet: verify it." if deadline.needs_verification else ""
    return Cause(
        kind=kind,
        subject=deadline.subject,
        severity=late if is_late else soon,
        message=f"{deadline.message} {advice}{check}",
        link=one.format(deadline.subject.rpartition(" ")[2]),
        role=WASTE,
        verb=verb,
        level=int(is_late),
        group_words=several_late if is_late else several_soon,
        group_link=all_of_them,
    )
