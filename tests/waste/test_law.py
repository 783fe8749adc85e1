"""The law as data: every number with source and status, a fallback for every state, an overlay that is checked."""

from pathlib import Path

import pytest

from supply.errors import Invalid, NotAllowed
from supply.waste import confirmations
from supply.waste.law_files import states_read
from supply.waste.rules import KEYS, US_DEFAULT, known_states, rules_for
from supply.waste.segregation import class_of, judge
from supply.waste.streams import STATUSES, find_stream, streams
from supply.waste.watch import rules_here
from tests.factories import ZONE
from tests.waste.rooms import OFFICE, Room

OUR_STREAMS = [
    *("SHARPS", "REDBAG", "PATH", "CHEMO_TRACE", "CHEMO_BULK", "RX_NONHAZ", "RX_HAZ_NC", "RX_HAZ_PC", "CS", "UW"),
    *("HG_AMALGAM", "EXPIRED_SUPPLY", "MIXED_HAZ_RMW"),
]


def test_there_are_the_streams_of_a_medical_office() -> None:
    assert [stream.code for stream in streams()] == OUR_STREAMS
    assert find_stream(" redbag ").shipping is not None
    with pytest.raises(Invalid, match="There are: SHARPS"):
        find_stream("BLUEBAG")


def test_infectious_waste_ships_under_one_description_and_hazardous_waste_never_on_our_paper() -> None:
    words = {stream.shipping.words for stream in streams() if stream.shipping}
    assert words == {"UN3291, Regulated medical waste, n.o.s., 6.2, PG II"}
    for stream in streams():
        assert (stream.shipping is None) or stream.document == "rmw_shipping_paper"
        assert stream.document == "rmw_shipping_paper" or stream.document_words
        assert stream.status in STATUSES
        assert stream.needs_verification == (stream.status != "seen official")


def test_every_number_of_every_state_says_where_it_comes_from() -> None:
    for state in (*known_states(), US_DEFAULT):
        rules = rules_for(state)
        assert {key.split()[0] for key in rules.rules} == set(KEYS)
        for rule in (*rules.rules.values(), *rules.texts):
            assert rule.status in STATUSES
            assert rule.text
            assert rule.needs_verification == (rule.status != "seen official")
            if rule.status.startswith("seen"):
                assert rule.source


@pytest.mark.parametrize(
    ("state", "key", "value", "unit", "clock", "whose"),
    [
        ("FL", "storage_days", 30, "days", "first_nonsharps_item", "FL"),
        ("MI", "storage_days", 90, "days", "first_item", "MI"),
        ("AZ", "storage_days", 7, "days", "first_item", "AZ"),
        ("NJ", "storage_days", 365, "days", "first_item", "NJ"),
        ("CA", "storage_days", 7, "days", "first_item", "CA"),
        ("PA", "storage_days", 30, "days", "first_item", "PA"),
        ("TX", "storage_days", 30, "days", "first_nonsharps_item", "US-DEFAULT"),
        ("NY", "copy_days", 35, "days", "shipped", "NY"),
        ("MA", "copy_days", 30, "days", "shipped", "MA"),
        ("MA", "retention_years", 375, "days", "accepted", "MA"),
        ("TX", "retention_years", 3, "years", "accepted", "TX"),
        ("ZZ", "exception_days", 45, "days", "shipped", "US-DEFAULT"),
        ("US-DEFAULT", "hazmat_training_years", 3, "years", "completed", "US-DEFAULT"),
    ],
)
def test_a_number_and_whose_it_is(state: str, key: str, value: int, unit: str, clock: str, whose: str) -> None:
    rule = rules_for(state).rule(key)
    assert (rule.value, rule.unit, rule.clock_start, rule.state) == (value, unit, clock, whose)


def test_a_stream_has_its_own_number_where_the_law_says_so() -> None:
    california = rules_for("ca")
    assert [california.rule("storage_days", code).value for code in ("REDBAG", "SHARPS", "RX_NONHAZ")] == [7, 30, 90]
    assert california.rule("storage_days", "SHARPS").clock_start == "full"
    assert "20 lb a month" in california.rule("storage_days").text
    florida = rules_for("FL")
    assert florida.rule("storage_days", "UW").value == 365
    assert (florida.rule("storage_days", "RX_NONHAZ").value, florida.rule("storage_days", "RX_NONHAZ").state) == (
        90, US_DEFAULT,
    )  # fmt: skip
    assert florida.rule("storage_days", "RX_NONHAZ").needs_verification


def test_new_jersey_wants_its_own_form() -> None:
    assert rules_for("NJ").document == "state_form"
    assert {state for state in known_states() if rules_for(state).document == "state_form"} == {"NJ"}


def test_the_offices_own_file_is_laid_over_and_marked_as_its_policy(tmp_path: Path) -> None:
    (tmp_path / "FL.toml").write_text('[storage_days]\nvalue = 14\ntext = "Our contract: 14 days."\n', "utf-8")
    (tmp_path / "streams.toml").write_text('[classes.skus]\n"GLV-NIT-M" = "mercury"\n', "utf-8")
    folder = str(tmp_path)

    rule = rules_for("FL", law_folder=folder).rule("storage_days")

    assert (rule.value, rule.clock_start, rule.status, rule.needs_verification) == (
        14, "first_nonsharps_item", "policy", True,
    )  # fmt: skip
    assert "FL.toml" in rule.source
    assert rules_for("FL").rule("storage_days").value == 30
    assert class_of("glv-nit-m", "Gloves", folder) == "mercury"
    assert class_of("GLV-NIT-M", "Gloves") is None


