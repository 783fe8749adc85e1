"""Labels that are asked for by HTTP: drawn for a page, put into the print queue, and what is done about a job there."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from supply.labels import templates
from supply.labels.content import Content
from supply.labels.models import PrintJob
from supply.labels.paper import MM_PER_INCH, Paper
from supply.labels.print_jobs import MOST_WAITING, open_counts
from supply.labels.raster import Rendered, render
from supply.staff.permissions import Action, require
from supply.stations.label_requests import Asked, LabelWish, action_of, ask_for_label, chosen_printer
from supply.stations.label_subjects import FINDERS, NOT_MARKED, Subject, content_of, find_subject
from supply.stations.lot_marks import Marked
from supply.stations.print_lines import NEEDING, WAITING, print_line, print_lines
from supply.web.context import actor, database, now
from supply.web.scanning import rules

COLOURED_STOCK = (
    "Put orange or red label stock in before you print. This printer prints black only, and a black biohazard mark "
    "counts only on orange or red."
)
SCREEN_DOTS_PER_INCH = 96  # of a CSS pixel


@dataclass(frozen=True)
class Drawn:
    """A label as its page shows it: its true size in CSS pixels and millimetres, and what its barcode read back."""

    width_px: int
    height_px: int
    width_mm: int
    height_mm: int
    read_back: str
    needs_coloured_stock: bool


def own_kinds() -> tuple[str, ...]:
    """The kinds of labels that whoever is asking may print."""
    return tuple(kind for kind in FINDERS if actor().may(action_of(kind)))


def subject_of(session: Session, kind: str, name: str) -> Subject:
    """The thing to label. Raises NotAllowed for a kind that is not for this person, NotFound, Invalid."""
    if kind in FINDERS:
        require(actor(), action_of(kind))
    return find_subject(session, kind, name)


def drawn_of(content: Content, paper: Paper) -> Drawn:
    """How the label looks on that paper. Raises Invalid where it does not fit, LabelUnreadable."""
    picture = render(content, paper)
    width, height = (dots / paper.dots_per_inch for dots in (picture.width_dots, picture.height_dots))
    return Drawn(
        width_px=round(width * SCREEN_DOTS_PER_INCH),
        height_px=round(height * SCREEN_DOTS_PER_INCH),
        width_mm=round(width * MM_PER_INCH),
        height_mm=round(height * MM_PER_INCH),
        read_back=content.barcode.human,
        needs_coloured_stock=bool(getattr(content, "needs_coloured_stock", False)),
    )


def picture_of(
    kind: str, name: str, paper: Callable[[Session], Paper], marked: Marked = NOT_MARKED
) -> tuple[Rendered, Content]:
    """The label of that thing as a picture in the office's design, and what stands on it.

    Raises NotFound, Invalid, LabelUnreadable.
    """
    with database().read_session() as session:
        lying = paper(session)
        plain = content_of(session, find_subject(session, kind, name), rules(), marked)
        content = templates.designed(session, plain, lying)
    return render(content, lying), content


def ask(wish: LabelWish) -> Asked:
    """Put a label into the print queue, once for each request; one that cannot be printed is refused before.

    Raises NotAllowed, NotFound, Invalid, LabelUnreadable, Conflict (key_reused, queue_full).
    """
    by, moment = actor(), now()
    with database().read_session() as session:
        paper = chosen_printer(session, wish.printer, by=by).paper
        plain = content_of(session, subject_of(session, wish.kind, wish.name), rules(), wish.marked)
        content = templates.designed(session, plain, paper)
    render(content, paper)  # before the transaction: drawing takes longer than booking
    chosen = rules()
    return database().transact(
        lambda session: ask_for_label(session, wish, by=by, now=moment, rules=chosen), idempotent=True
    )


def act_on_job(job_id: int, act: Callable[[Session], PrintJob]) -> int:
    """Do something about a print job in one transaction; gives the number of the job that came of it.

    Raises NotFound, NotAllowed for labels that are not this person's to print, Conflict.
    """
    by = actor()

    def do(session: Session) -> int:
        template = print_line(session, job_id).template
        if not may_see(template):
            require(by, action_of(template))
        return act(session).id

    return database().transact(do)


def open_jobs(session: Session) -> int:
    """How many labels that concern whoever is asking are not out yet."""
    if all(may_see(kind) for kind in (*FINDERS, "badge")):
        return sum(open_counts(session).values())
    return sum(may_see(line.template) for line in print_lines(session, states=(*NEEDING, *WAITING), limit=MOST_WAITING))


def may_see(template: str) -> bool:
    """Whether jobs of this kind concern whoever is asking."""
    # whoever manages people makes badges, but settles no scans
    return actor().may(action_of(template)) or (template == "badge" and actor().may(Action.administer))
