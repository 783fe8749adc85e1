"""/print-jobs: the queue of labels, and what people do about a job that does not go on by itself."""

from collections.abc import Callable
from typing import Literal
from uuid import UUID

from flask import Response
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from supply.labels import print_jobs as jobs
from supply.labels.models import PrintJob, PrintState
from supply.labels.print_jobs import MOST_COPIES
from supply.staff.permissions import Action
from supply.stations.print_lines import is_asked, print_line, print_lines
from supply.web import printing
from supply.web.access import allow
from supply.web.api.fields import RowNumber, Yes
from supply.web.api.operations import answered, empty_body, route
from supply.web.api.paging import Page, cut
from supply.web.api.print_job_shapes import PrintJobAnswer
from supply.web.context import actor, database, now
from supply.web.resource import Body, WholeNumber, resource

print_jobs = resource("print jobs", "Print jobs: the queue of labels")
READERS = (Action.print_container_labels, Action.look_up, Action.administer)


class JobPath(BaseModel):
    """A print job by its number."""

    job_id: RowNumber


class JobQuery(Page):
    """Which print jobs."""

    state: Literal["queued", "sending", "printed", "unknown", "attention", "cancelled"] | None = None


class CameOut(Body):
    """Whether the label came out."""

    printed: Yes


class Again(Body):
    """The wish for the same label again; the same `request_id` asks for it once."""

    request_id: UUID
    copies: WholeNumber = Field(1, ge=1, le=MOST_COPIES)


class PrintJobs(BaseModel):
    """A page of print jobs."""

    items: list[PrintJobAnswer]
    next: str | None


@route(print_jobs, "GET", "/print-jobs", {200: PrintJobs})
@allow(*READERS)
def list_print_jobs(query: JobQuery) -> PrintJobs:
    """Print jobs, latest asked for first."""
    states = (PrintState(query.state),) if query.state else None
    with database().read_session() as session:
        lines = print_lines(session, states=states, before=query.last_id() or None, limit=query.limit + 1)
    page, following = cut(lines, query.limit, lambda line: (line.id,))
    return PrintJobs(items=[PrintJobAnswer.of(line) for line in page], next=following)


@route(print_jobs, "GET", "/print-jobs/<int:job_id>", {200: PrintJobAnswer})
@allow(*READERS)
def show_print_job(path: JobPath) -> PrintJobAnswer:
    """One print job."""
    return _answer(path.job_id)


@route(print_jobs, "POST", "/print-jobs/<int:job_id>/cancel", {200: PrintJobAnswer})
@allow(Action.print_container_labels)
def cancel_print_job(path: JobPath) -> PrintJobAnswer:
    """Give a label up that is not out yet."""
    empty_body()
    by, moment = actor().person_id, now()
    return _act(path, lambda s: jobs.cancel(s, job_id=path.job_id, actor_id=by, now=moment))


@route(print_jobs, "POST", "/print-jobs/<int:job_id>/retry", {200: PrintJobAnswer})
@allow(Action.print_container_labels)
def retry_print_job(path: JobPath) -> PrintJobAnswer:
    """Try a label again that was held up."""
    empty_body()
    by, moment = actor().person_id, now()
    return _act(path, lambda s: jobs.retry(s, job_id=path.job_id, actor_id=by, now=moment))


@route(print_jobs, "POST", "/print-jobs/<int:job_id>/settle", {200: PrintJobAnswer})
@allow(Action.print_container_labels)
def settle_print_job(path: JobPath, body: CameOut) -> PrintJobAnswer:
    """Say whether a label came out of which nobody knows; one that did not is printed again."""
    by, moment = actor().person_id, now()

    def say(session: Session) -> PrintJob:
        return jobs.say_printed(session, job_id=path.job_id, was_printed=body.printed, actor_id=by, now=moment)

    return _act(path, say)


@route(print_jobs, "POST", "/print-jobs/<int:job_id>/reprint", {201: PrintJobAnswer, 200: PrintJobAnswer})
@allow(Action.print_container_labels)
def reprint_print_job(path: JobPath, body: Again) -> Response:
    """Print the same label again, word for word: a job of its own, once for each `request_id`."""
    by, moment = actor().person_id, now()
    with database().read_session() as session:
        is_new = not is_asked(session, body.request_id)

    def again(session: Session) -> PrintJob:
        return jobs.reprint(
            session, request_id=body.request_id, job_id=path.job_id, copies=body.copies, actor_id=by, now=moment
        )

    made = printing.act_on_job(path.job_id, again)
    return answered(_answer(made), 201 if is_new else 200)


def _act(path: JobPath, act: Callable[[Session], PrintJob]) -> PrintJobAnswer:
    return _answer(printing.act_on_job(path.job_id, act))


def _answer(job_id: int) -> PrintJobAnswer:
    with database().read_session() as session:
        return PrintJobAnswer.of(print_line(session, job_id))
