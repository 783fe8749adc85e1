"""/label-templates: the office's own designs of labels, kept only when their fullest label can be read from paper."""

from datetime import datetime
from typing import Any, Literal

from flask import Response
from pydantic import BaseModel, Field

from supply.labels import templates
from supply.labels.design import KINDS, OFFICE_LINE_MOST, Design, stored
from supply.labels.models import LabelTemplate
from supply.labels.paper import NAMES, SHEETS
from supply.labels.presets import presets_of
from supply.labels.symbols import Symbology
from supply.labels.templates import NAME_LENGTH
from supply.staff.permissions import Action
from supply.web import designing
from supply.web.access import allow
from supply.web.api.fields import RowNumber, Text, Words, Yes
from supply.web.api.operations import Nothing, answered, route
from supply.web.context import database
from supply.web.resource import Body, Query, WholeNumber, resource

label_templates = resource("label-templates", "Label templates of the office")
Kind = Literal["item", "lot", "location", "container", "badge", "opened", "hold", "station", "command"]


class TemplatePath(BaseModel):
    """A template by its number."""

    template_id: RowNumber


class TemplatesQuery(Query):
    """Of one kind, or of all."""

    kind: Kind | None = None


class FieldShape(Body):
    """One of the words of a label, and its size: -1 small, 0 usual, 1 large."""

    field: Words = Field(max_length=40)
    step: WholeNumber = Field(0, ge=-1, le=1)


class DesignShape(Body):
    """Which words stand on a label, in order; the symbol (null: as the paper asks); a line of the office."""

    fields: list[FieldShape] = Field(max_length=20)
    symbology: Symbology | None = None
    office: Text = Field("", max_length=OFFICE_LINE_MOST)
    may_be_fine: Yes = False

    def design(self) -> Design:
        """The same as the domain takes it."""
        fields = tuple((one.field, one.step) for one in self.fields)
        return Design(fields, self.symbology, self.office, self.may_be_fine)


class TemplateFields(Body):
    """A template: its name, paper (a usual size, roll or sheet, or millimetres such as 45x35) and design."""

    name: Words = Field(max_length=NAME_LENGTH)
    paper: Words = Field(max_length=20)
    design: DesignShape
    is_default: Yes = Field(False, description="Whether labels of this kind on this paper print so by themselves")


class NewTemplate(TemplateFields):
    """A template to keep."""

    kind: Kind
    preset: Words | None = Field(None, max_length=40, description="The preset that it goes back to; usual if left out")


class TemplateAnswer(BaseModel):
    """A template of the office."""

    id: int
    kind: str
    name: str
    paper: str
    design: dict[str, Any]
    preset: str | None
    is_default: bool
    changed_at: datetime

    @classmethod
    def of(cls, row: LabelTemplate) -> "TemplateAnswer":
        """The shape of a row."""
        return cls(
            id=row.id,
            kind=row.kind,
            name=row.name,
            paper=row.paper,
            design=_shown(row.design),
            preset=row.preset,
            is_default=row.is_default,
            changed_at=row.changed_at,
        )


class KindAnswer(BaseModel):
    """What a kind of label can say, and the designs it comes with."""

    kind: str
    words: str
    fields: list[dict[str, Any]]
    symbols: list[str]
    presets: list[dict[str, Any]]


class Templates(BaseModel):
    """Every template, what each kind of label can say, and the sizes of paper that have a name."""

    items: list[TemplateAnswer]
    next: str | None = None
    kinds: list[KindAnswer]
    papers: list[str]


@route(label_templates, "GET", "/label-templates", {200: Templates})
@allow(Action.catalogue, Action.administer)
def list_label_templates(query: TemplatesQuery) -> Templates:
    """The office's templates, and what can be chosen for one."""
    with database().read_session() as session:
        rows = [TemplateAnswer.of(row) for row in templates.template_lines(session, kind=query.kind)]
    kinds = [_kind(name) for name in KINDS if query.kind in (None, name)]
    return Templates(items=rows, kinds=kinds, papers=[*NAMES, *SHEETS])


@route(label_templates, "POST", "/label-templates", {201: TemplateAnswer})
@allow(Action.catalogue, Action.administer)
def add_label_template(body: NewTemplate) -> Response:
    """Keep a design; 422 `label_too_small` or `label_unreadable` when its fullest label cannot be read from paper."""
    proof = designing.proved(body.kind, body.design.design(), body.paper)
    row = designing.keep(proof, template_id=None, name=body.name, preset=body.preset, is_default=body.is_default)
    return answered(TemplateAnswer.of(row), 201)


@route(label_templates, "PUT", "/label-templates/<template_id>", {200: TemplateAnswer})
@allow(Action.catalogue, Action.administer)
def change_label_template(path: TemplatePath, body: TemplateFields) -> TemplateAnswer:
    """Keep another design under that number, proved as a new one is."""
    with database().read_session() as session:
        kind = templates.find_template(session, path.template_id).kind
    proof = designing.proved(kind, body.design.design(), body.paper)
    row = designing.keep(proof, template_id=path.template_id, name=body.name, is_default=body.is_default)
    return TemplateAnswer.of(row)


@route(label_templates, "DELETE", "/label-templates/<template_id>", {204: Nothing})
@allow(Action.catalogue, Action.administer)
def remove_label_template(path: TemplatePath) -> Nothing:
    """Take a template away; what it was chosen for prints as it comes again."""
    designing.remove(path.template_id)
    return Nothing()


def _kind(name: str) -> KindAnswer:
    kind = KINDS[name]
    return KindAnswer(
        kind=name,
        words=kind.words,
        fields=[{"field": part.field, "words": part.words, "is_kept": part.is_kept} for part in kind.parts],
        symbols=[symbol.value for symbol in kind.symbols],
        presets=[
            {"name": one.name, "words": one.words, "design": _shown(stored(one.design))} for one in presets_of(name)
        ],
    )


def _shown(design: dict[str, Any]) -> dict[str, Any]:
    """A stored design as requests give it."""
    return {**design, "fields": [{"field": field, "step": step} for field, step in design["fields"]]}
