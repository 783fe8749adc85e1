"""The office's own designs of labels: kept, one of each kind and paper chosen for what prints by itself.

Must never keep a design of which the fullest label cannot be read from that paper.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.audit import chain
from supply.db import connection_of, savepoint, table_of
from supply.errors import Conflict, Invalid, NotFound
from supply.labels.content import Content
from supply.labels.design import Design, checked, design_of, stored
from supply.labels.faces import face_of
from supply.labels.layouts import plan
from supply.labels.models import LabelTemplate
from supply.labels.paper import Paper, named
from supply.labels.presets import preset_named
from supply.labels.proving import prove_worn
from supply.labels.raster import Rendered, render_as_designed
from supply.labels.worst_cases import worst_case

USUAL_RESOLUTIONS: Final = (203,)
NAME_LENGTH: Final = 60
MOST_TEMPLATES: Final = 200
_T = table_of(LabelTemplate)
_CHOSEN = sa.select(_T.c.design).where(
    _T.c.kind == sa.bindparam("kind"), _T.c.paper == sa.bindparam("paper"), _T.c.is_default
)


@dataclass(frozen=True)
class Proved:
    """A design of which the fullest label was drawn for that paper, and read back as a scanner sees it.

    Made by `proved` alone: what is not proved cannot be saved.
    """

    kind: str
    paper: str
    design: Design


def draw(content: Content, design: Design | None, paper: Paper) -> Rendered:
    """The label in that design on that paper, read back. Raises Invalid, LabelTooSmall, LabelUnreadable."""
    told = checked(content.template, design) if design is not None else None
    return render_as_designed(replace(content, design=told), paper)


def proved(kind: str, design: Design, paper_name: str, *, resolutions: Collection[int] = ()) -> Proved:
    """The design, once its fullest label was read from that paper at each of these dots per inch (none: 203).

    Raises Invalid (bad_field, bad_template, bad_paper), LabelTooSmall with a size that would do, LabelUnreadable.
    """
    told = checked(kind, design)
    fullest = replace(worst_case(kind), design=told)
    name = named(paper_name).name
    for dots_per_inch in sorted(set(resolutions) or USUAL_RESOLUTIONS):
        paper = named(name, dots_per_inch=dots_per_inch)
        picture = render_as_designed(fullest, paper)
        prove_worn(picture.image, plan(face_of(fullest), paper).symbol, dots_per_inch)
    return Proved(kind, name, told)


def designed(session: Session, content: Content, paper: Paper) -> Content:
    """The content in the design that the office chose for its kind and that paper, if it chose one."""
    asked = {"kind": content.template, "paper": paper.name}
    values = connection_of(session).execute(_CHOSEN, asked).scalar()
    return content if values is None else replace(content, design=design_of(content.template, values))


def template_lines(session: Session, *, kind: str | None = None) -> list[LabelTemplate]:
    """The office's templates by kind and name."""
    statement = sa.select(LabelTemplate).order_by(LabelTemplate.kind, LabelTemplate.name_key, LabelTemplate.id)
    return list(session.scalars(statement if kind is None else statement.where(LabelTemplate.kind == kind)))


def find_template(session: Session, template_id: int) -> LabelTemplate:
    """The template of that number. Raises NotFound."""
    found = session.get(LabelTemplate, template_id) if 0 < template_id < 2**31 else None
    if found is None:
        raise NotFound(f"There is no label template {template_id}.")
    return found


def add_template(
    session: Session, *, proof: Proved, name: str, preset: str | None, is_default: bool, actor_id: int, now: datetime
) -> LabelTemplate:
    """Keep a new design under a name that no other of its kind has. Raises Invalid, Conflict (name_taken)."""
    if (session.scalar(sa.select(sa.func.count()).select_from(_T)) or 0) >= MOST_TEMPLATES:
        raise Conflict(f"There are {MOST_TEMPLATES} templates already. Remove one first.", code="too_many")
    row = LabelTemplate(kind=proof.kind, preset=_preset(proof.kind, preset), is_default=False)
    _fill(row, proof, name, actor_id, now)
    return _kept(session, row, "added", is_default)


def change_template(
    session: Session,
    *,
    template_id: int,
    proof: Proved,
    name: str,
    is_default: bool,
    actor_id: int,
    now: datetime,
) -> LabelTemplate:
    """Keep another design under that number. Raises NotFound, Invalid, Conflict (name_taken)."""
    row = find_template(session, template_id)
    if row.kind != proof.kind:
        raise Invalid("A template stays one of its kind. Make a new one.", code="bad_template")
    row.is_default = row.is_default and row.paper == proof.paper
    _fill(row, proof, name, actor_id, now)
    return _kept(session, row, "changed", is_default)


def remove_template(session: Session, *, template_id: int, actor_id: int, now: datetime) -> None:
    """Take a template away; what it was chosen for prints as it comes again. Raises NotFound."""
    row = find_template(session, template_id)
    told = {"kind": row.kind, "name": row.name, "paper": row.paper, "design": row.design}
    session.delete(row)
    session.flush()
    _record(session, template_id, "removed", actor_id, now, told)


@lru_cache(maxsize=64)
def proved_once(kind: str, design: Design, paper_name: str, resolutions: tuple[int, ...]) -> Proved:
    """As `proved`, remembered: a preview asks the same again and again. Raises as it does."""
    return proved(kind, design, paper_name, resolutions=resolutions)


def _preset(kind: str, name: str | None) -> str | None:
    return None if name is None else preset_named(kind, name).name


def _fill(row: LabelTemplate, proof: Proved, name: str, actor_id: int, now: datetime) -> None:
    said = " ".join(name.split())
    if not said or len(said) > NAME_LENGTH or not said.isprintable():
        raise Invalid(f"Give the template a name of at most {NAME_LENGTH} letters.", code="bad_field")
    row.name, row.name_key, row.paper, row.design = said, said.casefold()[:240], proof.paper, stored(proof.design)
    row.changed_at, row.changed_by_id = now, actor_id


def _kept(session: Session, row: LabelTemplate, act: str, is_default: bool) -> LabelTemplate:
    """Store the row; where it is to be the chosen one, the one that was gives way."""
    same = sa.select(_T.c.id).where(_T.c.kind == row.kind, _T.c.name_key == row.name_key)
    chosen = sa.select(LabelTemplate).where(
        LabelTemplate.kind == row.kind, LabelTemplate.paper == row.paper, LabelTemplate.is_default
    )
    with session.no_autoflush:
        if any(one != row.id for one in session.scalars(same)):
            raise Conflict(f"There is another template {row.name!r} of this kind.", code="name_taken")
        others = [one for one in session.scalars(chosen) if one is not row] if is_default else []
    try:
        with savepoint(session):
            for one in others:
                one.is_default = False
            session.flush()  # the database knows one chosen at a time
            row.is_default = is_default
            session.add(row)
            session.flush()
    except sa.exc.IntegrityError as error:
        raise Conflict("Somebody else changed these templates just now. Try again.", code="name_taken") from error
    told = {"kind": row.kind, "name": row.name, "paper": row.paper, "design": row.design, "is_default": is_default}
    _record(session, row.id, act, row.changed_by_id, row.changed_at, told)
    return row


def _record(session: Session, template_id: int, act: str, actor_id: int, now: datetime, told: dict[str, Any]) -> None:
    chain.record(
        session,
        at=now,
        actor_id=actor_id,
        action=f"label_template.{act}",
        subject=f"label template {template_id}",
        details=told,
    )
