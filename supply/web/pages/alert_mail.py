"""The morning mail as an administrator sees it: what became of each, a test, and settling what nobody can know.

Sends nothing: it leaves mails in the queue, and the worker sends them.
"""

import contextlib
from datetime import timedelta

from flask import Blueprint, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from supply.alerts import digest, outbox
from supply.alerts.digest import Recipient
from supply.errors import Conflict, Invalid, NotFound, SupplyError
from supply.jobs.models import JobName
from supply.staff import people
from supply.staff.permissions import Action
from supply.stations import work_requests
from supply.web import notices
from supply.web.access import allow
from supply.web.context import actor, database, now, settings, today

pages = Blueprint("mail", __name__, url_prefix="/mail")

SHOWN_DAYS = 7
WORDS = {
    "queued": ("waiting", "Waiting"),
    "sending": ("waiting", "Being sent"),
    "sent": ("ok", "Sent"),
    "unknown": ("soon", "Unknown"),
    "failed": ("stop", "Failed"),
}


@pages.get("")
@allow(Action.administer)
def listing() -> str:
    """The mails of the last week, who gets one, and the button that tries the settings."""
    with database().read_session() as session:
        lines = outbox.mail_lines(session, since=today() - timedelta(days=SHOWN_DAYS))
        readers, me = people.mailed(session), people.person_by_id(session, actor().person_id)
    return render_template(
        "alerts/mail.html",
        lines=lines,
        readers=readers,
        address=me.email,
        person_id=me.id,
        server=settings().mail.host,
        at=settings().jobs.morning_mail,
        words=WORDS,
    )


@pages.post("/test")
@allow(Action.administer)
def send_test() -> Response:
    """Leave a test mail to oneself in the queue, and ask the worker to look at it now."""
    by, moment, day = actor(), now(), today()
    office = settings().office.name
    base = settings().server.address or url_for("home.start", _external=True).rstrip("/")

    def queue(session: Session) -> str:
        me = people.person_by_id(session, by.person_id)
        if me.email is None:
            raise Invalid("You have no mail address here. Add one under People, then try again.", code="no_email")
        person = Recipient(me.id, me.display_name, me.email, me.roles)
        letter = digest.write_test(person, office_name=office, base_url=base)
        outbox.queue_letter(session, letter, person_id=me.id, purpose="test", today=day, now=moment)
        return me.email

    try:
        if not settings().mail.host:
            raise Invalid("No mail server is set, so nothing can be sent. Set one in the settings first.")
        address = database().transact(queue)
        _wake_the_worker()
        notices.leave(f"A test goes to {address}. What became of it stands below in a moment.", "waiting")
    except SupplyError as error:
        notices.leave(error.message, "stop")
    return redirect(url_for(".listing"), 303)


@pages.post("/<int:mail_id>/<any(arrived, again, resend):what>")
@allow(Action.administer)
def settle(mail_id: int, what: str) -> Response:
    """Say of an unknown mail whether it arrived, or give a failed one its tries back."""
    by, moment = actor(), now()

    def change(session: Session) -> None:
        if what == "resend":
            outbox.send_again(session, mail_id=mail_id, actor=by, now=moment)
        else:
            arrived = what == "arrived"
            outbox.say_arrived(session, mail_id=mail_id, arrived=arrived, actor=by, now=moment)

    try:
        database().transact(change)
        notices.leave("Noted: it arrived." if what == "arrived" else "It is sent again in a moment.")
    except (Conflict, NotFound) as error:
        notices.leave(error.message, "note")
    if what != "arrived":
        _wake_the_worker()
    return redirect(url_for(".listing"), 303)


def _wake_the_worker() -> None:
    """Ask for the watch, which sends what waits; without it the mail goes within minutes all the same."""
    by, moment = actor(), now()
    with contextlib.suppress(Conflict):
        database().transact(
            lambda session: work_requests.ask(
                session, kind=work_requests.JOB, subject=JobName.watch, details={}, actor=by, now=moment
            )
        )
