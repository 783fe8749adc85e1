"""A month of an office by a clock of its own, the timetable asked every hour, mails to a real server on a socket.

Lots pass the steps of the ladder, an item runs low and is received, a container passes its limit and is picked up, a
device fails and comes back. Each alert opens on its day, once, and closes when its cause goes; each mail goes once, and
none on a day without news.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa

from supply.alerts import book
from supply.alerts.alert_lines import open_alerts
from supply.alerts.audience import EVERY
from supply.alerts.models import Alert, AlertMail
from supply.jobs.model import Job, JobContext
from supply.jobs.models import JobName
from supply.jobs.runner import run_due
from supply.jobs.timetable import JOBS
from supply.monitoring import expiry
from supply.monitoring.limits import Limits, When
from supply.settings import Settings, load
from supply.staff import people
from supply.staff.permissions import Role
from supply.stations.device_scans import note_device_state
from supply.stations.installing import StationPlan, install
from supply.stations.models import Device
from tests.alerts.smtp_server import MailServer
from tests.factories import GLOVES, SYRINGES, ZONE, Office, gs1
from tests.waste.rooms import Room

BEGIN, DAYS = date(2026, 12, 1), 31
PLAN = StationPlan("kiosk-1", "Kiosk", "STOREROOM", "use", [("scanner-1", "serial", {"port": "/dev/none"})])
ANSWERED = ("expiry", "reorder", "waste_storage", "device")
READERS = {"mara": Role.manager, "wanda": Role.waste, "adam": Role.admin}


def at(day: date, hour: int) -> datetime:
    """A full hour of the office's day."""
    return datetime.combine(day, time(hour), ZONE).astimezone(UTC)


def dec(day: int) -> date:
    return date(2026, 12, day)


@dataclass
class Month:
    """The office, what happens in it and when, and what was seen of its alerts and mails."""

    office: Office
    room: Room
    server: MailServer
    settings: Settings
    jobs: Sequence[Job] = JOBS
    acts: dict[tuple[int, int], Callable[[], object]] = field(default_factory=dict)  # (day, hour) → what people do
    told: list[tuple[datetime, Alert]] = field(default_factory=list)  # every opening and rise, when it was seen
    _risen: dict[int, datetime] = field(default_factory=dict)

    def live(self, days: int = DAYS) -> None:
        """Let the days pass, hour by hour: first what people do, then what is due."""
        for number in range(days):
            day = BEGIN + timedelta(days=number)
            for hour in range(24):
                self.office.now = at(day, hour)
                self.acts.get((day.day, hour), lambda: None)()
                runs = run_due(self.office.db, self.settings, now=self.office.now, jobs=self.jobs)
                assert {run.outcome for run in runs} <= {"done"}, [(run.job, run.summary) for run in runs]
                self._look()
                if hour == 9:
                    self.see_everything()

    def _look(self) -> None:
        with self.office.db.read_session() as session:
            for row in session.scalars(sa.select(Alert).order_by(Alert.id)):
                if self._risen.get(row.id) != row.risen_at:
                    self._risen[row.id] = row.risen_at
                    self.told.append((self.office.now, row))

    def see_everything(self) -> None:
        """The manager reads the morning page and takes care of all of it."""
        actor = self.office.local

        def see(session: object) -> None:
            for line in open_alerts(session, roles=EVERY, is_acknowledged=False):  # type: ignore[arg-type]
                book.acknowledge(session, alert_id=line.id, actor=actor, now=self.office.now)  # type: ignore[arg-type]

        self.office.db.transact(see)

    def rows(self) -> list[Alert]:
        with self.office.db.read_session() as session:
            return list(session.scalars(sa.select(Alert).order_by(Alert.id)))

    def diary(self, kind: str) -> list[tuple[str, int, str]]:
        """Openings and rises of a kind: what, on which day, how urgent."""
        return [
            (row.subject, moment.astimezone(ZONE).day, row.severity) for moment, row in self.told if row.kind == kind
        ]

    def closings(self, kind: str) -> list[tuple[str, int, int]]:
        """What closed of a kind, on which day, at which hour."""
        ended = ((row, row.closed_at.astimezone(ZONE)) for row in self.rows() if row.kind == kind and row.closed_at)
        return [(row.subject, end.day, end.hour) for row, end in ended]

    def mail_days(self, name: str) -> list[int]:
        """On which days this person's mail arrived."""
        days = []
        for message in self.server.to(f"{name}@example.org"):
            days.append(self.sent_on[message["Message-ID"].split("@")[0].strip("<")])
        return days

    @property
    def sent_on(self) -> dict[str, int]:
        with self.office.db.read_session() as session:
            rows = session.execute(sa.select(AlertMail.message_id, AlertMail.mailed_on))
            return {row.message_id: row.mailed_on.day for row in rows}

    def wrong(self) -> list[str]:
        """What is not as it should be, whatever happened in the month: nothing twice, no mail without news."""
        found = []
        standing = [(row.kind, row.subject) for row in self.rows() if row.closed_at is None]
        found += [f"{one} is open {standing.count(one)} times" for one in set(standing) if standing.count(one) > 1]
        for name, role in READERS.items():
            news = self._news_days(role)
            days = self.mail_days(name)
            found += [f"{name} got {days.count(day)} mails on {day}" for day in set(days) if days.count(day) > 1]
            found += [f"{name} got a mail on {day} without news" for day in sorted(set(days) - news)]
            found += [f"{name} got no mail on {day} with news" for day in sorted(news - set(days))]
        return found

    def _news_days(self, role: Role) -> set[int]:
        """Days on whose morning something opened or rose that nobody had seen or settled before the mail at 06:30."""
        days = set()
        for row in self.rows():
            risen = [moment for moment, one in self.told if one.id == row.id]
            for moment in risen:
                local = moment.astimezone(ZONE)
                day = local.date() if local.hour < 7 else local.date() + timedelta(days=1)
                is_over = row.closed_at is not None and row.closed_at <= at(day, 6)
                was_seen = local.hour in range(7, 10)  # at nine the manager sees what the day has brought so far
                if row.role in book.heard_by({role.value}) and not is_over and not was_seen and day <= dec(31):
                    days.add(day.day)
        return days


