"""The pages of alerts and of the morning mail: read, made quiet, taken back, settled."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from supply.alerts import book, digest, outbox
from supply.alerts.alert_lines import open_alerts
from supply.alerts.audience import EVERY
from supply.alerts.book import Cause
from supply.alerts.digest import Recipient
from supply.alerts.models import AlertMail
from supply.db import Database
from supply.monitoring import backup, printing, reorder, staff, waste
from supply.monitoring.checks import When, run_checks
from supply.settings import Settings
from supply.staff import people
from supply.staff.permissions import Role
from supply.stations import work_requests
from tests.factories import ZONE, Office
from tests.web.conftest import START, Clock
from tests.web.pages.conftest import Browser, hidden, notice_undo

KINDS = ("expiry", "device", "reorder")


def cause(subject: str, **fields: Any) -> Cause:
    values = {"kind": "expiry", "severity": "note", "message": f"{subject} is the matter. Do it.", "link": "/expiry",
              "role": "manager", "verb": "See the lots", "group_words": "lots expire soon",
              "group_link": "/expiry"}  # fmt: skip
    return Cause(**{**values, "subject": subject, **fields})


@pytest.fixture
def alert(db: Database, clock: Clock) -> Callable[..., None]:
    """Makes exactly these alerts open."""
    return lambda *causes: db.transact(lambda s: book.update(s, kinds=KINDS, causes=causes, now=clock()))


def loud(db: Database) -> list[str]:
    with db.read_session() as session:
        return [line.subject for line in open_alerts(session, roles=EVERY, is_acknowledged=False)]


def test_nothing_to_tell_says_when_it_is_looked_at_next(room: Office, browse: Callable[[Role], Browser]) -> None:
    page = browse(Role.nurse).get("/alerts").text
    assert "Nothing to tell you" in page
    assert "Next check tomorrow at 05:00." in page
    for show in ("quiet", "closed", "nonsense"):
        assert browse(Role.nurse).get(f"/alerts?show={show}").status_code == 200


def test_alerts_stand_most_urgent_first_several_of_a_sort_together(
    room: Office, browse: Callable[[Role], Browser], alert: Callable[..., None]
) -> None:
    alert(
        cause("Lot 1"), cause("Lot 2"), cause("Lot 3", severity="stop", verb="Throw out"), cause("Lot 4", role="waste")
    )
    page = browse(Role.manager).get("/alerts").text
    assert page.index("Lot 3 is the matter.") < page.index("3 lots expire soon") < page.index("Lot 1 is the matter.")
    assert page.count("btn-primary") == 4
    nurse = browse(Role.nurse).get("/alerts").text
    assert "is the matter" not in nurse


def test_seen_makes_quiet_and_undo_makes_loud_again(
    room: Office, browse: Callable[[Role], Browser], alert: Callable[..., None], db: Database
) -> None:
    alert(cause("Lot 1"), cause("Lot 2", severity="stop"))
    browser = browse(Role.manager)
    first = hidden(browser.get("/alerts").text, "ids")[0]
    page = browser.follow("/alerts/acknowledge", ids=first, next="/alerts")
    assert "The alert is quiet until it gets worse." in page
    assert loud(db) == ["Lot 1"]
    quiet = browser.get("/alerts?show=quiet").text
    assert "seen by manager, 2026-NOV-23 09:00" in quiet
    assert "Back on the list." in browser.follow(notice_undo(page))
    assert loud(db) == ["Lot 2", "Lot 1"]


def test_all_of_a_sort_are_seen_at_once_and_taken_back_at_once(
    room: Office, browse: Callable[[Role], Browser], alert: Callable[..., None], db: Database
) -> None:
    alert(*(cause(f"Lot {n}") for n in range(12)), cause("Lot 90", severity="stop"))
    browser = browse(Role.manager)
    everyone = max(hidden(browser.get("/alerts").text, "ids"), key=len)
    page = browser.follow("/alerts/acknowledge", ids=everyone, next="/alerts")
    assert "12 alerts are quiet until they get worse." in page
    assert loud(db) == ["Lot 90"]
    browser.follow(notice_undo(page))
    assert len(loud(db)) == 13


def test_what_is_over_meanwhile_is_said(
    room: Office, browse: Callable[[Role], Browser], alert: Callable[..., None]
) -> None:
    alert(cause("Lot 1"))
    browser = browse(Role.manager)
    (number,) = hidden(browser.get("/alerts").text, "ids")
    alert()
    assert "That is over already" in browser.follow("/alerts/acknowledge", ids=number)
    closed = browser.get("/alerts?show=closed").text
    assert "over 2026-NOV-23 09:00: Its cause is gone." in closed
    assert "btn-primary" not in closed


def test_what_was_over_a_month_ago_is_no_longer_listed(
    room: Office, browse: Callable[[Role], Browser], alert: Callable[..., None], clock: Clock
) -> None:
    alert(cause("Lot 1"))
    alert()
    clock.forward(days=31)
    assert "Nothing was over in the last 30 days" in browse(Role.manager).get("/alerts?show=closed").text


@pytest.mark.parametrize("ids", ["", "x", "1-x", "-", "9" * 30, "1-" * 300])
def test_a_form_that_is_not_ours_is_refused(room: Office, browse: Callable[[Role], Browser], ids: str) -> None:
    assert browse(Role.manager).post("/alerts/acknowledge", ids=ids).status_code == 422


def test_whom_it_is_not_for_settles_nothing(
    room: Office, browse: Callable[[Role], Browser], alert: Callable[..., None], db: Database
) -> None:
    alert(cause("Lot 1"))
    (number,) = hidden(browse(Role.manager).get("/alerts").text, "ids")
    assert browse(Role.nurse).post("/alerts/acknowledge", ids=number).status_code == 403
    assert browse(Role.auditor).post("/alerts/acknowledge", ids=number).status_code == 403
    assert browse(Role.manager).post("/alerts/acknowledge", ids="99999").status_code == 404
    assert loud(db) == ["Lot 1"]
    auditor = browse(Role.auditor).get("/alerts").text
    assert "Lot 1 is the matter." in auditor
    assert hidden(auditor, "ids") == []


def test_one_kind_can_be_shown_alone(
    room: Office, browse: Callable[[Role], Browser], alert: Callable[..., None]
) -> None:
    alert(cause("Lot 1"), cause("Scanner", kind="device", role="admin", link="/alerts?kind=device"))
    page = browse(Role.manager).get("/alerts?kind=device").text
    assert "Scanner is the matter." in page
    assert "Lot 1" not in page
    assert "btn-primary" not in page  # it is settled at the cable, not on a page


def test_every_page_that_an_alert_leads_to_exists_for_whom_it_is(
    stocked: Office, browse: Callable[[Role], Browser], db: Database
) -> None:
    stocked.scan("0104006381333931")
    when = When(START + timedelta(days=2), stocked.today + timedelta(days=2), ZONE)
    db.transact(lambda s: run_checks(s, names=None, when=when))
    with db.read_session() as session:
        lines = open_alerts(session, roles=EVERY)
    assert {line.kind for line in lines} >= {"expiry", "recall", "reorder", "scans", "backup"}
    browser = {role: browse(Role(role)) for role in {line.role for line in lines}}
    found = {
        (line.role, link): browser[line.role].get(link).status_code
        for line in lines
        for link in (line.link, line.group_link)
    }
    assert {where for where, status in found.items() if status not in (200, 302, 303)} == set()


@pytest.mark.parametrize(
    ("check", "names"),
    [
        (printing, ()),
        (staff, ()),
        (backup, ()),
        (reorder, ()),
        (waste, ("W-000001",)),
    ],
)
def test_the_pages_that_checks_name_exist(app: Flask, check: Any, names: tuple[str, ...]) -> None:
    named = [check.LINK] if hasattr(check, "LINK") else [link for links in check._PLACES.values() for link in links]
    for link in named:
        assert app.url_map.bind("").match(link.format(*names))


@pytest.fixture
def mailing(settings: Settings) -> Settings:
    """The settings with a mail server."""
    return settings.model_copy(update={"mail": settings.mail.model_copy(update={"host": "mail.example.org"})})


@pytest.fixture
def admin(browse: Callable[[Role], Browser]) -> Browser:
    return browse(Role.admin)


def test_only_an_administrator_sees_the_mail(room: Office, browse: Callable[[Role], Browser]) -> None:
    assert browse(Role.manager).get("/alerts/mail").status_code == 403
    page = browse(Role.admin).get("/alerts/mail").text
    assert "No mail server is set" in page
    assert "Send a test mail" not in page


def test_without_a_server_or_an_address_a_test_says_what_is_missing(
    room: Office, admin: Browser, app: Flask, db: Database
) -> None:
    assert "No mail server is set" in admin.follow("/alerts/mail/test")
    with db.read_session() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(AlertMail)) == 0


@pytest.fixture
def with_mail(app: Flask, mailing: Settings, admin: Browser) -> Browser:
    """The administrator's browser on an app whose settings name a mail server."""
    found = app.extensions["supply"]
    app.extensions["supply"] = type(found)(found.db, mailing, found.clock)
    return admin


