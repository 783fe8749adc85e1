"""/locations: the physical places, nested in one another."""

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from supply.staff.permissions import Action
from supply.stock.locations import add_location, physical_locations
from supply.stock.models import Location
from supply.web.access import allow
from supply.web.api.fields import Code, Text
from supply.web.api.operations import route
from supply.web.api.paging import Page, cut_whole
from supply.web.context import actor, database, now
from supply.web.resource import Body, resource

locations = resource("locations", "Places where stock is")


class NewPlace(Body):
    """A place to add, inside `parent` when one is named."""

    code: Code
    name: Text = Field("", max_length=120)
    parent: Code | None = None


class Place(BaseModel):
    """A place; `parent` is the code of the place that holds it."""

    code: str
    name: str
    parent: str | None


class Places(BaseModel):
    """A page of places."""

    items: list[Place]
    next: str | None


@route(locations, "GET", "/locations", {200: Places})
@allow(Action.look_up)
def list_locations(query: Page) -> Places:
    """Active places."""
    with database().read_session() as session:
        rows = physical_locations(session)
    page, following = cut_whole(rows, query, lambda row: row.id)
    codes = {row.id: row.code for row in rows}
    return Places(items=[_shape(row, codes.get(row.parent_id or 0)) for row in page], next=following)


@route(locations, "POST", "/locations", {201: Place})
@allow(Action.catalogue)
def add_place(body: NewPlace) -> Place:
    """Add a place."""
    by, moment = actor().person_id, now()

    def add(session: Session) -> Place:
        row = add_location(session, code=body.code, name=body.name, parent_code=body.parent, actor_id=by, now=moment)
        return _shape(row, body.parent.strip().upper() if body.parent else None)

    return database().transact(add)


def _shape(row: Location, parent: str | None) -> Place:
    return Place(code=row.code, name=row.name, parent=parent)
