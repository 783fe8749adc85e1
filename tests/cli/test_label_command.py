"""`supply label`: a picture, a wish in the print queue with its outcome, or straight to the address of a printer."""

import io
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from click.testing import CliRunner, Result
from PIL import Image

from supply.cli.main import supply
from supply.db import Database
from supply.devices.emulators.printer import EmulatedPrinter
from supply.labels import print_jobs, templates
from supply.labels.design import usual_design
from supply.labels.symbols import Symbology
from supply.staff import people
from supply.stations import sessions

NOW = datetime.now(UTC)
LOT_CODE = "0109520123456788" + "17280101" + "10A1"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(supply, arguments)


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """An office with one lot of gloves and a printer at its bench."""
    for name in ("SUPPLY_DATABASE_URL", "SUPPLY_CONFIG", "SUPPLY_USER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SUPPLY_DATA", str(tmp_path / "data"))
    assert run("setup").exit_code == 0
    items = tmp_path / "items.csv"
    items.write_text("sku,name,unit,gtin\nGLOVE-M,Nitrile gloves M,box,09520123456788\n")
    assert run("import", "items", str(items)).exit_code == 0
    assert run("scan", LOT_CODE, "--action", "receive").exit_code == 0
    db = Database(f"sqlite:///{tmp_path / 'data' / 'supply.db'}")

    def furnish(session: Any) -> None:
        who: dict[str, Any] = {"actor_id": people.local_actor(session).person_id, "now": NOW}
        sessions.add_station(session, code="bench", name="Bench", location="STOREROOM", mode="receive", **who)
        station = sessions.find_station(session, "bench")
        settings = {"host": "127.0.0.1", "paper": "57x32"}
        sessions.add_device(
            session, station=station, name="printer-1", driver="escpos-network", settings=settings, **who
        )

    db.transact(furnish)
    yield db
    db.close()


def read(path: Path) -> str:
    (found,) = zxingcpp.read_barcodes(Image.open(path).convert("L"))
    return bytes(found.bytes).decode()


@pytest.mark.parametrize(
    ("kind", "name", "code"),
    [
        ("item", "GLOVE-M", "SUPI000001"),
        ("lot", "1", LOT_CODE),
        ("lot", "GLOVE-M:A1", LOT_CODE),
        ("location", "storeroom", "SUPP"),
    ],
)
def test_a_label_is_drawn_without_any_printer(
    office: Database, tmp_path: Path, kind: str, name: str, code: str
) -> None:
    path = tmp_path / "label.png"
    done = run("label", kind, name, "--png", str(path), "--paper", "40x30")
    assert (done.exit_code, done.stdout) == (0, ""), done.stderr
    assert code in read(path)
    assert Image.open(path).size == (319, 239)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("opened", "1", "--days", "28", "--initials", "do"), LOT_CODE),
        (("hold", "GLOVE-M:A1", "--word", "DO NOT USE", "--reason", "Box torn"), LOT_CODE),
        (("hold", "1"), LOT_CODE),
        (("station", "bench"), "SUPS"),
        (("command", "TIMESTEN"), "TIMESTEN"),
    ],
)
def test_labels_of_a_lot_in_hand_of_stations_and_of_commands_are_drawn_too(
    office: Database, tmp_path: Path, arguments: tuple[str, ...], code: str
) -> None:
    path = tmp_path / "label.png"
    done = run("label", *arguments, "--png", str(path))
    assert (done.exit_code, done.stdout) == (0, ""), done.stderr
    assert code in read(path)


def test_the_label_of_a_container_is_drawn_on_paper_that_holds_it(office: Database, tmp_path: Path) -> None:
    opened = run("waste", "container", "open", "--stream", "SHARPS", "--location", "STOREROOM", "--json")
    assert opened.exit_code == 0, opened.stderr
    number, path = json.loads(opened.stdout)["number"], tmp_path / "label.png"
    done = run("label", "container", number, "--paper", "80 roll", "--png", str(path))
    assert done.exit_code == 0, done.stderr
    assert "SUPC" in read(path)


def test_what_is_said_of_a_vial_stands_on_the_queued_label(office: Database) -> None:
    arguments = ("--days", "7", "--opened-on", "2026-01-02", "--initials", "do", "--seconds", "0")
    assert run("label", "opened", "1", "--printer", "printer-1", *arguments).exit_code == 0
    with office.read_session() as session:
        (job,) = print_jobs.job_lines(session)
    told = job.payload
    assert (told["opened"], told["use_by"], told["initials"]) == ("2026-JAN-02", "2026-JAN-09", "DO")


