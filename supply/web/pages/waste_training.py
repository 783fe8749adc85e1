"""Who is trained to sign for waste, and until when; recorded by a manager or an administrator."""

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from supply.errors import SupplyError
from supply.staff import people, training
from supply.staff.permissions import Action
from supply.staff.training import HAZMAT, KINDS, TrainingFields
from supply.web import notices
from supply.web.access import allow
from supply.web.context import database, today
from supply.web.entries import Entries, refuse_unreadable_address, wrong_of
from supply.web.problems import status_of
from supply.web.waste_views import change, change_today, rules_now

pages = Blueprint("waste_training", __name__, url_prefix="/waste/training")
pages.before_request(refuse_unreadable_address)


@pages.get("")
@allow(Action.reports_waste, Action.containers_seal, Action.administer)
def listing() -> str:
    """Every training, the person's newest first."""
    return _page({}, {})


@pages.post("")
@allow(Action.containers_seal, Action.administer)
def record() -> Response:
    """Record a training."""
    entered = Entries(request.form)
    try:
        person = entered.whole("person_id", "Choose who was trained.", least=1, most=2**31 - 1)
        kind = entered.choice("kind", KINDS, "Choose what kind of training it was.")
        on = entered.day("completed_on", "Type the day as 2026-11-30.")
        if on is None:
            entered.wrong.setdefault("completed_on", "Say on which day it was completed.")
        years = entered.whole_or_none("years", "How many years it counts: a whole number.", least=1, most=50)
        materials = entered.text("materials", "Say what was taught, or which course.", most=300)
        trainer = entered.text("trainer_name", "Type who taught it.", most=120)
        address = entered.text("trainer_address", "Type the trainer's address.", most=200)
        entered.check()
        assert on is not None
        fields = TrainingFields(kind, on, years, materials, trainer, address)
        change_today(training.record_training, person_id=person, fields=fields)
    except SupplyError as error:
        return make_response(_page(request.form.to_dict(), wrong_of(error, "person_id")), status_of(error))
    notices.leave("The training is recorded.")
    return redirect(url_for(".listing"), 303)


@pages.post("/withdraw")
@allow(Action.containers_seal, Action.administer)
def withdraw() -> Response:
    """Take back a record that was a mistake."""
    number = Entries(request.form).whole("training_id", "", least=1, most=2**31 - 1)
    try:
        change(training.withdraw_training, training_id=number)
    except SupplyError as error:
        return make_response(_page({}, {"person_id": error.message}), status_of(error))
    notices.leave("The record is withdrawn.")
    return redirect(url_for(".listing"), 303)


def _page(values: dict[str, str], problems: dict[str, str]) -> str:
    with database().read_session() as session:
        rows = training.training_lines(session, today=today())
        rule = rules_now(session).rule("hazmat_training_years")
        staff = [one for one in people.roster(session) if one.disabled_at is None]
    return render_template("waste/training.html", rows=rows, kinds=list(KINDS.items()), staff=staff, rule=rule,
                           values={"kind": HAZMAT, "years": str(rule.value)} | values, problems=problems)  # fmt: skip
