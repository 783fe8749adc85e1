"""Waste leaves in one act: containers ticked, paper made, signed for the office, signed by the driver. For interfaces
where both signers stand beside the one who types; the screens take the same steps one by one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from sqlalchemy.orm import Session

from supply.errors import Conflict
from supply.staff.permissions import Actor
from supply.waste import manifests, pickups
from supply.waste.models import ManifestState
from supply.waste.pickup_lines import PickupLine, pickup_line
from supply.waste.rules import StateRules
from supply.waste.signatures import Sign

UNSIGNED = (None, ManifestState.draft.value, ManifestState.ready.value, ManifestState.void.value)


@dataclass(frozen=True)
class Leaving:
    """What leaves and who signs. `containers` None means everything that is on the pickup was seen at the dock.

    `signer` None leaves a paper that is signed already as it is.
    """

    pickup: str
    driver: Sign
    signer: Sign | None = None
    containers: Sequence[str] | None = None
    hauler_document: str | None = None


def leave(
    session: Session,
    *,
    leaving: Leaving,
    by: Actor,
    now: datetime,
    today: date,
    rules: StateRules,
    zone: tzinfo,
    law_folder: str = "",
) -> PickupLine:
    """Tick, draft, sign and hand over, all or nothing. Raises what those verbs raise."""
    line = pickup_line(session, leaving.pickup, today=today)
    seen = leaving.containers
    for code in [one.number for one in line.missing] if seen is None else seen:
        pickups.scan_container(session, number=line.number, code=code, by=by, now=now)
    if line.manifest_state in UNSIGNED and leaving.signer is not None:
        try:
            paper = manifests.draft(session, pickup=line.number, by=by, now=now, rules=rules, zone=zone,
                                    law_folder=law_folder)  # fmt: skip
        except Conflict as error:
            if error.code != "not_our_paper" or not leaving.hauler_document:
                raise  # somebody else's document is tracked by its number, and signed on that form
        else:
            manifests.sign_generator(session, number=paper.number, sign=leaving.signer, by=by, now=now, today=today,
                                     law_folder=law_folder)  # fmt: skip
    pickups.hand_over(session, number=line.number, driver=leaving.driver, by=by, now=now, rules=rules, zone=zone,
                      hauler_document=leaving.hauler_document)  # fmt: skip
    return pickup_line(session, line.number, today=today)
