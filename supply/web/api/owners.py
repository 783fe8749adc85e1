"""/owners: whose stock it is."""

from typing import Annotated

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from supply.staff.permissions import Action
from supply.stock.models import OwnerKind
from supply.stock.owners import add_owner, all_owners
from supply.web.access import allow
from supply.web.api.fields import Code, Words
from supply.web.api.operations import route
from supply.web.api.paging import Page, cut_whole
from supply.web.context import actor, database, now
from supply.web.resource import Body, resource

owners = resource("owners", "Whose stock it is: the office's, a vaccine programme's, on consignment")


class NewOwner(Body):
    """An owner to add."""

    code: Code
    name: Annotated[Words, Field(max_length=120)]
    kind: Annotated[str, Field(pattern=f"^({'|'.join(kind.value for kind in OwnerKind)})$")]


class Owner(BaseModel):
    """An owner; allocation never crosses owners."""

    code: str
    name: str
    kind: str


class Owners(BaseModel):
    """A page of owners."""

    items: list[Owner]
    next: str | None


@route(owners, "GET", "/owners", {200: Owners})
@allow(Action.look_up)
def list_owners(query: Page) -> Owners:
    """Every owner, the office first."""
    with database().read_session() as session:
        rows = all_owners(session)
    page, following = cut_whole(rows, query, lambda row: row.id)
    return Owners(items=[Owner(code=row.code, name=row.name, kind=row.kind.value) for row in page], next=following)


@route(owners, "POST", "/owners", {201: Owner})
@allow(Action.catalogue)
def post_owner(body: NewOwner) -> Owner:
    """Add an owner."""
    by, moment, kind = actor().person_id, now(), OwnerKind(body.kind)

    def add(session: Session) -> Owner:
        row = add_owner(session, code=body.code, name=body.name, kind=kind, actor_id=by, now=moment)
        return Owner(code=row.code, name=row.name, kind=row.kind.value)

    return database().transact(add)
