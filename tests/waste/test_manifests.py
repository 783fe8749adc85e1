"""The paper of a pickup: every field in its order, signed by trained people only, frozen, chased, closed."""

import json
import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from supply.errors import Conflict, Invalid, NotAllowed
from supply.waste import containers, manifests, parties, pickups
from supply.waste.container_lines import container_line
from supply.waste.manifest_lines import is_content_intact, manifest_lines
from supply.waste.manifests import ReturnedCopy
from supply.waste.models import ContainerState, ManifestState, PartyKind, SignatureMethod
from supply.waste.papers import CERTIFICATION, from_text, sha256_of, to_text
from supply.waste.parties import PartyFields
from supply.waste.rules import rules_for
from supply.waste.signatures import Sign
from tests.factories import ZONE, Office
from tests.waste.rooms import HAULER, OFFICE, PLANT, Room, png


def copy(room: Room, count: int, weight_grams: int | None = None) -> ReturnedCopy:
    return ReturnedCopy(room.office.today, count, weight_grams)


def test_the_paper_says_everything_in_its_order(furnished: Room) -> None:
    room = furnished
    first, second = room.sealed("REDBAG", "12.5"), room.sealed("REDBAG", "20")
    sharps, drugs = room.sealed("SHARPS", "5"), room.sealed("RX_NONHAZ", "3.2")

    sheet = room.sheet(room.draft(room.pickup(first, second, sharps, drugs)))

    content = sheet.content
    assert sheet.line.state is ManifestState.ready
    assert [line.description for line in content.lines] == [
        "UN3291, Regulated medical waste, n.o.s., 6.2, PG II",
        "UN3291, Regulated medical waste, n.o.s., 6.2, PG II",
        "Pharmaceuticals, not hazardous, not regulated by DOT",
    ]
    assert [line.hazardous_mark for line in content.lines] == ["X", "X", ""]
    assert [(line.packages, line.package, line.total_quantity, line.unit) for line in content.lines] == [
        (2, "fiberboard box", "32.5", "lb"),
        (1, "plastic container", "5.0", "lb"),
        (1, "plastic container", "3.2", "lb"),
    ]
    assert (content.total_packages, content.total_quantity) == (4, "40.7")
    assert content.lines[0].containers == (f"{first}, 12.5 lb (5.7 kg)", f"{second}, 20.0 lb (9.1 kg)")
    assert (content.shipper.name, content.shipper.site_address) == (
        OFFICE.name, ("12 Maple Street", "Springfield, FL 32000"),
    )  # fmt: skip
    assert content.shipper.mailing_address == ("PO Box 7", "Springfield, FL 32001")
    assert content.carrier.registrations == ("State transporter permit T-881 (FL), valid until 2027-SEP-19",)
    assert (content.emergency_phone, content.emergency_contact) == ("555-010-9111", "Contract ERI-4471 of Alert Line")
    assert content.certification == CERTIFICATION
    assert content.consignee.name == PLANT.name
    assert content.prepared_on == "2026-NOV-23"


def test_the_certification_is_word_for_word() -> None:
    assert CERTIFICATION == (
        "This is to certify that the above-named materials are properly classified, described, packaged, marked and "
        "labeled, and are in proper condition for transportation according to the applicable regulations of the "
        "Department of Transportation."
    )


def test_a_content_has_one_spelling(furnished: Room) -> None:
    content = furnished.sheet(furnished.draft(furnished.pickup(furnished.sealed()))).content

    assert from_text(to_text(content)) == content
    assert to_text(from_text(json.dumps(json.loads(to_text(content)), indent=3))) == to_text(content)


def test_a_draft_names_every_missing_field(room: Room) -> None:
    for fields in (
        PartyFields(PartyKind.generator, "Practice", site=OFFICE.site),
        PartyFields(PartyKind.transporter, HAULER.name),
        PLANT,
    ):
        room.do(parties.add_party, fields=fields)
    number = room.draft(room.pickup(room.sealed()))

    missing = " | ".join(room.sheet(number).line.missing)

    for word in (
        "office's telephone",
        "emergency telephone",
        "contract number",
        "address of Blue",
        "registration of Blue",
    ):
        assert word in missing
    with pytest.raises(Conflict, match="Missing: the office's telephone") as refused:
        room.sign(number)
    assert refused.value.code == "not_ready"
    office = room.read(lambda s: parties.generator(s, today=room.office.today))
    assert office is not None
    room.do(parties.change_party, party_id=office.id, fields=OFFICE)
    assert "the office's telephone" not in room.sheet(room.draft("1")).line.missing


