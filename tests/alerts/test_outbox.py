"""The mails that wait: each goes once, the server's absence is outlasted, what may have gone is asked of a person."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from supply.alerts import digest, outbox
from supply.alerts.alert_lines import open_alerts
from supply.alerts.digest import Recipient
from supply.alerts.models import AlertMail
from supply.alerts.smtp import Delivery, Letter, Transport
from supply.errors import Conflict, NotFound
from supply.staff.permissions import Role
from tests.alerts.smtp_server import Faults, MailServer
from tests.alerts.test_book import cause, look
from tests.conftest import NOW
from tests.factories import Office

TODAY = date(2026, 11, 23)
ROLES = frozenset({"admin"})


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as running:
        yield running


def mara(office: Office, number: int = 0) -> Recipient:
    return Recipient(office.local.person_id, "Mara Lindqvist", f"mara{number or ''}@example.org", ["manager"])


def queue(office: Office, *recipients: Recipient, today: date = TODAY) -> int:
    return office.db.transact(
        lambda s: digest.queue_digests(
            s, recipients=recipients or [mara(office)], today=today, now=office.now,
            office_name="Maple Street", base_url="http://supply.example",
        )
    )  # fmt: skip


def to(server: MailServer) -> Transport:
    return Transport(
        host="127.0.0.1", port=server.port, security="none", user="", password_file="", sender="s@example.org",
        timeout_seconds=0.5,
    )  # fmt: skip


def send(office: Office, server: MailServer) -> dict[str, int]:
    found = outbox.send_waiting(office.db, transport=to(server), now=office.now).counts
    return {outcome: count for outcome, count in found.items() if count}


def mails(office: Office) -> list[AlertMail]:
    with office.db.read_session() as session:
        return list(session.scalars(sa.select(AlertMail).order_by(AlertMail.id)))


def told(office: Office) -> list[tuple[str, str]]:
    """What the administrator is told about mails."""
    with office.db.read_session() as session:
        return [(line.subject, line.message) for line in open_alerts(session, roles=ROLES, kind="mail")]


def many_people(office: Office, count: int) -> list[Recipient]:
    made = []
    for n in range(count):
        person = office.person(f"p{n}", Role.manager)
        made.append(Recipient(person.person_id, f"P {n}", f"p{n}@example.org", ["manager"]))
    return made


def test_a_mail_goes_once_however_often_it_is_asked_for(office: Office, server: MailServer) -> None:
    look(office, cause())
    assert (queue(office), queue(office)) == (1, 0)
    assert (send(office, server), send(office, server)) == ({"sent": 1}, {})
    assert len(server.accepted) == 1
    (mail,) = mails(office)
    assert (mail.state, mail.sent_at) == ("sent", NOW)
    assert told(office) == []


def test_a_server_that_is_down_is_outlasted_with_growing_pauses(office: Office, server: MailServer) -> None:
    look(office, cause())
    queue(office)
    server.down()
    waits = []
    for _ in range(3):
        assert send(office, server) == {"later": 1}
        wait = mails(office)[0].next_try_at - office.now
        waits.append(wait // timedelta(minutes=1))
        office.now += wait - timedelta(minutes=1)
        assert send(office, server) == {}  # not yet
        office.later(minutes=1)
    assert waits == [5, 10, 20]
    server.up()
    assert send(office, server) == {"sent": 1}
    assert len(server.accepted) == 1


def test_a_server_that_stays_away_all_morning_ends_in_an_alert_with_words(office: Office, server: MailServer) -> None:
    look(office, cause())
    queue(office)
    server.down()
    outcomes = []
    while mails(office)[0].state == "queued":
        outcomes.append(send(office, server))
        office.later(minutes=5)
    assert sum("later" in outcome for outcome in outcomes) == len(outbox.BACKOFF_MINUTES)
    assert outcomes[-1] == {"failed": 1}
    assert timedelta(hours=3) < office.now - NOW < timedelta(hours=6)
    ((subject, message),) = told(office)
    assert subject == "failed"
    assert "did not reach Mara Lindqvist. Tried 8 times." in message
    assert "does not answer: Connection refused" in message
    server.up()
    office.db.transact(lambda s: outbox.send_again(s, mail_id=mails(office)[0].id, actor=office.local, now=office.now))
    assert told(office) == []
    assert send(office, server) == {"sent": 1}


def test_while_the_server_is_away_it_is_asked_once_a_round_and_every_mail_waits(
    office: Office, server: MailServer
) -> None:
    look(office, cause())
    assert queue(office, *many_people(office, 4)) == 4
    server.faults = Faults(hangs_after="greeting")
    assert send(office, server) == {"later": 4}
    assert server.connections == 1
    assert {mail.next_try_at for mail in mails(office)} == {NOW + timedelta(minutes=5)}


def test_one_refused_address_stops_nobody_else(office: Office, server: MailServer) -> None:
    look(office, cause())
    queue(office, *many_people(office, 3))
    server.faults = Faults(replies={"p1@example.org": "550 5.1.1 no such mailbox"})
    assert send(office, server) == {"sent": 2, "failed": 1}
    assert [mail.state for mail in mails(office)] == ["sent", "failed", "sent"]
    ((_, message),) = told(office)
    assert "did not reach P 1. The mail server said: 550 5.1.1 no such mailbox" in message


def test_a_mail_that_may_have_arrived_is_never_sent_again_by_itself(office: Office, server: MailServer) -> None:
    look(office, cause())
    queue(office)
    server.faults = Faults(drops_after="text")
    assert send(office, server) == {"unknown": 1}
    assert len(server.accepted) == 1  # it did arrive; only the answer was lost
    server.faults = Faults()
    for _ in range(20):
        office.later(minutes=30)
        assert send(office, server) == {}
    assert len(server.accepted) == 1
    ((subject, message),) = told(office)
    assert (subject, "may or may not have reached Mara Lindqvist" in message) == ("unknown", True)


class SendsAgainOnUnknown:
    """What must never be: a transport that takes an unknown outcome for a passing one."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def send(self, letter: Letter) -> Delivery:
        delivery = self._transport.send(letter)
        return Delivery("later", delivery.words) if delivery.outcome == "unknown" else delivery


