"""/labels: drawn and read back as a picture, and put into the print queue."""

from datetime import date
from typing import Literal
from uuid import UUID

from flask import Response
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from supply.errors import Invalid
from supply.labels import paper
from supply.labels.paper import Paper
from supply.labels.print_jobs import MOST_COPIES
from supply.labels.raster import png
from supply.staff.permissions import Action
from supply.stations.label_requests import LabelWish
from supply.stations.label_subjects import NAME_LENGTH
from supply.stations.lot_marks import INITIALS_LENGTH, MOST_DAYS, REASON_LENGTH, Marked
from supply.stations.print_lines import print_line
from supply.stations.printer_lines import USUAL_PAPER, printer_named
from supply.web import printing
from supply.web.access import allow
from supply.web.api.fields import AddressNumber, Text, Words
from supply.web.api.operations import answered, route
from supply.web.api.print_job_shapes import PrintJobAnswer
from supply.web.context import database, today
from supply.web.resource import Body, Query, WholeNumber, resource

labels = resource("labels", "Labels: drawn, checked, printed")
Kind = Literal["item", "lot", "location", "container", "opened", "hold", "station", "command"]
HoldWord = Literal["EXPIRED", "DO NOT USE", "RECALLED"]
DAYS_WORDS = "How long an opened vial may be used, as its package insert says"
PICTURE = {"content": {"image/png": {"schema": {"type": "string", "format": "binary"}}}}


class LotInHand(BaseModel):
    """What a person says of the lot in hand: for labels of the kinds `opened` and `hold`."""

    opened_on: date | None = Field(None, description="Day the vial was opened; the office's today if left out")
    initials: Text = Field("", max_length=INITIALS_LENGTH)
    word: HoldWord | None = Field(None, description="Of a `hold` label; what the lot's state asks for if left out")
    reason: Text = Field("", max_length=REASON_LENGTH)

    def marked(self, kind: str, days: int | None) -> Marked:
        """The same as the domain takes it, with the days after opening. Raises Invalid for what is not of this kind."""
        given = {name for name in LotInHand.model_fields if getattr(self, name) not in (None, "")}
        wrong = (given | ({"days_after_opening"} if days is not None else set())) - OF_KIND.get(kind, frozenset())
        if wrong:
            raise Invalid(f"{', '.join(sorted(wrong))}: not of a label of this kind.", code="bad_field")
        if self.opened_on is not None and self.opened_on > today():
            raise Invalid("A vial cannot have been opened on a day to come.", code="bad_field")
        return Marked(self.opened_on or today(), days, self.initials, self.word or "", self.reason)


OF_KIND = {
    "opened": frozenset({"opened_on", "days_after_opening", "initials"}),
    "hold": frozenset({"word", "reason"}),
}


class NewLabel(Body, LotInHand):
    """A label to print. Without a printer: the one this person printed on last, else the first that is ready."""

    request_id: UUID = Field(description="Made by the client before sending; the same wish sent again keeps it")
    kind: Kind
    id: Words = Field(
        max_length=NAME_LENGTH,
        description="SKU; number of a lot here or SKU:LOT (opened and hold too); code of a place or station; word",
    )
    days_after_opening: WholeNumber | None = Field(None, ge=0, le=MOST_DAYS, description=DAYS_WORDS)
    copies: WholeNumber = Field(1, ge=1, le=MOST_COPIES)
    printer: Words | None = Field(None, max_length=60, description="Name of a device")


class PreviewQuery(Query, LotInHand):
    """Which label, on which paper: a usual size, or that of a printer."""

    kind: Kind
    id: Words = Field(max_length=NAME_LENGTH)
    days_after_opening: AddressNumber | None = Field(None, ge=0, le=MOST_DAYS, description=DAYS_WORDS)
    paper: Words | None = Field(
        None, max_length=20, description="57x32, 40x30, 50x25, 62x29, 58 roll, 80 roll, a sheet, or mm such as 45x35"
    )
    printer: Words | None = Field(None, max_length=60, description="In place of `paper`: that of this printer")


class LabelWarning(BaseModel):
    """Something to see to before the label comes out."""

    code: Literal["coloured_stock"]
    message: str


class LabelAnswer(PrintJobAnswer):
    """A print job that was asked for, and what to see to before it comes out."""

    warnings: list[LabelWarning]


@route(labels, "POST", "/labels", {201: LabelAnswer, 200: LabelAnswer})
@allow(Action.print_container_labels, Action.count, Action.throw_out)
def post_label(body: NewLabel) -> Response:
    """Put a label into the print queue once: 201 when it is queued now, 200 when the same request comes again."""
    marked = body.marked(body.kind, body.days_after_opening)
    asked = printing.ask(LabelWish(body.request_id, body.kind, body.id, body.copies, body.printer, marked))
    with database().read_session() as session:
        line = print_line(session, asked.job.id)
    needs = asked.job.payload.get("has_biohazard_symbol")
    warnings = [LabelWarning(code="coloured_stock", message=printing.COLOURED_STOCK)] if needs else []
    told = LabelAnswer(**PrintJobAnswer.of(line).model_dump(), warnings=warnings)
    return answered(told, 201 if asked.is_new else 200)


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

    picture, content = printing.picture_of(
        query.kind, query.id, lying, query.marked(query.kind, query.days_after_opening)
    )
    answer = Response(png(picture), content_type="image/png")
    if getattr(content, "needs_coloured_stock", False):
        answer.headers["Supply-Stock"] = "orange-or-red"  # a black biohazard mark counts only on such paper
    return answer