def test_signing_freezes_the_content_and_carries_its_digest(furnished: Room) -> None:
    room = furnished
    number = room.draft(room.pickup(room.sealed()))

    room.sign(number)

    sheet = room.sheet(number)
    (signature,) = sheet.signatures
    assert (sheet.line.state, sheet.line.signed_at) == (ManifestState.signed, room.office.now)
    assert sheet.content_sha256 == sha256_of(to_text(sheet.content)) == signature.content_sha256
    assert (signature.printed_name, signature.title, signature.meaning) == (
        "Wes Tanaka", "Waste coordinator", CERTIFICATION,
    )  # fmt: skip
    assert (signature.method, signature.signer_id) == (SignatureMethod.drawn, room.coordinator.person_id)
    assert is_content_intact(sheet)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE waste_manifests SET content = '{}'",
        "UPDATE waste_manifests SET content_sha256 = 'x'",
        "UPDATE waste_manifests SET signed_at = NULL",
        "DELETE FROM waste_manifests",
        "UPDATE waste_signatures SET printed_name = 'x'",
        "DELETE FROM waste_signatures",
    ],
)
def test_neither_database_lets_a_signed_paper_change(either_office: Office, change: str) -> None:
    room = Room.of(either_office)
    room.furnish()
    number = room.draft(room.pickup(room.sealed()))
    room.sign(number)

    with pytest.raises(sa.exc.DBAPIError, match=r"never|append-only"):
        either_office.db.transact(lambda s: s.execute(sa.text(change)))

    assert is_content_intact(room.sheet(number))


def test_a_later_change_of_a_party_changes_no_signed_paper(furnished: Room) -> None:
    room = furnished
    number = room.draft(room.pickup(room.sealed()))
    room.sign(number)
    before = room.sheet(number)
    hauler = room.read(lambda s: parties.find_party(s, HAULER.name, PartyKind.transporter, today=room.office.today))

    room.do(
        parties.change_party, party_id=hauler.id, fields=PartyFields(PartyKind.transporter, "New Name", "555-010-0000")
    )

    after = room.sheet(number)
    assert (after.content, after.content_sha256) == (before.content, before.content_sha256)
    assert after.line.transporter == HAULER.name


def test_what_changed_after_the_draft_must_be_read_again_before_signing(furnished: Room) -> None:
    room = furnished
    box = room.sealed()
    number = room.draft(room.pickup(box))
    room.do(containers.weigh, number=box, weight="14", unit="lb")

    with pytest.raises(Conflict, match="no longer says what is on P-000001") as refused:
        room.sign(number)
    assert refused.value.code == "out_of_date"
    assert room.draft("P-000001") == number
    with pytest.raises(Conflict):
        room.sign(number, content_sha256="0" * 64)
    room.sign(number, content_sha256=sha256_of(to_text(room.sheet(number).content)))


def test_without_current_training_nobody_signs_and_the_refusal_says_who_could(furnished: Room) -> None:
    room = furnished
    manager = room.office.person("mara", *[role for role in room.office.local.roles if role.value == "manager"])
    number = room.draft(room.pickup(room.sealed()))

    with pytest.raises(NotAllowed, match="is not on record.*wes could sign"):
        room.sign(number, by=manager)
    room.trained(manager, date(2023, 11, 22))
    with pytest.raises(NotAllowed, match="was valid until 2026-NOV-22.*wes could sign") as refused:
        room.sign(number, by=manager)

    assert refused.value.code == "training_expired"
    assert refused.value.details == {"valid_until": "2026-11-22", "could_sign": ["wes"]}
    assert room.sheet(number).signatures == ()
    room.trained(manager, date(2023, 11, 23))
    room.sign(number, by=manager)


def test_a_nurse_signs_nothing_even_when_trained(furnished: Room) -> None:
    furnished.trained(furnished.nurse, furnished.office.today)
    number = furnished.draft(furnished.pickup(furnished.sealed()))
    with pytest.raises(NotAllowed, match="seal waste containers and sign"):
        furnished.sign(number, by=furnished.nurse)


