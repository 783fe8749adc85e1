"""/labels: drawn and read back as a picture, and put into the print queue."""

from typing import Literal
from uuid import UUID

from flask import Response
from pydantic import Field
from sqlalchemy.orm import Session

from supply.errors import Invalid
from supply.labels import paper
from supply.labels.paper import Paper
from supply.labels.print_jobs import MOST_COPIES
from supply.labels.raster import png
from supply.staff.permissions import Action
from supply.stations.label_requests import LabelWish
from supply.stations.label_subjects import NAME_LENGTH
from supply.stations.print_lines import print_line
from supply.stations.printer_lines import USUAL_PAPER, printer_named
from supply.web import printing
from supply.web.access import allow
from supply.web.api.fields import Words
from supply.web.api.operations import answered, route
from supply.web.api.print_job_shapes import PrintJobAnswer
from supply.web.context import database
from supply.web.resource import Body, Query, WholeNumber, resource

labels = resource("labels", "Labels: drawn, checked, printed")
Kind = Literal["item", "lot", "location", "container"]
PICTURE = {"content": {"image/png": {"schema": {"type": "string", "format": "binary"}}}}


class NewLabel(Body):
    """A label to print. Without a printer: the one this person printed on last, else the first that is ready."""

    request_id: UUID = Field(description="Made by the client before sending; the same wish sent again keeps it")
    kind: Kind
    id: Words = Field(max_length=NAME_LENGTH, description="SKU, number of a lot here or SKU:LOT, or code of a place")
    copies: WholeNumber = Field(1, ge=1, le=MOST_COPIES)
    printer: Words | None = Field(None, max_length=60, description="Name of a device")


class PreviewQuery(Query):
    """Which label, on which paper: a usual size, or that of a printer."""

    kind: Kind
    id: Words = Field(max_length=NAME_LENGTH)
    paper: Words | None = Field(None, max_length=20, description="57x32, 40x30, 50x25, 62x29, 58 roll or 80 roll")
    printer: Words | None = Field(None, max_length=60, description="In place of `paper`: that of this printer")


@route(labels, "POST", "/labels", {201: PrintJobAnswer, 200: PrintJobAnswer})
@allow(Action.print_container_labels)
def post_label(body: NewLabel) -> Response:
    """Put a label into the print queue once: 201 when it is queued now, 200 when the same request comes again."""
    asked = printing.ask(LabelWish(body.request_id, body.kind, body.id, body.copies, body.printer))
    with database().read_session() as session:
        line = print_line(session, asked.job.id)
    return answered(PrintJobAnswer.of(line), 201 if asked.is_new else 200)


@route(labels, "GET", "/labels/preview.png", {200: PICTURE})
@allow(Action.look_up, Action.print_container_labels)
def preview_label(query: PreviewQuery) -> Response:
    """The label as it prints, read back before it is given; its resolution is in the picture, so it has true size."""
    if query.paper is not None and query.printer is not None:
        raise Invalid("Name a paper or a printer, not both.", code="bad_field")

    def lying(session: Session) -> Paper:
        if query.printer is not None:
            return printer_named(session, query.printer).paper
        return paper.named(query.paper or USUAL_PAPER)

    return Response(png(printing.picture_of(query.kind, query.id, lying)), content_type="image/png")
