"""/kiosk: what a kiosk keeps to answer without a network."""

from typing import Any

from flask import Response, request
from pydantic import BaseModel, Field

from supply.staff.permissions import Action
from supply.stations.kiosk_catalogue import KioskCatalogue, kiosk_catalogue
from supply.web import scanning
from supply.web.access import allow
from supply.web.api.fields import Code
from supply.web.api.operations import JSON, Nothing, route
from supply.web.context import database, today
from supply.web.resource import Query, resource

kiosk = resource("kiosk", "What a kiosk keeps to answer without a network")


class CatalogueQuery(Query):
    """Whose place it is for: a station's, or a place itself."""

    station: Code | None = None
    location: Code | None = None


class CatalogueAnswer(BaseModel):
    """What a kiosk needs to answer by itself. Rows have no names, to be small; quantities are in units of use."""

    version: int
    location: str
    place: str
    places: dict[str, str] = Field(description="Names of this place and of those within it, by code.")
    zone: str
    separators: list[str]
    expires_soon_days: int
    items: list[list[Any]] = Field(
        description="id, sku, name, unit, rotation, tracking, lot required, expiry required, par level, reorder point, "
        "usable units elsewhere"
    )
    codes: list[list[Any]] = Field(description="scheme, value, row of its item, units received, units used")
    lots: list[list[Any]] = Field(
        description="row of its item, lot id, lot, expiry, its precision, state, place, quantity, owner if not the "
        "office; those of an item in the order in which they leave"
    )


@route(kiosk, "GET", "/kiosk/catalogue", {200: CatalogueAnswer, 304: Nothing})
@allow(Action.look_up)
def read_catalogue(query: CatalogueQuery) -> Response:
    """What a kiosk at that place needs to answer by itself; 304 where `If-None-Match` names this content."""
    with database().read_session() as session:
        found = kiosk_catalogue(
            session, station=query.station, location=query.location, today=today(), rules=scanning.rules()
        )
    return _unless_known(found)


def _unless_known(found: KioskCatalogue) -> Response:
    known = found.tag in request.if_none_match
    response = Response(status=304) if known else Response(found.text, content_type=JSON)
    response.set_etag(found.tag)
    response.headers["Cache-Control"] = "no-store"  # the kiosk keeps it itself, and nobody else may
    return response