def test_a_test_mail_is_left_for_the_worker_and_never_sent_by_the_page(
    room: Office, with_mail: Browser, db: Database
) -> None:
    assert "You have no mail address here" in with_mail.follow("/alerts/mail/test")
    number = _id_of(db, "admin")
    db.transact(lambda s: people.set_email(s, person_id=number, email="ada@example.org", by=room.local, now=START))
    assert "Send a test mail" in with_mail.get("/alerts/mail").text
    page = with_mail.follow("/alerts/mail/test")
    assert "A test goes to ada@example.org." in page
    assert "Waiting" in page
    with db.read_session() as session:
        (mail,) = session.scalars(sa.select(AlertMail))
        assert (mail.purpose, mail.state) == ("test", "queued")
        assert [row.subject for row in work_requests.unfinished(session, kind=work_requests.JOB)] == ["watch"]


def _id_of(db: Database, name: str) -> int:
    with db.read_session() as session:
        return people.person_named(session, name).id


@pytest.mark.parametrize(
    ("state", "what", "after"),
    [("unknown", "arrived", "sent"), ("unknown", "again", "queued"), ("failed", "resend", "queued")],
)
def test_a_mail_that_needs_a_person_is_settled_with_one_button(
    room: Office, with_mail: Browser, alert: Callable[..., None], db: Database, state: str, what: str, after: str
) -> None:
    alert(cause("Lot 1"))
    person = Recipient(room.local.person_id, "Mara", "mara@example.org", ["manager"])
    db.transact(
        lambda s: digest.queue_digests(
            s, recipients=[person], today=room.today, now=START, office_name="Office", base_url="http://x"
        )
    )
    db.transact(lambda s: s.execute(sa.update(AlertMail).values(state=state, state_words="It broke off.")))
    page = with_mail.get("/alerts/mail").text
    assert "It broke off." in page
    with db.read_session() as session:
        (line,) = outbox.mail_lines(session, since=room.today)
    assert f'action="/alerts/mail/{line.id}/{what}"' in page
    with_mail.follow(f"/alerts/mail/{line.id}/{what}")
    with db.read_session() as session:
        assert session.scalar(sa.select(AlertMail.state)) == after
    assert "by now" in with_mail.follow(f"/alerts/mail/{line.id}/arrived")
