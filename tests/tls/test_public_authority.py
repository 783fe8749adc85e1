"""A certificate by ACME from an authority on loopback that checks every signature and really asks the plain port."""

import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from supply.errors import Invalid
from supply.settings import Settings, load
from supply.tls import authority, public_authority
from supply.tls.files import files_in, files_in_use, tls_folder
from supply.tls.public_authority import NoCertificate, Wish, challenge_answer, checked_wish, obtain, renew
from supply.web.server import plain_only
from tests.postgres import free_port
from tests.tls.acme_server import AcmeServer, serving

NAME = "supply.example.org"


@pytest.fixture
def office(tmp_path: Path) -> Settings:
    found = load(None, {"SUPPLY_DATA": str(tmp_path)})
    return found.model_copy(update={"server": found.server.model_copy(update={"plain_port": free_port()})})


@pytest.fixture
def acme(office: Settings) -> Iterator[AcmeServer]:
    with serving(AcmeServer(office.server.plain_port)) as running:
        yield running


def wish(acme: AcmeServer, *names: str) -> Wish:
    return checked_wish(names=names or (NAME,), email="office@example.org", directory=f"{acme.url}/directory")


def test_the_office_gets_a_certificate_once_it_answers_at_its_plain_port(office: Settings, acme: AcmeServer) -> None:
    with plain_only(office):
        obtain(tls_folder(office), wish(acme, NAME, "kiosk.example.org"))
    files = files_in_use(office)
    assert files is not None
    assert files.authority is None, "no device has to trust anything by hand"
    assert set(authority.shown(files.certificate).names) == {NAME, "kiosk.example.org"}
    assert stat.S_IMODE(files.key.stat().st_mode) == 0o600
    assert list((tls_folder(office) / "challenges").iterdir()) == []


def test_control_without_the_plain_port_there_is_no_certificate_and_nothing_changes(
    office: Settings, acme: AcmeServer
) -> None:
    folder = tls_folder(office)
    files = files_in(folder)
    authority.make_authority(files, office="Elm", names=("localhost",), now=datetime.now(UTC))
    authority.issue_server_certificate(files, names=("localhost",), now=datetime.now(UTC))
    before = files.certificate.read_bytes()
    with pytest.raises(NoCertificate, match="port 80"):
        obtain(folder, wish(acme))
    assert files.certificate.read_bytes() == before
    assert not (folder / "acme.json").exists()


def test_it_is_renewed_in_its_last_month_with_the_same_account_and_key(office: Settings, acme: AcmeServer) -> None:
    folder = tls_folder(office)
    with plain_only(office):
        obtain(folder, wish(acme))
        key, now = files_in(folder).key.read_bytes(), datetime.now(UTC)
        assert not renew(folder, now=now + timedelta(days=50))
        assert renew(folder, now=now + timedelta(days=70))
    assert acme.issued == [(NAME,), (NAME,)]
    assert len(acme.accounts) == 1
    assert files_in(folder).key.read_bytes() == key


def test_an_authority_of_the_offices_own_is_put_aside(office: Settings, acme: AcmeServer) -> None:
    files = files_in(tls_folder(office))
    authority.make_authority(files, office="Elm", names=("localhost",), now=datetime.now(UTC))
    with plain_only(office):
        obtain(tls_folder(office), wish(acme))
    in_use = files_in_use(office)
    assert in_use is not None
    assert in_use.authority is None


def test_where_none_was_asked_for_none_is_renewed(tmp_path: Path) -> None:
    assert not renew(tmp_path, now=datetime.now(UTC))


def test_a_directory_that_does_not_answer_is_said_so(office: Settings) -> None:
    asked = checked_wish(
        names=(NAME,), email="office@example.org", directory=f"http://127.0.0.1:{free_port()}/directory"
    )
    with pytest.raises(NoCertificate, match="does not answer"):
        obtain(tls_folder(office), asked)


@pytest.mark.parametrize("name", ["kiosk", "supply.local", "192.168.1.20", "8.8.8.8", "pc.home.arpa"])
def test_names_that_nobody_vouches_for_are_refused(name: str) -> None:
    with pytest.raises(Invalid, match="supply tls init"):
        checked_wish(names=(name,), email="office@example.org", directory=public_authority.DIRECTORY)


def test_a_wish_needs_a_name_and_a_mail_address() -> None:
    with pytest.raises(Invalid, match="--name"):
        checked_wish(names=(), email="office@example.org", directory="x")
    with pytest.raises(Invalid, match="mail address"):
        checked_wish(names=(NAME,), email="office", directory="x")


@pytest.mark.parametrize("token", ["../server.key", "..%2fserver.key", "", "short", "a" * 200])
def test_no_token_leads_out_of_the_folder(tmp_path: Path, token: str) -> None:
    (tmp_path / "challenges").mkdir()
    (tmp_path / "server.key").write_text("PRIVATE KEY")
    assert challenge_answer(tmp_path, token) is None