@pytest.mark.parametrize(
    "sign",
    [
        Sign("", "", png()),
        Sign("Wes", "", b"GIF89a"),
        Sign("Wes", "", png()[:60]),
        Sign("Wes", "", png()[:-20] + b"x" * 20),
        Sign("Wes", "", png(1300, 20)),
        Sign("Wes", "", png(ink=False)),
        Sign("Wes", "", png() + b"x" * 100_000),
        Sign("W" * 121, "", None),
        Sign("W\x00", "", None),
    ],
)
def test_what_is_no_signature_is_refused(furnished: Room, sign: Sign) -> None:
    number = furnished.draft(furnished.pickup(furnished.sealed()))
    with pytest.raises(Invalid) as refused:
        furnished.sign(number, sign=sign)
    assert refused.value.code == "bad_signature"
    assert furnished.sheet(number).line.state is ManifestState.ready


def test_a_signed_paper_is_voided_with_a_reason_and_replaced_and_both_are_kept(furnished: Room) -> None:
    room = furnished
    pickup = room.pickup(room.sealed())
    first = room.draft(pickup)
    room.sign(first)
    with pytest.raises(Conflict, match="signed for P-000001 already"):
        room.draft(pickup)
    with pytest.raises(Invalid):
        room.do(manifests.void, number=first, reason=" ")

    room.do(manifests.void, number=first, reason="Weight was wrong")
    second = room.draft(pickup)

    old, new = room.sheet(first), room.sheet(second)
    assert (old.line.state, old.line.void_reason, old.line.replaced_by) == (
        ManifestState.void,
        "Weight was wrong",
        second,
    )
    assert (new.line.version, new.line.replaces, new.content.replaces) == (2, first, first)
    assert is_content_intact(old)
    room.sign(second)
    room.tick(pickup)
    room.hand_over(pickup)
    with pytest.raises(Conflict, match="with|accepted"):
        room.do(manifests.void, number=second, reason="Too late")


def test_acceptance_starts_the_retention_and_the_copys_clock(furnished: Room) -> None:
    room = furnished
    _, paper = room.gone("12.5", "7")

    sheet = room.sheet(paper)

    assert sheet.line.state is ManifestState.accepted
    assert sheet.line.retention_until == date(2029, 11, 23)
    assert sheet.line.copy_due == room.office.today + timedelta(days=35)
    assert [one.role.value for one in sheet.signatures] == ["generator", "transporter"]
    assert sheet.signatures[1].signer_id is None
    assert is_content_intact(sheet)
    listed = room.read(lambda s: manifest_lines(s, rules=room.rules, today=room.office.today, zone=ZONE))
    assert [(line.number, line.transporter, line.facility) for line in listed] == [(paper, HAULER.name, PLANT.name)]


def test_a_copy_that_fits_closes_the_paper_and_its_containers(furnished: Room) -> None:
    room = furnished
    pickup, paper = room.gone("12.5", "7")
    room.office.later(days=9)

    room.do(manifests.record_copy, number=paper, copy=copy(room, 2, 9_000))

    assert room.sheet(paper).line.state is ManifestState.closed
    assert {room.line(one.number).state for one in room.pickup_line(pickup).containers} == {ContainerState.closed}
    with pytest.raises(Conflict, match="back already"):
        room.do(manifests.record_copy, number=paper, copy=copy(room, 2))


@pytest.mark.parametrize(
    ("count", "grams", "words"),
    [
        (1, None, "2 packages left, 1 were received"),
        (3, 8_845, "2 packages left, 3 were received"),
        (2, 7_900, r"19.5 lb \(8.8 kg\) left, 17.4 lb \(7.9 kg\) were received"),
        (2, 9_800, "left"),
    ],
)
def test_a_copy_that_differs_is_a_discrepancy_until_somebody_says_what_was_found(
    furnished: Room, count: int, grams: int | None, words: str
) -> None:
    room = furnished
    pickup, paper = room.gone("12.5", "7")

    room.do(manifests.record_copy, number=paper, copy=copy(room, count, grams))

    line = room.sheet(paper).line
    assert line.state is ManifestState.discrepancy
    assert line.discrepancy is not None
    assert re.search(words, line.discrepancy)
    assert {room.line(one.number).state for one in room.pickup_line(pickup).containers} == {ContainerState.received}
    room.do(manifests.settle_discrepancy, number=paper, words="The facility miscounted; letter of today")
    assert room.sheet(paper).line.state is ManifestState.closed
    assert room.line("1").state is ContainerState.closed


