"""The numbers of the law that hold here: where each comes from, and who of this office has checked it."""

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from supply.errors import SupplyError
from supply.staff.permissions import Action
from supply.waste.confirmations import confirm_rule
from supply.waste.streams import streams
from supply.web import notices
from supply.web.access import allow
from supply.web.context import actor, database, now
from supply.web.entries import Entries, refuse_unreadable_address, wrong_of
from supply.web.problems import status_of
from supply.web.waste_views import CLOCKS, law_folder, rules_now

pages = Blueprint("waste_rules", __name__, url_prefix="/waste/rules")
pages.before_request(refuse_unreadable_address)

KEY_WORDS = {
    "storage_days": "A container may stay here",
    "storage_warn_days": "We warn after",
    "copy_warn_days": "We ask for the signed copy after",
    "copy_days": "The signed copy must be back after",
    "exception_days": "A missing copy is reported after",
    "retention_years": "Papers are kept for",
    "dot_retention_years": "Shipping papers are kept for, by federal rule",
    "hazmat_training_years": "Training of those who sign counts for",
}
STATUS_WORDS = {
    "seen official": "From the official text",
    "seen secondary": "From somebody else's summary",
    "memory": "From memory",
    "conflict": "Sources contradict each other",
    "unknown": "Not found",
    "policy": "Our own choice, not law",
}


@pages.get("")
@allow(Action.reports_waste, Action.containers_seal)
def listing() -> str:
    """Every rule with its source and whether it is checked."""
    return _page({}, {})


@pages.post("/confirm")
@allow(Action.containers_seal)
def confirm() -> Response:
    """Somebody has read the law and says that the number is right."""
    entered, by, moment = Entries(request.form), actor(), now()
    key = entered.raw("key")
    try:
        citation = entered.text("citation", "Say what you read: the section, and where.", most=300)
        entered.check()

        def act(session: Session) -> None:
            confirm_rule(session, rules=rules_now(session), key=key, citation=citation, by=by, now=moment)

        database().transact(act)
    except SupplyError as error:
        return make_response(_page(request.form.to_dict(), wrong_of(error, "citation")), status_of(error))
    notices.leave("Noted: you have checked this rule.")
    return redirect(url_for(".listing"), 303)


def _page(values: dict[str, str], problems: dict[str, str]) -> str:
    with database().read_session() as session:
        rules = rules_now(session)
    kinds = streams(law_folder())
    return render_template(
        "waste/rules.html",
        rules=rules,
        clocks=CLOCKS,
        key_words=KEY_WORDS,
        status_words=STATUS_WORDS,
        streams=kinds,
        stream_names={one.code: one.name for one in kinds},
        values=values,
        problems=problems,
    )
