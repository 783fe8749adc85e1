"""Label templates over HTTP: proved before the transaction, then kept. For pages and the JSON interface alike."""

from sqlalchemy.orm import Session

from supply.labels import templates
from supply.labels.design import Design
from supply.labels.models import LabelTemplate
from supply.labels.templates import Proved
from supply.stations.printer_lines import printer_lines
from supply.web.context import actor, database, now


def proved(kind: str, design: Design, paper_name: str) -> Proved:
    """The design, once its fullest label was read from that paper at the dots of every printer here that has it.

    Raises Invalid, LabelTooSmall, LabelUnreadable.
    """
    with database().read_session() as session:
        papers = [line.paper for line in printer_lines(session)]
    dots = tuple(sorted({paper.dots_per_inch for paper in papers if paper.name == paper_name}))
    return templates.proved_once(kind, design, paper_name, dots)


def keep(
    proof: Proved, *, template_id: int | None, name: str, preset: str | None = None, is_default: bool
) -> LabelTemplate:
    """A new template, or another design of one. Raises NotFound, Invalid, Conflict (name_taken)."""
    by, moment = actor().person_id, now()

    def act(session: Session) -> LabelTemplate:
        if template_id is None:
            row = templates.add_template(
                session, proof=proof, name=name, preset=preset, is_default=is_default, actor_id=by, now=moment
            )
        else:
            row = templates.change_template(
                session, template_id=template_id, proof=proof, name=name, is_default=is_default, actor_id=by, now=moment
            )
        session.flush()
        session.expunge(row)
        return row

    return database().transact(act)


def remove(template_id: int) -> None:
    """Take a template away. Raises NotFound."""
    by, moment = actor().person_id, now()
    database().transact(
        lambda session: templates.remove_template(session, template_id=template_id, actor_id=by, now=moment)
    )
