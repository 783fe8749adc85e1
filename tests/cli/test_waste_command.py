"""`supply waste`: an office is set up for waste, fills, seals, hands over and prints, from the shell alone."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from supply.cli.main import supply
from tests.documents.papers import missing_or_out_of_order, text_of

NOW = datetime.now(UTC)
NEXT_YEAR, LAST_MONTH = f"{NOW + timedelta(days=365):%Y-%m-%d}", f"{NOW - timedelta(days=30):%Y-%m-%d}"


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An office with gloves on the shelf."""
    for name in ("SUPPLY_DATABASE_URL", "SUPPLY_CONFIG", "SUPPLY_USER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SUPPLY_DATA", str(tmp_path / "data"))
    assert run("setup").exit_code == 0
    items = tmp_path / "items.csv"
    items.write_text("sku,name,unit,gtin,units_received\nGLOVE-M,Nitrile gloves M,box,09520123456788,10\n")
    assert run("import", "items", str(items)).exit_code == 0
    assert run("scan", "(01)09520123456788(17)300101(10)A1", "--action", "receive").exit_code == 0
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(supply, arguments)


def rows(*arguments: str) -> list[dict[str, object]]:
    result = run("waste", *arguments, "--json")
    assert result.exit_code == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def set_up(*, training: bool = True) -> None:
    """Everything a paper needs."""
    place = ("--street", "12 Mill Street", "--city", "Albany", "--state", "NY", "--zip", "12207", "--phone", "555 0100")
    emergency = ("--emergency-phone", "+1 800 555 0199", "--emergency-contact", "CCN 12345")
    rows("party", "add", "generator", "Riverside Clinic", *place, *emergency)
    rows("party", "add", "transporter", "Safe Carriers", *place)
    rows("party", "add", "facility", "Lakeside Treatment", *place)
    permit = ("--registration", "State transporter permit", "--number", "NJ-2215", "--state", "NY")
    (carrier,) = rows("party", "register", "transporter", "Safe Carriers", *permit, "--expires-on", NEXT_YEAR)
    assert carrier["registrations"][0]["validity"] == "good"  # type: ignore[index]
    if training:
        taught = ("--materials", "Shipping papers", "--trainer", "Dana Cole", "--trainer-address", "1 School Lane")
        (held,) = rows("training", "add", "local", "--completed-on", LAST_MONTH, *taught)
        assert held["state"] == "good"


def a_sealed_container() -> str:
    """A sharps container with something in it."""
    (made,) = rows("container", "open", "--stream", "SHARPS")
    rows("container", "add", str(made["number"]), "--text", "Used lancets")
    (sealed,) = rows("container", "seal", str(made["number"]), "--weight", "12.5")
    assert (sealed["state"], sealed["gross_weight_grams"]) == ("sealed", 5670)
    return str(sealed["number"])


def test_a_code_thrown_in_leaves_the_stock(office: Path) -> None:
    rows("container", "open", "--stream", "EXPIRED_SUPPLY")
    (found,) = rows("container", "add", "1", "0109520123456788" + "10A1", "--quantity", "3", "--reason", "expired")
    assert found["entries"] == 1
    stock = run("stock", "--item", "GLOVE-M", "--json")
    assert json.loads(stock.stdout)["quantity"] == 7
    assert run("verify").exit_code == 0


def test_waste_leaves_and_its_paper_is_printed(office: Path) -> None:
    set_up()
    number = a_sealed_container()
    booked = ("--transporter", "Safe Carriers", "--facility", "Lakeside Treatment")
    (pickup,) = rows("pickup", "schedule", number, *booked)
    assert (pickup["state"], pickup["containers"]) == ("scheduled", [number])
    (gone,) = rows("pickup", "hand-over", str(pickup["number"]), "--driver", "Ana Pérez", "--title", "Office manager")
    assert (gone["state"], gone["manifest"]) == ("handed_over", "M-000001")
    assert [one["number"] for one in rows("pickup", "list", "--state", "handed_over")] == [pickup["number"]]
    (paper,) = rows("manifest", "list")
    wanted = {"number", "kind", "state", "transporter", "facility", "signed_at", "copy_due"}
    assert wanted <= set(paper)
    assert (paper["kind"], paper["state"], paper["transporter"]) == ("rmw_shipping_paper", "accepted", "Safe Carriers")
    assert str(paper["copy_due"]) > f"{NOW:%Y-%m-%d}"
    target = office / "paper.pdf"
    shown = run("waste", "manifest", "show", "M-000001", "--pdf", str(target))
    assert "UN3291, Regulated medical waste, n.o.s., 6.2, PG II: 1 " in shown.stdout
    fields = ["M-000001", "Riverside Clinic", "X UN3291, Regulated medical waste, n.o.s., 6.2, PG II", "12.5 lb",
              number, "+1 800 555 0199", "CCN 12345", "Office manager", "/s/ Ana Pérez"]  # fmt: skip
    assert missing_or_out_of_order(text_of(target.read_bytes()), fields) == []
    (closed,) = rows("manifest", "copy", "M-000001", "--received-on", f"{NOW:%Y-%m-%d}", "--count", "2")
    assert closed["state"] == "discrepancy"
    (closed,) = rows("manifest", "settle", "M-000001", "--words", "They counted a lid.")
    assert closed["state"] == "closed"
    assert run("verify").exit_code == 0


def test_without_training_nothing_is_signed_and_nothing_leaves(office: Path) -> None:
    set_up(training=False)
    booked = ("--transporter", "Safe Carriers", "--facility", "Lakeside Treatment")
    rows("pickup", "schedule", a_sealed_container(), *booked)
    refused = run("waste", "pickup", "hand-over", "1", "--driver", "Ana Pérez")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "training" in refused.stderr
    assert rows("manifest", "list") == []
    (left,) = rows("pickup", "list")
    assert (left["state"], left["manifest"]) == ("scheduled", None)
    (cancelled,) = rows("pickup", "cancel", "1", "--reason", "Nobody can sign")
    assert cancelled["state"] == "cancelled"


def test_the_rules_say_where_they_come_from_until_somebody_checks_them(office: Path) -> None:
    keys = [one["key"] for one in rows("rule", "list")]
    assert {"storage_days", "copy_days", "retention_years"} <= set(keys)
    assert run("waste", "rule", "confirm", "storage_days", "--citation", "Read today").exit_code == 0
    (rule,) = [one for one in rows("rule", "list") if one["key"] == "storage_days"]
    assert rule["verified_by"] is not None
    assert any(one["code"] == "SHARPS" for one in rows("streams"))


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("container", "open", "--stream", "NOPE"), "SHARPS"),
        (("container", "seal", "9", "--weight", "1"), "no container"),
        (("container", "add", "9"), "one of the two"),
        (("pickup", "hand-over", "9", "--driver", "A"), "no pickup"),
        (("manifest", "show", "9"), "no "),
    ],
)
def test_a_refusal_is_one_line_on_stderr(office: Path, command: tuple[str, ...], words: str) -> None:
    refused = run("waste", *command)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert words in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_a_file_that_cannot_be_written_is_named(office: Path) -> None:
    set_up()
    booked = ("--transporter", "Safe Carriers", "--facility", "Lakeside Treatment")
    rows("pickup", "schedule", a_sealed_container(), *booked)
    rows("pickup", "hand-over", "1", "--driver", "Ana Pérez")
    refused = run("waste", "manifest", "show", "1", "--pdf", str(office / "no" / "paper.pdf"))
    assert refused.exit_code == 1
    assert "cannot be written" in refused.stderr
