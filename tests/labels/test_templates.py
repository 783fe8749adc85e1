"""The office's own designs: only what can be read from paper is kept, one chosen for each kind and paper."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
import sqlalchemy as sa
from PIL import Image
from sqlalchemy.orm import Session

from supply.audit.models import AuditEntry
from supply.db import Database
from supply.errors import Conflict, Invalid, NotFound, SupplyError
from supply.labels import templates
from supply.labels.content import from_payload, to_payload
from supply.labels.design import KINDS, Design, checked, design_of, stored, usual_design
from supply.labels.faces import face_of
from supply.labels.layouts import LabelTooSmall, plan
from supply.labels.models import LabelTemplate
from supply.labels.modules import PlacedSymbol
from supply.labels.paper import named
from supply.labels.presets import presets_of
from supply.labels.proving import LabelUnreadable, prove_worn, worn
from supply.labels.raster import render
from supply.labels.symbols import Symbology
from supply.labels.templates import add_template, change_template, designed, draw, proved, remove_template
from supply.labels.worst_cases import ordinary, worst_case
from supply.staff import people
from tests.labels.making import hold, item, location, lot, read

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
SMALL_LOT = Design((("name", -1), ("expiry", 0), ("lot_number", 0), ("owner", -1)))


def add(session: Session, name: str = "Ours", paper: str = "57x32", is_default: bool = True) -> LabelTemplate:
    proof = proved("lot", SMALL_LOT, paper)
    who = people.local_actor(session).person_id
    return add_template(session, proof=proof, name=name, preset="short", is_default=is_default, actor_id=who, now=NOW)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("paper", ["57x32", "80 roll"])
def test_every_preset_is_read_from_paper_or_names_a_size_that_would_do(kind: str, paper: str) -> None:
    for preset in presets_of(kind):
        try:
            proof = proved(kind, preset.design, paper)
        except LabelTooSmall:
            assert paper != "80 roll"
            continue
        assert proof == templates.Proved(kind, paper, preset.design)


@pytest.mark.parametrize("kind", KINDS)
def test_an_ordinary_label_of_every_kind_comes_back_in_every_symbol_it_may_have(kind: str) -> None:
    identifiers = {Symbology.code128: "]C0", Symbology.datamatrix: "]d1", Symbology.qr: "]Q1"}
    of_gs1 = {Symbology.datamatrix: "]d2", Symbology.qr: "]Q3"}
    for symbology in KINDS[kind].symbols:
        design = replace(usual_design(kind), symbology=symbology, office="Valley Family Practice")
        drawn = draw(ordinary(kind), design, named("80 roll"))
        [(text, identifier)] = read(drawn.image)
        assert text.decode() == ordinary(kind).barcode.text
        assert identifier == (of_gs1 if ordinary(kind).barcode.is_gs1 else identifiers)[symbology]
        assert "Valley Family Practice" in " ".join(drawn.texts)


def test_a_design_too_fine_to_be_read_is_refused_and_so_never_kept() -> None:
    fine = replace(usual_design("lot"), may_be_fine=True)
    with pytest.raises(LabelUnreadable, match="too fine"):
        proved("lot", fine, "40x30")
    with pytest.raises(LabelTooSmall):  # the control: without leave to be fine it is too large for that paper
        proved("lot", usual_design("lot"), "40x30")


def test_the_proof_tells_a_fine_symbol_from_one_that_scanners_like() -> None:
    design = replace(usual_design("lot"), may_be_fine=True)
    places = plan(face_of(replace(worst_case("lot"), design=design)), named("57x32"))
    readable = replace(places.symbol, dots=3, x=0, y=0)
    from_bits = alone(readable)
    prove_worn(from_bits, readable, 203)
    fine = replace(readable, dots=1)
    with pytest.raises(LabelUnreadable):
        prove_worn(alone(fine), fine, 203)


def alone(placed: PlacedSymbol) -> Image.Image:
    """Nothing but the symbol."""
    return Image.fromarray(np.array(placed.bits()))


def test_what_bled_covers_more_of_the_paper() -> None:
    image = render(lot(), named("57x32")).image.convert("L")
    assert sum(worn(image, 203).resize(image.size).tobytes()) < sum(image.tobytes())


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ((("name", 0), ("lot_number", 0)), "always says"),
        ((("name", 0), ("name", 0), ("expiry", 0), ("lot_number", 0), ("owner", 0)), "once"),
        ((("name", 2), ("expiry", 0), ("lot_number", 0), ("owner", 0)), "small"),
        ((("colour", 0),), "no words called"),
    ],
)
def test_a_design_without_what_a_lot_must_say_is_refused(fields: tuple[tuple[str, int], ...], said: str) -> None:
    with pytest.raises(Invalid, match=said):
        checked("lot", Design(fields))


def test_bars_for_a_gs1_lot_are_refused_and_so_is_a_long_line_of_the_office() -> None:
    with pytest.raises(Invalid, match="cannot be drawn"):
        checked("lot", replace(usual_design("lot"), symbology=Symbology.code128))
    with pytest.raises(Invalid, match="at most 60"):
        checked("lot", replace(usual_design("lot"), office="x" * 61))


def test_words_stand_in_the_order_and_size_of_the_design() -> None:
    content = replace(location(), design=Design((("code", 1), ("within", -1), ("name", 0))))
    texts = render(content, named("57x32")).texts
    assert texts.index("CAB-3-2") < texts.index("Exam room 2") < texts.index("Cabinet 3, second shelf")
    sizes = {run.text: run.size for run in plan(face_of(content), named("57x32")).runs}
    assert sizes["CAB-3-2"] > sizes["Cabinet 3, second shelf"] > sizes["Exam room 2"]


def test_a_design_goes_with_the_stored_label_and_comes_back() -> None:
    content = replace(item(), design=Design((("sku", 1), ("name", 0)), Symbology.qr, "Valley Practice"))
    payload = to_payload(content)
    assert payload["design"]["symbology"] == "qr"
    assert from_payload(payload) == content
    assert from_payload(to_payload(item())) == item()
    assert design_of("item", stored(content.design)) == content.design


def test_a_label_whose_design_does_not_fit_this_paper_is_set_as_it_comes() -> None:
    large = Design(
        (("name", 1), ("lot_number", 1), ("expiry", 1), ("reason", 1), ("date", 1), ("sku", 1)), office="O" * 60
    )
    reason = "Particles seen; keep apart and call the supplier at once"
    crowded = hold(reason=reason, name="Influenza vaccine, quadrivalent " * 2)
    with pytest.raises(LabelTooSmall):
        draw(crowded, large, named("50x25"))
    assert read(render(replace(crowded, design=large), named("57x32")).image)


def test_the_chosen_template_of_a_kind_and_paper_dresses_its_labels(db: Database) -> None:
    db.transact(add)
    with db.read_session() as session:
        assert designed(session, lot(), named("57x32")).design == SMALL_LOT
        assert designed(session, lot(), named("57x32", dots_per_inch=300)).design == SMALL_LOT
        assert designed(session, lot(), named("50x25")).design is None
        assert designed(session, item(), named("57x32")).design is None


def test_one_template_is_chosen_at_a_time_and_each_name_stands_once(db: Database) -> None:
    first = db.transact(lambda session: add(session).id)
    second = db.transact(lambda session: add(session, "Another").id)
    with db.read_session() as session:
        chosen = {row.id: row.is_default for row in templates.template_lines(session, kind="lot")}
    assert chosen == {first: False, second: True}
    with pytest.raises(Conflict, match="another template"):
        db.transact(lambda session: add(session, "OURS"))


def test_a_template_is_changed_and_removed_with_a_line_in_the_audit_trail(db: Database) -> None:
    number = db.transact(lambda session: add(session).id)

    def change(session: Session) -> None:
        who = people.local_actor(session).person_id
        proof = proved("lot", presets_of("lot")[1].design, "62x29")
        change_template(session, template_id=number, proof=proof, name="Ours", is_default=True, actor_id=who, now=NOW)

    db.transact(change)
    with db.read_session() as session:
        assert designed(session, lot(), named("57x32")).design is None
        assert designed(session, lot(), named("62x29")).design == presets_of("lot")[1].design
    db.transact(lambda s: remove_template(s, template_id=number, actor_id=people.local_actor(s).person_id, now=NOW))
    with db.read_session() as session:
        actions = list(session.scalars(sa.select(AuditEntry.action).where(AuditEntry.action.startswith("label_t"))))
        with pytest.raises(NotFound):
            templates.find_template(session, number)
    assert actions == ["label_template.added", "label_template.changed", "label_template.removed"]


def test_every_kind_has_a_paper_for_its_fullest_label_with_the_code_it_means() -> None:
    for kind in KINDS:
        found = []
        for paper in ("58 roll", "62x29", "sheet 5163"):
            try:
                found.append(read(render(worst_case(kind), named(paper)).image)[0][0])
            except SupplyError:
                continue
        assert found
        assert set(found) == {worst_case(kind).barcode.text.encode()}