def test_the_design_of_the_office_dresses_pictures_and_labels_at_an_address(office: Database, tmp_path: Path) -> None:
    plain, dressed = tmp_path / "plain.png", tmp_path / "dressed.png"
    assert run("label", "item", "GLOVE-M", "--png", str(plain)).exit_code == 0

    def design(session: Any) -> None:
        proof = templates.proved("item", replace(usual_design("item"), symbology=Symbology.qr), "57x32")
        who = people.local_actor(session).person_id
        templates.add_template(session, proof=proof, name="Ours", preset=None, is_default=True, actor_id=who, now=NOW)

    office.transact(design)
    assert run("label", "item", "GLOVE-M", "--png", str(dressed)).exit_code == 0
    with EmulatedPrinter(folder=tmp_path / "out") as printer:
        assert run("label", "item", "GLOVE-M", "--printer", f"127.0.0.1:{printer.port}").exit_code == 0
    found = [
        zxingcpp.read_barcodes(Image.open(path).convert("L"))[0].format
        for path in (plain, dressed, *(tmp_path / "out").glob("*.png"))
    ]
    assert found == [zxingcpp.BarcodeFormat.Code128, *2 * [zxingcpp.BarcodeFormat.QRCode]]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("opened", "1", "--png", "x.png"), "Say how many days it may be used after opening"),
        (("opened", "1", "--days", "3", "--opened-on", "2999-01-01", "--png", "x.png"), "a day to come"),
        (("opened", "1", "--days", "3", "--word", "EXPIRED", "--png", "x.png"), "The kind opened has no --word."),
        (("item", "GLOVE-M", "--days", "3", "--png", "x.png"), "The kind item has no --days."),
        (("hold", "1", "--word", "EXPIRED", "--png", "x.png"), "This lot is not expired"),
        (("station", "attic", "--png", "x.png"), "There is no station 'attic'."),
        (("command", "DANCE", "--png", "x.png"), "There is no command 'DANCE'."),
        (("item", "GLOVE-M"), "Say where it goes"),
        (("item", "NOPE", "--png", "x.png"), "There is no item 'NOPE'."),
        (("lot", "77", "--png", "x.png"), "There is no lot 77."),
        (("lot", "GLOVE-M", "--png", "x.png"), "Name a lot by its number here, or as SKU:LOT."),
        (("lot", "GLOVE-M:B9", "--png", "x.png"), "Nitrile gloves M has no lot 'B9'."),
        (("location", "ATTIC", "--png", "x.png"), "There is no place 'ATTIC'."),
        (("container", "W-000009", "--png", "x.png"), "There is no container 'W-000009'."),
        (("item", "GLOVE-M", "--printer", "toaster"), "There is no label printer 'toaster'. Printers here: printer-1."),
        (("item", "GLOVE-M", "--printer", "127.0.0.1:99999"), "no address of a printer"),
        (("item", "GLOVE-M", "--png", "/nowhere/x.png"), "cannot be written"),
    ],
)
def test_what_cannot_be_is_one_line_on_stderr(office: Database, arguments: tuple[str, ...], sentence: str) -> None:
    refused = run("label", *arguments)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert sentence in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("hold", "1", "--word", "FINE", "--png", "x"),
        ("opened", "1", "--days", "999", "--png", "x"),
        ("teapot", "1", "--png", "x"),
        ("item",),
        ("item", "GLOVE-M", "--copies", "0", "--png", "x"),
    ],
)
def test_wrong_usage_exits_2(office: Database, arguments: tuple[str, ...]) -> None:
    assert run("label", *arguments).exit_code == 2


def test_somebody_who_may_not_print_is_refused(office: Database, tmp_path: Path) -> None:
    office.transact(
        lambda s: people.add_person(s, name="ned", roles=[people.Role.nurse], by=people.local_actor(s), now=NOW)
    )
    for where in (("--printer", "printer-1"), ("--png", str(tmp_path / "x.png"))):
        refused = run("label", "item", "GLOVE-M", *where, "--user", "ned")
        assert (refused.exit_code, "may not print labels" in refused.stderr) == (1, True)


def _finish(db: Database, end: str) -> None:
    """What the worker does about the one job: take it, and let it come to this."""

    def act(session: Any) -> bool:
        lines = print_jobs.job_lines(session)
        if not lines:
            return False
        job = print_jobs.take_next(session, device_id=lines[0].device_id, now=datetime.now(UTC))
        assert job is not None
        if end == "printed":
            print_jobs.printed(session, job_id=job.id, now=NOW)
        else:
            getattr(print_jobs, end)(session, job_id=job.id, words="The paper is out.", now=NOW)
        return True

    while not db.transact(act):
        threading.Event().wait(0.05)


@pytest.mark.parametrize(
    ("end", "status", "words"),
    [
        ("printed", 0, "Printed."),
        ("attention", 1, "It has not come out. The paper is out."),
        ("unknown", 1, "It may have come out, or not."),
    ],
)
def test_a_printer_by_name_gets_it_through_the_queue_and_the_outcome_is_said(
    office: Database, end: str, status: int, words: str
) -> None:
    worker = threading.Thread(target=_finish, args=(office, end))
    worker.start()
    done = run("label", "lot", "1", "--printer", "printer-1", "--copies", "2", "--json")
    worker.join(timeout=30)
    assert done.exit_code == status
    assert words in done.stderr
    told = json.loads(done.stdout)
    assert (told["state"], told["printer"]) == (end, "printer-1")


def test_without_a_worker_it_waits_in_the_queue_and_says_so(office: Database) -> None:
    done = run("label", "item", "GLOVE-M", "--printer", "printer-1", "--seconds", "0.3")
    assert (done.exit_code, done.stderr.strip()) == (0, "It waits in the queue.")
    with office.read_session() as session:
        (job,) = print_jobs.job_lines(session)
    assert (job.copies, job.state.value) == (1, "queued")


def test_an_address_is_printed_at_once(office: Database, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    with EmulatedPrinter(folder=folder) as printer:
        done = run("label", "lot", "1", "--printer", f"127.0.0.1:{printer.port}", "--copies", "2")
    assert done.exit_code == 0, done.stderr
    pictures = sorted(folder.glob("*.png"))
    assert len(pictures) == 2
    for picture in pictures:
        (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture.read_bytes())).convert("L"))
        assert bytes(found.bytes).decode().replace("\x1d", "") == LOT_CODE
    with office.read_session() as session:
        assert print_jobs.job_lines(session) == []


def test_an_address_where_no_printer_is_says_so(office: Database) -> None:
    refused = run("label", "item", "GLOVE-M", "--printer", "127.0.0.1:1")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr.strip()
