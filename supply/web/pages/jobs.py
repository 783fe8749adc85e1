"""What happens by itself, when it last did, and a button to do it now."""

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from supply.errors import Conflict
from supply.jobs.models import JOB_WORDS
from supply.staff.permissions import Action
from supply.web import notices
from supply.web.access import allow
from supply.web.context import actor, database, now, settings
from supply.web.entries import refuse_unreadable_address
from supply.web.job_lines import ask_for_run, job_lines, job_name, run_lines, worst_first
from supply.web.security import safe_next

pages = Blueprint("jobs", __name__, url_prefix="/jobs")
pages.before_request(refuse_unreadable_address)

PAGE_ROWS = 30
BUSY = frozenset({"running", "waiting"})


@pages.get("")
@allow(Action.run_jobs)
def listing() -> str:
    """Every job, the failed ones first."""
    with database().read_session() as session:
        lines = worst_first(job_lines(session, settings=settings(), now=now()))
    return render_template("jobs/listing.html", lines=lines, is_busy=any(line.state in BUSY for line in lines))


@pages.get("/<name>")
@allow(Action.run_jobs)
def show(name: str) -> str:
    """One job and its runs, newest first."""
    chosen = job_name(name)
    typed = request.args.get("before", "")
    before = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 18 else None
    with database().read_session() as session:
        lines = job_lines(session, settings=settings(), now=now())
        runs = run_lines(session, job=chosen, limit=PAGE_ROWS + 1, before_id=before)
    line = next(line for line in lines if line.name == chosen)
    return render_template(
        "jobs/job.html",
        line=line,
        runs=runs[:PAGE_ROWS],
        more=runs[PAGE_ROWS - 1].id if len(runs) > PAGE_ROWS else None,
        is_later=before is not None,
        is_busy=line.state in BUSY,
    )


@pages.post("/<name>/run")
@allow(Action.run_jobs)
def run(name: str) -> Response:
    """Leave the wish for the worker, and say so."""
    chosen, by, moment = job_name(name), actor(), now()

    def ask(session: Session) -> None:
        ask_for_run(session, name=chosen, actor=by, now=moment)

    try:
        database().transact(ask)
        notices.leave(f"{JOB_WORDS[chosen].title}: it starts in a moment.", "waiting")
    except Conflict as refusal:
        notices.leave(refusal.message, "note")
    return redirect(safe_next(request.form.get("next") or url_for(".listing")), 303)
