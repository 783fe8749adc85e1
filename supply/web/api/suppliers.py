"""/suppliers: who sends supplies."""

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from supply.purchasing import suppliers as book
from supply.purchasing.models import Supplier as Row
from supply.staff.permissions import Action
from supply.web.access import allow
from supply.web.api.fields import Text, Words
from supply.web.api.operations import route
from supply.web.api.paging import Page, cut_whole
from supply.web.context import actor, database, now
from supply.web.resource import Body, WholeNumber, resource

suppliers = resource("suppliers", "Suppliers: who sends supplies")


class SupplierPath(BaseModel):
    """A supplier by code."""

    code: Words = Field(max_length=max(book.CODE_LENGTH, book.NAME_LENGTH))


class SupplierFields(Body):
    """What a supplier is known by; `lead_time_days` is what the supplier says."""

    name: Words = Field(max_length=book.NAME_LENGTH)
    email: Text | None = Field(None, max_length=book.EMAIL_LENGTH)
    phone: Text | None = Field(None, max_length=book.PHONE_LENGTH)
    lead_time_days: WholeNumber | None = Field(None, ge=0, le=book.LONGEST_LEAD_DAYS)


class NewSupplier(SupplierFields):
    """A supplier to add."""

    code: Words = Field(max_length=book.CODE_LENGTH)


class SupplierChange(Body):
    """What is to change; what is left out stays."""

    name: Words | None = Field(None, max_length=book.NAME_LENGTH)
    email: Text | None = Field(None, max_length=book.EMAIL_LENGTH)
    phone: Text | None = Field(None, max_length=book.PHONE_LENGTH)
    lead_time_days: WholeNumber | None = Field(None, ge=0, le=book.LONGEST_LEAD_DAYS)


class Supplier(BaseModel):
    """A supplier."""

    code: str
    name: str
    email: str | None
    phone: str | None
    lead_time_days: int | None

    @classmethod
    def of(cls, row: Row) -> "Supplier":
        """The shape of a row."""
        return cls(code=row.code, name=row.name, email=row.email, phone=row.phone, lead_time_days=row.lead_time_days)


class Suppliers(BaseModel):
    """A page of suppliers."""

    items: list[Supplier]
    next: str | None


@route(suppliers, "GET", "/suppliers", {200: Suppliers})
@allow(Action.purchase)
def list_suppliers(query: Page) -> Suppliers:
    """Every supplier, in the order in which they were added."""
    with database().read_session() as session:
        rows = book.suppliers(session)
    page, following = cut_whole(rows, query, lambda row: row.id)
    return Suppliers(items=[Supplier.of(row) for row in page], next=following)


@route(suppliers, "POST", "/suppliers", {201: Supplier})
@allow(Action.purchase)
def add_supplier(body: NewSupplier) -> Supplier:
    """Add a supplier."""
    by, moment, fields = actor().person_id, now(), body.model_dump()
    return database().transact(
        lambda session: Supplier.of(book.add_supplier(session, actor_id=by, now=moment, **fields))
    )


@route(suppliers, "GET", "/suppliers/<path:code>", {200: Supplier})
@allow(Action.purchase)
def show_supplier(path: SupplierPath) -> Supplier:
    """One supplier, by code or name."""
    with database().read_session() as session:
        return Supplier.of(book.find_supplier(session, path.code))


@route(suppliers, "PATCH", "/suppliers/<path:code>", {200: Supplier})
@allow(Action.purchase)
def change_supplier(path: SupplierPath, body: SupplierChange) -> Supplier:
    """Change what is named; null empties email, phone and lead_time_days."""
    by, moment = actor().person_id, now()
    fields = body.model_dump(exclude_unset=True)

    def change(session: Session) -> Supplier:
        row = book.find_supplier(session, path.code)
        return Supplier.of(book.change_supplier(session, supplier=row, actor_id=by, now=moment, **fields))

    return database().transact(change)
