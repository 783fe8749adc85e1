"""The book of alerts: one open row for each cause, quiet when acknowledged, loud again when it gets worse."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa

from supply.alerts import book
from supply.alerts.alert_lines import (
    AlertLine,
    alerts_after,
    closed_alerts,
    decisions,
    has_news,
    last_change,
    open_alerts,
    open_counts,
)
from supply.alerts.audience import heard_by
from supply.alerts.book import Cause, Changed
from supply.alerts.models import Alert
from supply.db import Database
from supply.errors import Conflict, NotAllowed, NotFound
from supply.staff.permissions import Actor, Role
from tests.conftest import NOW
from tests.factories import Office

EVERY = heard_by({"manager"})


def cause(subject: str = "lot 1", **fields: Any) -> Cause:
    values = {"kind": "expiry", "severity": "note", "message": "It expires.", "link": "/expiry", "role": "manager"}
    return Cause(**{**values, "subject": subject, **fields})


def look(office: Office, *causes: Cause, kinds: Sequence[str] = ("expiry",)) -> Changed:
    """One check that found these causes at the office's moment."""
    return office.db.transact(lambda s: book.update(s, kinds=kinds, causes=causes, now=office.now))


def standing(db: Database) -> list[AlertLine]:
    with db.read_session() as session:
        return open_alerts(session, roles=EVERY)


def rows(db: Database) -> list[Alert]:
    with db.read_session() as session:
        return list(session.scalars(sa.select(Alert).order_by(Alert.id)))


def acknowledge(office: Office, alert_id: int, by: Actor | None = None) -> None:
    office.db.transact(lambda s: book.acknowledge(s, alert_id=alert_id, actor=by or office.local, now=office.now))


def test_a_cause_opens_one_alert_and_looking_again_opens_no_other(either_office: Office) -> None:
    first = look(either_office, cause())
    either_office.later(hours=1)
    second = look(either_office, cause(message="It expires soon.", severity="note"))
    (row,) = rows(either_office.db)
    assert (len(first.opened), second) == (1, Changed())
    assert (row.message, row.opened_at, row.last_seen_at) == ("It expires soon.", NOW, NOW + timedelta(hours=1))


def test_an_alert_closes_by_itself_and_a_cause_that_returns_is_a_new_row(either_office: Office) -> None:
    look(either_office, cause())
    either_office.later(days=1)
    gone = look(either_office)
    either_office.later(days=1)
    again = look(either_office, cause())
    old, new = rows(either_office.db)
    assert (old.closed_at, old.closed_because) == (NOW + timedelta(days=1), book.GONE)
    assert gone.closed == (old.id,)
    assert (again.opened, new.closed_at, new.opened_at) == ((new.id,), None, NOW + timedelta(days=2))


def test_only_the_kinds_that_were_looked_at_are_closed(office: Office) -> None:
    look(office, cause(kind="device"), kinds=("device",))
    look(office, cause())
    look(office)
    assert [line.kind for line in standing(office.db)] == ["device"]


def test_an_acknowledged_alert_stays_open_and_quiet_until_it_gets_worse(office: Office) -> None:
    look(office, cause(level=1))
    (line,) = standing(office.db)
    acknowledge(office, line.id)
    office.later(days=1)
    assert look(office, cause(level=1, message="New words.")).risen == ()
    (line,) = standing(office.db)
    assert (line.acknowledged_at, line.acknowledged_by_id) == (NOW, office.local.person_id)
    assert look(office, cause(level=2)).risen == (line.id,)
    (line,) = standing(office.db)
    assert (line.acknowledged_at, line.opened_at, line.risen_at) == (None, NOW, NOW + timedelta(days=1))
    acknowledge(office, line.id)
    assert look(office, cause(level=2, severity="stop")).risen == (line.id,)
    assert standing(office.db)[0].acknowledged_at is None


def test_an_alert_that_gets_better_stays_quiet(office: Office) -> None:
    look(office, cause(severity="stop"))
    acknowledge(office, standing(office.db)[0].id)
    look(office, cause(severity="short"))
    (line,) = standing(office.db)
    assert line.severity == "short"
    assert line.acknowledged_at is not None


def test_of_two_causes_of_one_subject_the_worse_is_told(office: Office) -> None:
    look(office, cause(severity="stop"), cause(severity="note"))
    assert [line.severity for line in standing(office.db)] == ["stop"]


def test_a_cause_that_must_last_is_told_only_then_and_forgotten_when_it_goes(office: Office) -> None:
    lasting = cause(kind="device", lasts=timedelta(minutes=10))

    def watch(*causes: Cause) -> int:
        office.later(minutes=5)
        return len(look(office, *causes, kinds=("device",)).opened)

    assert [watch(lasting), watch(lasting), watch(), watch(lasting), watch(lasting), watch(lasting)] == [
        *(0, 0, 0),  # back before the ten minutes were over: the time counts anew
        *(0, 0, 1),
    ]
    assert watch(lasting) == 0
    assert len(rows(office.db)) == 1


def test_two_checks_at_once_open_one_alert(either_office: Office) -> None:
    together = Barrier(6)

    def check(_: int) -> int:
        together.wait()
        return len(look(either_office, *(cause(f"lot {n}") for n in range(20))).opened)

    with ThreadPoolExecutor(6) as threads:
        opened = list(threads.map(check, range(6)))
    assert sum(opened) == 20
    assert len(rows(either_office.db)) == 20


def test_control_without_the_unique_index_two_rows_of_one_cause_can_be_open(either_office: Office) -> None:
    with either_office.db.writer.begin() as connection:
        connection.execute(sa.text("DROP INDEX uq_alerts_open"))

    def insert(session: Any) -> None:
        for _ in range(2):
            book._open(session, cause(), NOW)

    either_office.db.transact(insert)
    assert len(rows(either_office.db)) == 2


