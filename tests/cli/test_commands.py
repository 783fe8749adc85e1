"""The command line: exit status, one JSON object a line, messages on stderr, and who acts."""

import json
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner, Result

from supply.cli.main import supply


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder, not set up."""
    for name in ("SUPPLY_DATABASE_URL", "SUPPLY_CONFIG", "SUPPLY_USER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SUPPLY_DATA", str(tmp_path / "data"))
    return tmp_path


@pytest.fixture
def office(folder: Path) -> Path:
    """An office with one item, set up by commands alone."""
    assert run("setup").exit_code == 0
    items = folder / "items.csv"
    items.write_text(
        "sku,name,unit,gtin,units_received,reorder_point\nGLOVE-M,Nitrile gloves M,box,09520123456788,10,3\n"
    )
    done = run("import", "items", str(items))
    assert done.exit_code == 0, done.stderr
    return folder


def run(*arguments: str, text: str | None = None) -> Result:
    return CliRunner().invoke(supply, arguments, input=text)


def rows(result: Result) -> list[dict[str, object]]:
    assert result.exit_code == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_nothing_works_before_setup_and_it_says_so(folder: Path) -> None:
    refused = run("stock")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "supply setup" in refused.stderr


def test_setup_twice_changes_nothing(office: Path) -> None:
    assert run("setup").exit_code == 0
    assert run("verify").exit_code == 0


def test_a_scan_gives_the_answer_of_the_api(office: Path) -> None:
    (received,) = rows(run("scan", "(01)09520123456788(17)280101(10)A1", "--action", "receive", "--json"))
    assert (received["outcome"], received["on_hand"]) == ("recorded", 10)
    key = str(uuid4())
    (first,) = rows(run("scan", "0109520123456788", "--action", "use", "--request-id", key, "--json"))
    (again,) = rows(run("scan", "0109520123456788", "--action", "use", "--request-id", key, "--json"))
    assert first == again
    (line,) = rows(run("stock", "--item", "GLOVE-M", "--json"))
    names = ("sku", "lot", "expiry", "location", "owner", "quantity", "usable")
    assert [line[name] for name in names] == ["GLOVE-M", "A1", "2028-01-01", "STOREROOM", "office", 9, 9]
    assert run("verify").exit_code == 0


def test_a_refused_scan_is_one_line_on_stderr_and_status_1(office: Path) -> None:
    refused = run("scan", "0109520123456788" + "17200101", "--action", "use")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr.startswith("Expired 2020-JAN-01")
    assert len(refused.stderr.splitlines()) == 1


def test_gs_may_be_written_in_words(office: Path) -> None:
    (answer,) = rows(run("scan", "010952012345678810A1{GS}17280101", "--action", "receive", "--json"))
    movements = answer["movements"]
    assert isinstance(movements, list)
    assert (movements[0]["lot"], movements[0]["expiry"]) == ("A1", "2028-01-01")


def test_wrong_usage_is_status_2(office: Path) -> None:
    assert run("scan", "X", "--action", "explode").exit_code == 2
    assert run("nonsense").exit_code == 2


def test_the_person_who_acts_must_be_allowed(office: Path) -> None:
    assert run("user", "add", "nora", "--role", "nurse").exit_code == 0
    refused = run("scan", "0109520123456788", "--action", "receive", "--user", "nora")
    assert refused.exit_code == 1
    assert run("scan", "0109520123456788", "--action", "use", "--user", "nobody").exit_code == 1


def test_the_book_as_of_a_day_gone_by(office: Path) -> None:
    run("scan", "0109520123456788", "--action", "receive")
    assert rows(run("stock", "--as-of", "2020-01-01", "--json")) == []
    assert rows(run("stock", "--as-of", "2099-01-01", "--json"))[0]["quantity"] == 10


def test_an_unknown_place_is_named(office: Path) -> None:
    refused = run("stock", "--location", "NOWHERE")
    assert refused.exit_code == 1
    assert "NOWHERE" in refused.stderr


def test_a_token_is_printed_alone_and_once(office: Path) -> None:
    run("user", "add", "nora", "--role", "nurse")
    token = run("token", "create", "--user", "nora")
    assert token.exit_code == 0
    assert len(token.stdout.split()) == 1


def test_the_label_of_an_item_is_a_picture_that_names_it_again(office: Path) -> None:
    picture = office / "label.png"
    assert run("label", "item", "GLOVE-M", "--png", str(picture)).exit_code == 0
    (read,) = rows(run("camera", "decode", str(picture), "--json"))
    codes = read["codes"]
    assert isinstance(codes, list)
    (found,) = rows(run("scan", codes[0]["text"], "--action", "lookup", "--json"))
    item = found["item"]
    assert isinstance(item, dict)
    assert item["sku"] == "GLOVE-M"


@pytest.mark.parametrize("arguments", [("lot", "1"), ("item", "NOTHING", "--png", "x.png"), ("item", "GLOVE-M")])
def test_a_label_that_cannot_be_made_is_refused_by_name(office: Path, arguments: tuple[str, ...]) -> None:
    assert run("label", *arguments).exit_code == 1