def test_an_overlay_may_speak_of_some_streams_alone(tmp_path: Path) -> None:
    (tmp_path / "TX.toml").write_text(
        '[[storage_days.for]]\nstreams = ["PATH"]\nvalue = 14\ntext = "Pathology leaves within two weeks."\n', "utf-8"
    )
    rules = rules_for("TX", law_folder=str(tmp_path))

    assert [rules.rule("storage_days", code).value for code in ("PATH", "REDBAG")] == [14, 30]
    assert [rules.rule("storage_days", code).state for code in ("PATH", "REDBAG")] == ["TX", "US-DEFAULT"]


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("FL.toml", "[storage_dayz]\nvalue = 1\n", "no key 'storage_dayz'"),
        ("FL.toml", "[storage_days]\nvaleu = 1\n", "no key 'valeu'"),
        ("FL.toml", "[storage_days]\nvalue = 0\n", "whole number from 1"),
        ("FL.toml", '[storage_days]\nvalue = "soon"\n', "whole number from 1"),
        ("FL.toml", '[storage_days]\nclock_start = "yesterday"\n', "clock_start must be one of"),
        ("FL.toml", "storage_days = 30\n", "must be a table"),
        ("FL.toml", "not toml", "no valid TOML"),
        ("streams.toml", "[streams.SHARPS]\ncolor = 'red'\n", "no key 'color'"),
        ("streams.toml", "[streams.NEWONE]\nname = 'x'\n", "no key 'NEWONE'"),
        ("streams.toml", "[streams.SHARPS]\ndocument = 'ours'\n", "must be one of"),
    ],
)
def test_an_unknown_key_of_an_overlay_is_refused_by_name(tmp_path: Path, name: str, text: str, words: str) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(Invalid, match=words) as refused:
        rules_for("FL", law_folder=str(tmp_path))
        streams(str(tmp_path))
    assert refused.value.code == "bad_law"


def test_the_packaged_files_and_the_example_are_themselves_fine() -> None:
    example = Path(__file__).parents[2] / "config" / "waste"
    assert rules_for("FL", law_folder=str(example)).state == "FL"
    assert streams(str(example))
    assert states_read(str(example), KEYS)


def test_a_folder_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="is not there"):
        rules_for("FL", law_folder=str(tmp_path / "none"))


@pytest.mark.parametrize(
    ("waste", "stream", "verdict"),
    [
        ("controlled", "SHARPS", "stop"),
        ("controlled", "CS", None),
        ("hazardous_drug", "REDBAG", "stop"),
        ("hazardous_drug", "SHARPS", "stop"),
        ("hazardous_drug", "RX_HAZ_NC", None),
        ("chemo_bulk", "CHEMO_TRACE", "stop"),
        ("mercury", "REDBAG", "stop"),
        ("mercury", "CHEMO_TRACE", "stop"),
        ("mercury", "HG_AMALGAM", None),
        ("drug", "SHARPS", "stop"),
        ("drug", "RX_NONHAZ", None),
        ("universal", "REDBAG", "stop"),
        ("pathological", "REDBAG", "warn"),
        ("chemo_trace", "REDBAG", "warn"),
        ("sharps", "REDBAG", "warn"),
        ("sharps", "SHARPS", None),
        (None, "REDBAG", None),
    ],
)
def test_what_goes_where(waste: str | None, stream: str, verdict: str | None) -> None:
    found = judge(waste, stream)
    assert (found.kind if found else None) == verdict


def test_a_person_confirms_a_rule_and_a_changed_value_asks_again(furnished: Room) -> None:
    room = furnished
    rules = room.read(lambda s: rules_here(s, zone=ZONE))
    assert (rules.state, rules.rule("copy_days").needs_verification) == (OFFICE.site.state, True)

    room.do(confirmations.confirm_rule, rules=rules, key="copy_days", citation="64E-16.008, text of May 2026")

    rule = room.read(lambda s: rules_here(s, zone=ZONE)).rule("copy_days")
    assert (rule.needs_verification, rule.verified_by, rule.verified_on) == (False, "wes", room.office.today)
    assert room.read(lambda s: rules_here(s, zone=ZONE)).rule("exception_days").needs_verification


def test_a_confirmation_holds_only_while_the_value_is_the_same(room: Room, tmp_path: Path) -> None:
    (tmp_path / "FL.toml").write_text("[copy_days]\nvalue = 20\n", "utf-8")
    room.do(confirmations.confirm_rule, rules=rules_for("FL"), key="copy_days", citation="64E-16.008")
    own = rules_for("FL", law_folder=str(tmp_path))

    assert room.read(lambda s: confirmations.with_confirmations(s, own, zone=ZONE)).rule("copy_days").needs_verification


@pytest.mark.parametrize(("key", "citation"), [("storage_weeks", "x"), ("copy_days", " "), ("copy_days", "x" * 301)])
def test_a_confirmation_names_a_rule_and_where_it_was_read(room: Room, key: str, citation: str) -> None:
    with pytest.raises(Invalid):
        room.do(confirmations.confirm_rule, rules=room.rules, key=key, citation=citation)
    with pytest.raises(NotAllowed):
        room.do(confirmations.confirm_rule, rules=room.rules, key="copy_days", citation="x", by=room.nurse)