@pytest.fixture
def month(office: Office, tmp_path: Path) -> Iterator[Month]:
    """The office on the last day of November, with everything that will happen in December."""
    found = load(None, {"SUPPLY_DATA": str(tmp_path)})
    with MailServer() as server:
        mail = {"host": "127.0.0.1", "port": server.port, "security": "none", "sender": "supply@example.org"}
        settings = found.model_copy(update={"mail": found.mail.model_copy(update=mail)})
        office.now = at(date(2026, 11, 16), 12)
        room = Room.of(office)
        made = Month(office, room, server, settings)
        prepare(made)
        yield made


def prepare(month: Month) -> None:
    """People with addresses, four lots, an item with a reorder point, a container in use, a scanner; then the acts."""
    office, room = month.office, month.room
    for name, role in READERS.items():
        person = office.person(name, role)
        address = f"{name}@example.org"
        office.db.transact(
            lambda s, person=person, address=address: people.set_email(
                s, person_id=person.person_id, email=address, by=office.local, now=office.now
            )
        )
    room.furnish()
    box = room.container()
    room.note(box)  # November 16: warned from December 7, over on December 16
    office.db.transact(lambda s: install(s, stations=[PLAN], now=office.now))
    office.item()
    office.item("SYR-3", gtin=SYRINGES, name="Syringe 3 mL", unit="each", reorder_point=5)
    for lot, expires in (("L90", dec(5) + timedelta(90)), ("L60", dec(6) + timedelta(60)),
                         ("L30", dec(8) + timedelta(30)), ("L7", dec(18))):  # fmt: skip
        office.receive(lot, f"{expires:%y%m%d}")
    office.receive("S1", "290101", 6, gtin=SYRINGES)

    def device(state: str) -> Callable[[], object]:
        words = "" if state == "open" else "No such port."
        return lambda: office.db.transact(
            lambda s: note_device_state(
                s, device_id=s.scalar(sa.select(Device.id)), state=state, words=words, last_activity_at=None
            )
        )

    month.acts = {
        (10, 14): lambda: office.scan(gs1(SYRINGES, lot="S1", expiry="290101"), "use", quantity=3),
        (11, 6): month.server.down,
        (11, 12): month.server.up,
        (14, 10): lambda: office.receive("S2", "290201", 20, gtin=SYRINGES),
        (19, 11): lambda: pick_up(room, box),
        (20, 10): lambda: office.scan(gs1(GLOVES, lot="L7", expiry="261218"), "discard"),
        (22, 11): device("failed"),
        (22, 15): device("open"),
        (24, 20): device("failed"),
        (25, 12): device("open"),
    }


def pick_up(room: Room, box: str) -> None:
    """Seal it, book the transporter, sign, and see it off."""
    room.seal(box)
    pickup = room.pickup(box)
    paper = room.draft(pickup)
    room.sign(paper)
    room.tick(pickup)
    room.hand_over(pickup)


