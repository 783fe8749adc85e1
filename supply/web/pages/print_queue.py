"""The print queue: what waits, what needs a person, what came out today; and what people do about a print job."""

from collections.abc import Callable
from datetime import datetime, time
from uuid import uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from supply.errors import Conflict
from supply.labels import print_jobs
from supply.labels.models import PrintJob
from supply.staff.permissions import Action
from supply.stations.agent_labels import silent_printers
from supply.stations.print_lines import ENDED, NEEDING, WAITING, PrintLine, print_lines
from supply.web import notices, printing
from supply.web.access import allow
from supply.web.context import actor, database, now, settings, today
from supply.web.entries import Entries
from supply.web.security import safe_next

pages = Blueprint("print_queue", __name__)

SHOWN_OPEN = 50
SHOWN_DONE = 60


@pages.get("/queue")
@allow(Action.print_container_labels, Action.administer)
def listing() -> str:
    """The queue, what needs a person first."""
    begin = datetime.combine(today(), time(), settings().zone)
    with database().read_session() as session:
        needing = _own(print_lines(session, states=NEEDING, limit=SHOWN_OPEN))
        waiting = _own(print_lines(session, states=WAITING, limit=500))
        done = _own(print_lines(session, states=ENDED, limit=SHOWN_DONE))
        silent = silent_printers(session, now=now())
    waiting.reverse()  # the next to come out first
    return render_template(
        "labels/queue.html",
        needing=needing,
        waiting=waiting[:SHOWN_OPEN],
        more_waiting=max(0, len(waiting) - SHOWN_OPEN),
        silent=[words for name, words in silent.items() if any(line.printer == name for line in waiting)],
        done=[line for line in done if line.finished_at is not None and line.finished_at >= begin],
        begin=begin,
        summary=_summary(needing, waiting),
        new_key=uuid4,
    )


@pages.post("/jobs/<int:job_id>/cancel")
@allow(Action.print_container_labels, Action.administer)
def cancel(job_id: int) -> Response:
    """Give a label up that is not out yet."""
    by, moment = actor().person_id, now()
    return _act(
        job_id, lambda s: print_jobs.cancel(s, job_id=job_id, actor_id=by, now=moment), "Cancelled. It will not print."
    )


@pages.post("/jobs/<int:job_id>/retry")
@allow(Action.print_container_labels, Action.administer)
def retry(job_id: int) -> Response:
    """Try a label again that was held up."""
    by, moment = actor().person_id, now()
    return _act(job_id, lambda s: print_jobs.retry(s, job_id=job_id, actor_id=by, now=moment), "It is tried again.")


@pages.post("/jobs/<int:job_id>/settle")
@allow(Action.print_container_labels, Action.administer)
def settle(job_id: int) -> Response:
    """Say whether a label came out of which nobody knows."""
    entries, by, moment = Entries(request.form), actor().person_id, now()
    came = entries.choice("printed", ("yes", "no"), "Say whether it came out.") == "yes"
    entries.check()

    def say(session: Session) -> PrintJob:
        return print_jobs.say_printed(session, job_id=job_id, was_printed=came, actor_id=by, now=moment)

    return _act(job_id, say, "Noted: it came out." if came else "It is printed again.")


@pages.post("/jobs/<int:job_id>/reprint")
@allow(Action.print_container_labels, Action.administer)
def reprint(job_id: int) -> Response:
    """Print a label again, word for word, once for each form."""
    entries, by, moment = Entries(request.form), actor().person_id, now()
    key = entries.key()
    entries.check()

    def again(session: Session) -> PrintJob:
        return print_jobs.reprint(session, request_id=key, job_id=job_id, actor_id=by, now=moment)

    return _act(job_id, again, "The label is on the way again.", can_cancel=True)


def _act(job_id: int, act: Callable[[Session], PrintJob], words: str, *, can_cancel: bool = False) -> Response:
    """Do it, say it, and go back; a job that changed meanwhile is said too, and nothing is changed."""
    back = safe_next(request.form.get("next") or url_for("labels.print_queue.listing"))
    try:
        made = printing.act_on_job(job_id, act)
    except Conflict as error:
        notices.leave(error.message, "note")
        return redirect(back, 303)
    undo = url_for("labels.print_queue.cancel", job_id=made) if can_cancel else None
    notices.leave(words, undo=undo)
    return redirect(back, 303)


def _own(lines: list[PrintLine]) -> list[PrintLine]:
    """Those that concern whoever is asking."""
    return [line for line in lines if printing.may_see(line.template)]


def _summary(needing: list[PrintLine], waiting: list[PrintLine]) -> str:
    """The queue in a few words, for whoever cannot see it change."""
    parts = [f"{len(needing)} {'needs' if len(needing) == 1 else 'need'} you"] if needing else []
    parts += [f"{len(waiting)} waiting"] if waiting else []
    return ", ".join(parts) or "Nothing waits to print"
