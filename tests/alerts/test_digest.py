"""The morning mail's words, and who gets one when."""

from datetime import date, timedelta

import sqlalchemy as sa

from supply.alerts import book
from supply.alerts.digest import Recipient
from supply.alerts.models import AlertMail
from tests.alerts.test_book import cause, look, standing
from tests.alerts.test_outbox import TODAY, mails, mara, queue
from tests.factories import Office


def tomorrow(office: Office, days: int = 1) -> date:
    office.later(days=days)
    return office.now.date()


def test_a_good_day_is_silent(office: Office) -> None:
    assert queue(office) == 0
    look(office, cause())
    office.db.transact(
        lambda s: book.acknowledge(s, alert_id=standing(office.db)[0].id, actor=office.local, now=office.now)
    )
    assert queue(office) == 0


def test_each_hears_what_is_for_their_roles(office: Office) -> None:
    look(office, cause(role="admin", message="The backup is old.", kind="backup"), kinds=("backup",))
    nurse = Recipient(office.local.person_id, "Nora", "nora@example.org", ["nurse"])
    assert queue(office, nurse) == 0
    admin = Recipient(office.local.person_id, "Adam", "adam@example.org", ["admin", "nurse"])
    assert queue(office, admin) == 1
    assert "The backup is old." in mails(office)[0].text


def test_the_most_urgent_stands_first_with_its_reason_and_its_link(office: Office) -> None:
    look(
        office,
        cause(
            "lot 1", severity="note", message="Gauze expires in 80 days.", verb="See the lots", link="/expiry?show=90"
        ),
        cause("lot 2", severity="stop", message="Chlorhexidine <5 %> expired. Throw it out.", verb="Throw out"),
    )
    queue(office)
    (mail,) = mails(office)
    assert mail.subject == "2 decisions: Maple Street"
    assert mail.text.index("Chlorhexidine") < mail.text.index("Gauze")
    assert (
        "ACT NOW\n\n* Chlorhexidine <5 %> expired. Throw it out.\n  Throw out: http://supply.example/expiry\n"
        in mail.text
    )
    assert "http://supply.example/expiry?show=90" in mail.text
    assert "Chlorhexidine &lt;5 %&gt; expired" in mail.html
    assert '<a href="http://supply.example/expiry?show=90">See the lots</a>' in mail.html
    assert mail.html.startswith('<!doctype html>\n<html lang="en">')


def test_a_long_list_is_thirty_lines_and_how_many_more(office: Office) -> None:
    sorts = [cause(f"a {n}", message=f"Thing {n}.", group_words=f"things of sort {n}") for n in range(40)]
    look(office, *sorts, *(cause(f"lot {n}", severity="soon", group_words="lots expire soon") for n in range(50)))
    queue(office)
    (mail,) = mails(office)
    assert mail.subject == "90 decisions: Maple Street"
    assert mail.text.count("\n* ") == 30
    assert "* 50 lots expire soon\n" in mail.text
    assert "and 11 more: http://supply.example/alerts" in mail.text
    assert "and 11 more" in mail.html


def test_without_news_there_is_no_second_mail_but_urgent_things_are_said_daily(office: Office) -> None:
    look(office, cause("lot 1", severity="soon"))
    assert queue(office) == 1
    assert queue(office, today=tomorrow(office)) == 0
    look(office, cause("lot 1", severity="soon"), cause("lot 2", severity="soon", message="A second one."))
    assert queue(office, today=tomorrow(office)) == 1
    assert "* New: A second one." in mails(office)[1].text
    assert "* It expires." in mails(office)[1].text
    look(office, cause("lot 1", severity="stop"))
    assert [queue(office, today=tomorrow(office)) for _ in range(3)] == [1, 1, 1]


def test_a_mail_that_failed_told_nobody_so_the_next_day_says_it_again(office: Office) -> None:
    look(office, cause(severity="soon"))
    queue(office)
    office.db.transact(lambda s: s.execute(sa.update(AlertMail).values(state="failed")))
    assert queue(office, today=tomorrow(office)) == 1


def test_a_name_with_line_breaks_writes_no_line_of_its_own(office: Office) -> None:
    look(office, cause())
    person = Recipient(office.local.person_id, "Ann\nBcc: x@example.org", "ann@example.org", ["manager"])
    queue(office, person, today=TODAY + timedelta(days=1))
    assert "Good morning, Ann Bcc: x@example.org." in mails(office)[0].text


def test_mara_is_told_once_a_day_whatever_runs_twice(either_office: Office) -> None:
    look(either_office, cause(severity="stop"))
    assert sum(queue(either_office, mara(either_office)) for _ in range(3)) == 1