def test_a_month_tells_each_thing_on_its_day_and_mails_it_once(month: Month) -> None:
    month.live()
    lots = {row.message.split("lot ")[1].split(",")[0]: row.subject for row in month.rows() if row.kind == "expiry"}
    first, second, third, last = (lots[name] for name in ("L90", "L60", "L30", "L7"))
    assert month.diary("expiry") == [
        *((last, 1, "soon"), (third, 1, "note"), (second, 1, "note")),
        *((first, 5, "note"), (second, 6, "note"), (third, 8, "soon")),
        *((last, 11, "short"), (last, 18, "stop"), (third, 31, "short")),
    ]
    assert month.closings("expiry") == [(last, 20, 10)]
    assert month.diary("reorder") == [("item SYR-3", 11, "short")]
    assert month.closings("reorder") == [("item SYR-3", 14, 10)]
    box = "container W-000001"
    assert month.diary("waste_storage") == [(box, 7, "short"), (box, 17, "stop")]
    assert month.closings("waste_storage") == [(box, 19, 11)]
    scanner = "device scanner-1"
    assert month.diary("device") == [(scanner, 22, "short"), (scanner, 24, "short")]
    assert month.closings("device") == [(scanner, 22, 15), (scanner, 25, 12)]
    assert {row.kind for row in month.rows()} <= {*ANSWERED, "suggestions"}

    assert month.wrong() == []
    assert month.mail_days("wanda") == [7, 17]
    assert month.mail_days("adam") == [25]  # what failed on the 22nd was over before the next morning
    assert set(month.mail_days("mara")) >= {1, 5, 6, 7, 8, 11, 17, 18, 25, 31}
    assert not set(month.mail_days("mara")) & {2, 3, 4, 9, 10, 13, 22, 23, 26, 27, 28, 29, 30}
    assert month.office.faults() == []
    with month.office.db.read_session() as session:
        states = set(session.scalars(sa.select(AlertMail.state)))
        (late,) = session.scalars(sa.select(AlertMail).where(AlertMail.mailed_on == dec(11)))
    assert states == {"sent"}
    assert late.tries > 1  # the server was away until noon
    assert late.sent_at is not None
    assert late.sent_at.astimezone(ZONE).hour in (12, 13)  # with the first try after that, an hour apart by then


def replaced(name: JobName, work: Callable[[JobContext], str]) -> tuple[Job, ...]:
    """The timetable with another function behind one of its jobs."""
    return tuple(replace(job, work=work) if job.name == name else job for job in JOBS)


def naive_check(context: JobContext) -> str:
    """What must never be: a check that opens an alert for what it finds, whatever stands already."""

    def open_all(session: object) -> str:
        when = When(context.now, context.today, context.settings.zone)
        for cause in expiry.causes(session, when, Limits()):  # type: ignore[arg-type]
            book._open(session, cause, context.now)  # type: ignore[arg-type]
        return "opened"

    return context.db.transact(open_all)


def naive_mail(context: JobContext) -> str:
    """What must never be: every run mails everybody."""
    sent = next(job.work for job in JOBS if job.name == JobName.morning_mail)(context)

    def queue(session: object) -> None:
        moment = {"queued_at": context.now, "next_try_at": context.now, "mailed_on": context.today}
        words = {"purpose": "naive", "name": "Mara", "subject": "Again", "text": "Again.", "html": "<p>Again.</p>"}
        person = session.scalar(sa.select(people.Person.id).where(people.Person.name == "mara"))  # type: ignore[attr-defined]
        session.execute(  # type: ignore[attr-defined]
            sa.insert(AlertMail).values(
                **moment, **words, person_id=person, address="mara@example.org", message_id=uuid4().hex
            )
        )

    context.db.transact(queue)
    return sent


def test_control_a_check_without_the_unique_index_is_caught(month: Month) -> None:
    with month.office.db.writer.begin() as connection:
        connection.execute(sa.text("DROP INDEX uq_alerts_open"))
    month.jobs = replaced(JobName.expiry, naive_check)
    month.live(days=2)
    assert any("times" in one for one in month.wrong())


def test_the_index_itself_stops_a_check_that_looks_at_nothing(month: Month) -> None:
    month.jobs = replaced(JobName.expiry, naive_check)
    month.live(days=2)
    assert not any("times" in one for one in month.wrong())


def test_control_a_mail_with_every_run_is_caught(month: Month) -> None:
    month.jobs = replaced(JobName.morning_mail, naive_mail)
    month.live(days=3)
    assert any("without news" in one for one in month.wrong())
