"""Who makes, carries and destroys waste, with their registrations: listed, added, changed, offered or no longer."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from supply.errors import SupplyError
from supply.staff.permissions import Action
from supply.waste import parties
from supply.waste.models import PartyKind
from supply.waste.parties import REGISTRATION_KINDS, Address, PartyFields, PartyLine
from supply.web import notices
from supply.web.access import allow
from supply.web.context import database, today
from supply.web.entries import Entries, refuse_unreadable_address, wrong_of
from supply.web.problems import status_of
from supply.web.waste_views import change

pages = Blueprint("waste_parties", __name__, url_prefix="/waste/parties")
pages.before_request(refuse_unreadable_address)

KIND_WORDS = {
    PartyKind.generator: "This office",
    PartyKind.transporter: "Transporter",
    PartyKind.facility: "Destination facility",
}
TEXTS = (
    ("name", 120, "Type the name as it stands on papers."),
    ("phone", 40, ""),
    ("site_street", 120, ""),
    ("site_city", 60, ""),
    ("site_state", 2, ""),
    ("site_zip", 10, ""),
    ("mailing_street", 120, ""),
    ("mailing_city", 60, ""),
    ("mailing_state", 2, ""),
    ("mailing_zip", 10, ""),
    ("emergency_phone", 40, ""),
    ("emergency_contact", 120, ""),
)


@pages.get("")
@allow(Action.reports_waste, Action.containers_seal)
def listing() -> str:
    """Everybody who stands on a paper, and until when their registrations hold."""
    with database().read_session() as session:
        found = parties.parties(session, today=today(), with_inactive=True)
    grouped = [(KIND_WORDS[kind], [one for one in found if one.fields.kind is kind], kind.value) for kind in PartyKind]
    return render_template("waste/parties.html", grouped=grouped)


@pages.get("/new")
@allow(Action.containers_seal)
def new() -> str:
    """The form for a party."""
    return _form(None, {"kind": request.args.get("kind", "transporter")}, {})


@pages.post("")
@allow(Action.containers_seal)
def add() -> Response:
    """Add a party."""
    try:
        made = change(parties.add_party, fields=_fields())
    except SupplyError as error:
        return make_response(_form(None, request.form.to_dict(), wrong_of(error, "name")), status_of(error))
    notices.leave(f"{made.name} is added. Add the registrations next.")
    return redirect(url_for(".show", party_id=made.id), 303)


@pages.get("/<int:party_id>")
@allow(Action.reports_waste, Action.containers_seal)
def show(party_id: int) -> str:
    """One party with its registrations."""
    return _page(party_id, {}, {})


@pages.post("/<int:party_id>")
@allow(Action.containers_seal)
def save(party_id: int) -> Response:
    """Change what is known; signed papers keep what they say."""
    try:
        changed = change(parties.change_party, party_id=party_id, fields=_fields())
    except SupplyError as error:
        return make_response(_page(party_id, request.form.to_dict(), wrong_of(error, "name")), status_of(error))
    notices.leave(f"{changed.name} is saved.")
    return redirect(url_for(".show", party_id=party_id), 303)


@pages.post("/<int:party_id>/registrations")
@allow(Action.containers_seal)
def register(party_id: int) -> Response:
    """Add a permit or number."""
    entered = Entries(request.form)
    try:
        kind = entered.text("kind", "Say what kind of registration it is.", most=60)
        number = entered.text("number", "Type its number.", most=60)
        state = entered.text("state", "Two letters of the state, or US.", most=2).upper()
        expires_on = entered.day("expires_on", "Type the day as 2027-03-14.")
        entered.check()
        change(parties.add_registration, party_id=party_id, kind=kind, number=number, state=state,
               expires_on=expires_on)  # fmt: skip
    except SupplyError as error:
        problems = {f"registration-{name}": said for name, said in wrong_of(error, "number").items()}
        return make_response(_page(party_id, request.form.to_dict(), problems), status_of(error))
    notices.leave(f"{kind} {number} is added.")
    return redirect(url_for(".show", party_id=party_id), 303)


@pages.post("/<int:party_id>/withdraw")
@allow(Action.containers_seal)
def withdraw(party_id: int) -> Response:
    """End a registration that is replaced, or was a mistake."""
    number = Entries(request.form).whole("registration_id", "", least=1, most=2**31 - 1)
    return _act(party_id, parties.withdraw_registration, "The registration is withdrawn.", registration_id=number)


@pages.post("/<int:party_id>/active")
@allow(Action.containers_seal)
def set_active(party_id: int) -> Response:
    """Offer the party for pickups, or no longer."""
    wanted = request.form.get("active") == "yes"
    said = "It is offered for pickups again." if wanted else "It is not offered for pickups any more."
    return _act(party_id, parties.set_active, said, party_id=party_id, is_active=wanted)


def _act(page_of: int, verb: Callable[..., Any], said: str, **fields: Any) -> Response:
    try:
        change(verb, **fields)
    except SupplyError as error:
        return make_response(_page(page_of, request.form.to_dict(), wrong_of(error, "name")), status_of(error))
    notices.leave(said)
    return redirect(url_for(".show", party_id=page_of), 303)


def _fields() -> PartyFields:
    entered = Entries(request.form)
    kind = entered.choice(
        "kind", [one.value for one in PartyKind], "Say whether it makes, carries or treats the waste."
    )
    text = {name: entered.text(name, wanted, most=most, required=bool(wanted)) for name, most, wanted in TEXTS}
    entered.check()
    site, mailing = (
        Address(text[f"{which}_street"], text[f"{which}_city"], text[f"{which}_state"].upper(), text[f"{which}_zip"])
        for which in ("site", "mailing")
    )
    return PartyFields(
        kind=PartyKind(kind),
        name=text["name"],
        phone=text["phone"],
        site=site,
        mailing=mailing,
        emergency_phone=text["emergency_phone"],
        emergency_contact=text["emergency_contact"],
    )


def _values(party: PartyLine) -> dict[str, str]:
    fields = party.fields
    values = {"kind": fields.kind.value, "name": fields.name, "phone": fields.phone}
    for which, address in (("site", fields.site), ("mailing", fields.mailing)):
        values |= {f"{which}_street": address.street, f"{which}_city": address.city}
        values |= {f"{which}_state": address.state, f"{which}_zip": address.zip}
    return values | {"emergency_phone": fields.emergency_phone, "emergency_contact": fields.emergency_contact}


def _form(party: PartyLine | None, values: dict[str, str], problems: dict[str, str]) -> str:
    kinds = [(kind.value, words) for kind, words in KIND_WORDS.items()]
    return render_template("waste/party.html", party=party, kinds=kinds, registration_kinds=REGISTRATION_KINDS,
                           values=values, problems=problems)  # fmt: skip


def _page(party_id: int, values: dict[str, str], problems: dict[str, str]) -> str:
    with database().read_session() as session:
        found = parties.party_line(session, party_id, today=today())
    return _form(found, _values(found) | values, problems)
