"""/scans/…/confirm: a scan that only named its person is theirs or not, once, said by them or by a manager."""

from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from supply.audit.models import AuditEntry
from supply.db import Database
from tests.web.api.conftest import GTIN, Api

CLAIMED = "/scans?state=claimed"


@pytest.fixture
def claimed(manager: Api) -> str:
    """The key of a scan that came under the nurse's name while nobody was signed on."""
    assert manager.scan(GTIN, "receive", lot="A1", quantity=2)[0] == 201
    status, answer = manager.scan(GTIN, "use", claimed_by="nurse")
    assert status == 201, answer
    return str(answer["request_id"])


def confirm(api: Api, key: str, *, mine: Any) -> tuple[int, Any]:
    return api.post(f"/scans/{key}/confirm", {"mine": mine})


def waiting(api: Api) -> list[str]:
    return [one["request_id"] for one in api.get(CLAIMED)[1]["items"]]


def trail(db: Database) -> list[str]:
    with db.read_session() as session:
        found = session.scalars(sa.select(AuditEntry.action).where(AuditEntry.action.startswith("scan.claim")))
        return list(found)


def test_the_person_named_says_that_it_was_theirs_and_saying_it_twice_is_once(
    nurse: Api, manager: Api, claimed: str, db: Database
) -> None:
    assert waiting(manager) == [claimed]
    for _ in range(2):
        status, answer = confirm(nurse, claimed, mine=True)
        assert (status, answer["claim"]) == (200, "mine")
    assert waiting(manager) == []
    assert trail(db) == ["scan.claim_mine"]


def test_what_the_person_denies_waits_for_the_manager(nurse: Api, manager: Api, claimed: str, db: Database) -> None:
    assert confirm(nurse, claimed, mine=False)[1]["claim"] == "not_mine"
    status, answer = confirm(nurse, claimed, mine=True)
    assert (status, answer["code"]) == (409, "not_open")
    open_ones = manager.get("/scans?state=exception")[1]["items"]
    assert [one["request_id"] for one in open_ones] == [claimed]
    assert trail(db) == ["scan.claim_not_mine"]


def test_a_manager_may_say_it_for_anybody_and_somebody_else_may_not(
    nurse: Api, manager: Api, claimed: str, db: Database
) -> None:
    other = str(manager.scan(GTIN, "use", claimed_by="manager")[1]["request_id"])
    status, answer = confirm(nurse, other, mine=True)
    assert (status, answer["detail"]) == (403, "Only the person named, or a manager, can say whose scan this was.")
    assert trail(db) == []
    assert confirm(manager, claimed, mine=True)[0] == 200
    assert trail(db) == ["scan.claim_mine"]


def test_what_nobody_has_to_confirm_is_refused_and_nothing_is_noted(nurse: Api, manager: Api, db: Database) -> None:
    manager.scan(GTIN, "receive", lot="A1", quantity=2)
    own = str(nurse.scan(GTIN, "use")[1]["request_id"])
    assert confirm(nurse, own, mine=True)[0] == 409
    assert confirm(nurse, str(uuid4()), mine=True)[0] == 404
    assert confirm(nurse, own, mine="perhaps")[0] == 422
    assert trail(db) == []
