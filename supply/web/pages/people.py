"""Who works here: list, add, roles, password, keys, disable. For administrators."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from supply.errors import Invalid, NotFound, SupplyError
from supply.staff import people, tokens
from supply.staff.permissions import Action, Role
from supply.web import notices
from supply.web.access import allow, anybody_signed_in
from supply.web.context import actor, database, now
from supply.web.problems import status_of
from supply.web.security import safe_next

pages = Blueprint("people", __name__, url_prefix="/people")


@pages.get("")
@allow(Action.administer)
def listing() -> str:
    """Everybody."""
    with database().read_session() as session:
        return render_template("people/listing.html", people=people.roster(session))


@pages.get("/new")
@allow(Action.administer)
def new() -> str:
    """The form for a new person."""
    return render_template("people/new.html", values={"roles": ["nurse"]}, error=None, wrong_field=None)


@pages.post("")
@allow(Action.administer)
def add() -> Response:
    """Add a person."""
    sent, by, moment = request.form, actor(), now()
    name, display_name, roles = sent.get("name", ""), sent.get("display_name", ""), sent.getlist("roles")
    email = sent.get("email", "")
    try:
        added = database().transact(
            lambda session: people.add_person(
                session,
                name=name,
                display_name=display_name,
                roles=_roles(roles),
                password=sent.get("password") or None,
                email=email,
                by=by,
                now=moment,
            )
        )
    except SupplyError as error:
        values = {"name": name, "display_name": display_name, "roles": roles, "email": email}
        field = "email" if error.code == "bad_email" else "name"
        page = render_template("people/new.html", values=values, error=error.message, wrong_field=field)
        return make_response(page, status_of(error))
    notices.leave(f"{added.display_name} is added.")
    return redirect(url_for("people.listing"), 303)


@pages.get("/<int:person_id>")
@allow(Action.administer)
def show(person_id: int) -> str:
    """One person."""
    return _page(person_id, None)


@pages.post("/<int:person_id>/roles")
@allow(Action.administer)
def change_roles(person_id: int) -> Response:
    """Give the person other roles."""
    return _change(
        person_id,
        "The roles are saved. They hold from the next click on.",
        lambda session, **who: people.set_roles(session, roles=_roles(request.form.getlist("roles")), **who),
    )


@pages.post("/<int:person_id>/password")
@allow(Action.administer)
def set_password(person_id: int) -> Response:
    """Set the person's password."""
    password = request.form.get("password", "")
    return _change(
        person_id,
        "The new password is set, and the person is signed out everywhere.",
        lambda session, **who: people.set_password(session, password=password, **who),
    )


@pages.post("/<int:person_id>/email")
@allow(Action.administer)
def set_email(person_id: int) -> Response:
    """Say where the person gets the morning mail."""
    email = request.form.get("email", "")
    said = "The mail address is saved." if email.strip() else "No mail goes to this person any more."
    return _change(person_id, said, lambda session, **who: people.set_email(session, email=email, **who))


@pages.post("/<int:person_id>/disable")
@allow(Action.administer)
def disable(person_id: int) -> Response:
    """End the person's rights; can be undone."""
    undo = url_for("people.enable", person_id=person_id)
    return _change(person_id, "Disabled, and signed out everywhere.", people.disable_person, undo=undo)


@pages.post("/<int:person_id>/enable")
@allow(Action.administer)
def enable(person_id: int) -> Response:
    """Let the person act again."""
    return _change(person_id, "Enabled again.", people.enable_person)


@pages.post("/<int:person_id>/tokens")
@allow(Action.administer)
def make_token(person_id: int) -> Response:
    """Make a key for the person and show it once."""
    label, by, moment = request.form.get("label", ""), actor(), now()

    def make(session: Session) -> tuple[str, str]:
        person = people.person_by_id(session, person_id)
        return person.display_name, tokens.create_token(
            session, person_name=person.name, label=label, by=by, now=moment
        )

    name, token = database().transact(make)
    back = url_for("people.show", person_id=person_id)
    return make_response(render_template("people/token.html", name=name, token=token, back=back), 201)


@pages.post("/tokens/<int:token_id>/revoke")
@anybody_signed_in
def revoke_token(token_id: int) -> Response:
    """End a key: one's own, or anybody's for an administrator."""
    by, moment = actor(), now()
    database().transact(lambda session: tokens.revoke_token(session, token_id=token_id, by=by, now=moment))
    notices.leave("The key is revoked.")
    return redirect(safe_next(request.form.get("next")), 303)


def _change(person_id: int, said: str, change: Callable[..., Any], undo: str | None = None) -> Response:
    """Run one change of a person and show the person again, with what was wrong or what was done."""
    by, moment = actor(), now()
    try:
        database().transact(lambda session: change(session, person_id=person_id, by=by, now=moment))
    except NotFound:
        raise
    except SupplyError as error:
        return make_response(_page(person_id, error.message), status_of(error))
    notices.leave(said, undo=undo)
    return redirect(url_for("people.show", person_id=person_id), 303)


def _page(person_id: int, error: str | None) -> str:
    with database().read_session() as session:
        person, theirs = people.person_by_id(session, person_id), tokens.tokens_of(session, person_id)
    if person.is_built_in:
        raise NotFound("The built-in person cannot be changed here.", code="built_in")
    return render_template("people/show.html", person=person, chosen=person.roles, tokens=theirs, error=error)


def _roles(names: list[str]) -> list[Role]:
    """The roles of these names. Raises Invalid for one that does not exist."""
    try:
        return [Role(name) for name in names]
    except ValueError as error:
        raise Invalid("One of the roles does not exist. Choose among those listed.", code="bad_role") from error