@pytest.mark.parametrize(
    "wrong",
    [
        ReturnedCopy(date(2026, 10, 1), 1),
        ReturnedCopy(date(2026, 12, 1), 1),
        ReturnedCopy(date(2026, 11, 23), -1),
        ReturnedCopy(date(2026, 11, 23), 1, 0),
        ReturnedCopy(date(2026, 11, 23), 1, None, "x" * 61),
    ],
)
def test_a_copy_that_cannot_be_is_refused(furnished: Room, wrong: ReturnedCopy) -> None:
    _, paper = furnished.gone()
    with pytest.raises(Invalid):
        furnished.do(manifests.record_copy, number=paper, copy=wrong)
    assert furnished.sheet(paper).line.state is ManifestState.accepted


@pytest.mark.parametrize(
    ("stream", "state", "words"),
    [
        ("RX_HAZ_NC", "FL", "8700-22"),
        ("CS", "FL", "DEA form 222"),
        ("REDBAG", "NJ", "New Jersey"),
    ],
)
def test_a_form_of_the_state_or_the_epa_is_never_ours_but_its_number_is_tracked(
    furnished: Room, stream: str, state: str, words: str
) -> None:
    room = furnished
    rules = rules_for(state)
    pickup = room.pickup(room.sealed(stream))
    with pytest.raises(Conflict, match=words) as refused:
        room.draft(pickup, rules)
    assert refused.value.code == "not_our_paper"
    room.tick(pickup)
    with pytest.raises(Conflict, match="Note the number of that document"):
        room.hand_over(pickup, rules)

    room.hand_over(pickup, rules, hauler_document="012345678ELC")

    sheet = room.sheet("1")
    assert (sheet.line.state, sheet.line.hauler_document) == (ManifestState.accepted, "012345678ELC")
    assert sheet.line.kind != "rmw_shipping_paper"
    assert "another document" in sheet.content.title
    assert sheet.line.copy_due is not None


def test_a_paper_cannot_be_skipped(furnished: Room) -> None:
    pickup = furnished.pickup(furnished.sealed())
    furnished.draft(pickup)
    furnished.tick(pickup)
    with pytest.raises(Conflict, match="not signed yet") as refused:
        furnished.hand_over(pickup)
    assert refused.value.code == "no_paper"
    with pytest.raises(Conflict, match="cancelled|over"):
        furnished.do(pickups.cancel, number=pickup, reason="No driver")
        furnished.draft(pickup)


def test_the_offices_own_words_for_a_stream_stand_on_its_paper_which_is_signed_as_it_stands(
    furnished: Room, tmp_path: Path
) -> None:
    room = furnished
    (tmp_path / "streams.toml").write_text('[streams.REDBAG]\nname = "Orange bag"\ntreatment = "Steam"\n', "utf-8")
    rules = rules_for("FL", law_folder=str(tmp_path))
    box = room.sealed()
    number = room.do(
        manifests.draft, pickup=room.pickup(box), rules=rules, zone=ZONE, law_folder=rules.law_folder
    ).number  # fmt: skip

    with pytest.raises(Conflict, match="no longer says"):
        room.sign(number, law_folder="")
    room.sign(number, law_folder=rules.law_folder)

    assert room.sheet(number).content.lines[0].treatment == "Steam"
    line = room.read(lambda s: container_line(s, box, rules=rules, today=room.office.today, zone=ZONE))
    assert line.stream_name == "Orange bag"


def test_a_party_that_changed_after_the_draft_asks_for_a_new_one(furnished: Room) -> None:
    room = furnished
    number = room.draft(room.pickup(room.sealed()))
    office = room.read(lambda s: parties.generator(s, today=room.office.today))
    assert office is not None
    room.do(parties.change_party, party_id=office.id, fields=replace(OFFICE, emergency_phone="555-010-0001"))
    with pytest.raises(Conflict, match="no longer says"):
        room.sign(number)
    room.draft("P-000001")
    room.sign(number)
    assert room.sheet(number).content.emergency_phone == "555-010-0001"