def test_the_database_itself_refuses_a_second_open_row(either_office: Office) -> None:
    look(either_office, cause())
    assert either_office.db.transact(lambda s: book._open(s, cause(), NOW)) is None
    assert len(rows(either_office.db)) == 1


def test_who_an_alert_is_not_for_can_neither_see_nor_settle_it(office: Office) -> None:
    look(office, cause())
    nurse, manager = office.person("nora", Role.nurse), office.person("mara", Role.manager)
    (line,) = standing(office.db)
    with office.db.read_session() as session:
        assert open_alerts(session, roles=heard_by(nurse.roles)) == []
    with pytest.raises(NotAllowed):
        acknowledge(office, line.id, nurse)
    acknowledge(office, line.id, manager)
    assert standing(office.db)[0].acknowledged_by_id == manager.person_id
    assert office.faults() == []


def test_what_is_over_or_was_never_there_cannot_be_acknowledged(office: Office) -> None:
    look(office, cause())
    (line,) = standing(office.db)
    look(office)
    with pytest.raises(Conflict, match="over already: Its cause is gone"):
        acknowledge(office, line.id)
    with pytest.raises(NotFound):
        acknowledge(office, 999)


def test_an_acknowledgement_is_taken_back(office: Office) -> None:
    look(office, cause())
    (line,) = standing(office.db)
    acknowledge(office, line.id)
    office.db.transact(lambda s: book.speak_up(s, alert_id=line.id, actor=office.local, now=office.now))
    assert standing(office.db)[0].acknowledged_at is None


def test_words_longer_than_their_column_are_cut_not_refused(either_office: Office) -> None:
    look(either_office, cause(message="x" * 900))
    assert rows(either_office.db)[0].message == "x" * 499 + "…"


def test_few_alerts_are_a_line_each_and_many_of_a_sort_are_one(office: Office) -> None:
    expired = [cause(f"lot {n}", severity="stop", value=10, group_words="lots have expired") for n in range(9)]
    lone = cause("lot 90", severity="short", group_words="lots expire in 1 to 7 days", message="Lot 90 expires.")
    with_low = [cause(f"item {n}", kind="reorder", group_words="items run low") for n in range(3)]
    look(office, *expired, lone, *with_low, kinds=("expiry", "reorder"))
    with office.db.read_session() as session:
        found = decisions(session, roles=EVERY, most=7)
        every = decisions(session, roles=EVERY, most=30)
        tight = decisions(session, roles=EVERY, most=2)
    assert [(line.words, line.count, line.value) for line in found.lines] == [
        ("9 lots have expired", 9, 90),
        ("Lot 90 expires.", 1, None),
        ("3 items run low", 3, None),
    ]
    assert (found.total, found.beyond) == (13, 0)
    assert [line.alert_id is None for line in found.lines] == [True, False, True]
    assert len(every.lines) == 13
    assert (len(tight.lines), tight.beyond) == (2, 3)


def test_news_is_what_opened_or_rose_since_or_what_is_urgent(office: Office) -> None:
    def news(since: Any) -> bool:
        with office.db.read_session() as session:
            return has_news(session, roles=EVERY, since=since)

    assert not news(None)
    look(office, cause())
    assert news(None)
    assert not news(office.now)
    office.later(days=1)
    assert not news(NOW)
    look(office, cause(level=1))
    assert news(NOW)
    look(office, cause(level=1, severity="stop"))
    assert news(office.now)
    acknowledge(office, standing(office.db)[0].id)
    assert not news(NOW)


def test_what_is_closed_is_listed_latest_first_and_pages_go_by_number(office: Office) -> None:
    for n in range(3):
        look(office, cause(f"lot {n}"))
        office.later(days=1)
    look(office)
    with office.db.read_session() as session:
        closed = closed_alerts(session, roles=EVERY, since=NOW)
        assert [line.subject for line in closed] == ["lot 2", "lot 1", "lot 0"]
        assert closed_alerts(session, roles=EVERY, since=office.now + timedelta(seconds=1)) == []
        page = alerts_after(session, roles=EVERY, state="closed", kind=None, after_id=closed[2].id, limit=1)
        assert [line.subject for line in page] == ["lot 1"]
        assert open_counts(session, roles=EVERY).loud == 0
        assert last_change(session, roles=EVERY, since=NOW) == office.now
        assert last_change(session, roles=EVERY, since=office.now + timedelta(seconds=1)) is None


def test_what_is_open_is_found_without_reading_what_is_closed(either_office: Office) -> None:
    """A year of history costs nothing: the same number of rows is looked at with and without it."""
    db = either_office.db
    moments = dict.fromkeys(("opened_at", "risen_at", "last_seen_at", "closed_at"), NOW)
    row = {"kind": "expiry", "severity": "note", "message": "x", "link": "/", "role": "manager", **moments}
    values = [{**row, "subject": f"lot {n}"} for n in range(20_000)]
    db.transact(lambda s: s.execute(sa.insert(Alert), values))
    look(either_office, cause("lot 1"))
    with db.writer.begin() as connection:
        connection.execute(sa.text("ANALYZE"))
    question = "SELECT * FROM alerts WHERE closed_at IS NULL AND kind IN ('expiry')"
    explain = "EXPLAIN QUERY PLAN " if db.is_sqlite else "EXPLAIN "
    with db.engine.connect() as connection:
        plan = " ".join(str(row) for row in connection.execute(sa.text(explain + question)))
    assert "uq_alerts_open" in plan
    assert [line.subject for line in standing(db)] == ["lot 1"]
