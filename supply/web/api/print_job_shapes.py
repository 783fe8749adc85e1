"""The shape of a print job in answers, for checking and for OpenAPI. Must hold no rule of printing."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from supply.stations.print_lines import PrintLine


class PrintJobAnswer(BaseModel):
    """A print job. `state` is queued, sending, printed, unknown, attention or cancelled; `state_words` are for people.

    `unknown` may have come out or not and waits for a person's word; `attention` has not and waits for a person's act.
    """

    id: int
    request_id: UUID
    kind: str
    name: str
    words: str
    code: str
    copies: int
    copies_printed: int
    printer: str
    station: str | None
    state: str
    state_words: str
    queued_at: datetime
    queued_by: str
    sent_at: datetime | None
    finished_at: datetime | None
    reprint_of: int | None

    @classmethod
    def of(cls, line: PrintLine) -> "PrintJobAnswer":
        """The shape of a line."""
        return cls(
            id=line.id,
            request_id=line.request_id,
            kind=line.template,
            name=line.name,
            words=line.words,
            code=line.code,
            copies=line.copies,
            copies_printed=line.copies_printed,
            printer=line.printer,
            station=line.station,
            state=line.state.value,
            state_words=line.state_words,
            queued_at=line.queued_at,
            queued_by=line.queued_by,
            sent_at=line.sent_at,
            finished_at=line.finished_at,
            reprint_of=line.reprint_of,
        )