def test_control_sending_again_on_unknown_mails_twice(office: Office, server: MailServer) -> None:
    look(office, cause())
    queue(office)
    sabotaged = SendsAgainOnUnknown(to(server))
    server.faults = Faults(drops_after="text")
    outbox.send_waiting(office.db, transport=sabotaged, now=office.now)
    server.faults = Faults()
    office.later(hours=1)
    outbox.send_waiting(office.db, transport=sabotaged, now=office.now)
    assert len(server.accepted) == 2


@pytest.mark.parametrize(("arrived", "state", "count"), [(True, "sent", 1), (False, "sent", 2)])
def test_a_person_settles_an_unknown_mail(
    office: Office, server: MailServer, arrived: bool, state: str, count: int
) -> None:
    look(office, cause())
    queue(office)
    server.faults = Faults(drops_after="text")
    send(office, server)
    server.faults = Faults()
    number = mails(office)[0].id

    def say() -> None:
        office.db.transact(
            lambda s: outbox.say_arrived(s, mail_id=number, arrived=arrived, actor=office.local, now=office.now)
        )

    say()
    send(office, server)
    assert (mails(office)[0].state, len(server.accepted)) == (state, count)
    assert told(office) == []
    with pytest.raises(Conflict):
        say()
    with pytest.raises(NotFound):
        office.db.transact(lambda s: outbox.send_again(s, mail_id=99, actor=office.local, now=office.now))
    assert office.faults() == []


def test_a_mail_under_way_when_the_machine_stopped_is_unknown_not_sent_again(
    either_office: Office, server: MailServer
) -> None:
    look(either_office, cause())
    queue(either_office)
    either_office.db.transact(lambda s: outbox._take_next(s, either_office.now))  # … and here the power goes
    assert send(either_office, server) == {}  # another process may still be at it
    either_office.later(minutes=11)
    assert send(either_office, server) == {"unknown": 1}
    assert server.accepted == []


def test_what_was_refused_for_a_while_is_tried_again(office: Office, server: MailServer) -> None:
    look(office, cause())
    queue(office)
    server.faults = Faults(replies={"mara@example.org": "451 4.7.1 greylisted"})
    assert send(office, server) == {"later": 1}
    server.faults = Faults()
    office.later(minutes=5)
    assert send(office, server) == {"sent": 1}


def test_a_mail_that_waited_until_the_evening_is_not_sent_any_more(office: Office, server: MailServer) -> None:
    look(office, cause())
    queue(office)
    office.later(hours=13)
    assert send(office, server) == {"failed": 1}
    assert server.accepted == []
    assert "the day was over" in mails(office)[0].state_words


def test_without_a_mail_server_nothing_is_tried(office: Office) -> None:
    look(office, cause())
    queue(office)
    assert outbox.send_waiting(office.db, transport=None, now=office.now).in_words == "nothing to send"
    assert mails(office)[0].state == "queued"


def test_the_alert_about_a_failed_mail_is_over_after_a_day(office: Office, server: MailServer) -> None:
    look(office, cause())
    queue(office)
    server.faults = Faults(replies={"mara@example.org": "550 no"})
    send(office, server)
    assert len(told(office)) == 1
    office.later(hours=31)
    send(office, server)
    assert told(office) == []


def test_a_test_mail_is_queued_beside_the_morning_mail(office: Office, server: MailServer) -> None:
    look(office, cause())
    queue(office)

    def test_mail(session: Any) -> int | None:
        letter = digest.write_test(mara(office), office_name="Maple Street", base_url="http://supply.example")
        return outbox.queue_letter(
            session, letter, person_id=office.local.person_id, purpose="test", today=TODAY, now=office.now
        )

    assert office.db.transact(test_mail) is not None
    assert office.db.transact(test_mail) is not None
    assert send(office, server) == {"sent": 3}
    assert [mail["Subject"] for mail in server.to("mara@example.org")][1:] == ["Test: Maple Street"] * 2
