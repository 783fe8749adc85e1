"""The office's own authority: who trusts it, what it may not vouch for, and that its keys stay where they are."""

import ssl
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from supply.errors import Conflict, Invalid, NotFound
from supply.tls import authority, names
from supply.tls.files import TlsFiles, files_in

NOW = datetime.now(UTC)
NAMES = ("supply.example.org", "192.168.1.20", "localhost", "127.0.0.1")


@pytest.fixture
def files(tmp_path: Path) -> TlsFiles:
    made = files_in(tmp_path / "tls")
    authority.make_authority(made, office="Elm Street Clinic", names=NAMES, now=NOW)
    authority.issue_server_certificate(made, names=NAMES, now=NOW)
    return made


def handshake(files: TlsFiles, name: str, *, trusting: Path | None = None) -> None:
    """Server and client in one thread, over memory. Raises what the client's library raises."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(files.certificate, files.key)
    client = ssl.create_default_context(cafile=str(trusting or files.authority))
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours = client.wrap_bio(down, up, server_hostname=name)
    theirs = server.wrap_bio(up, down, server_side=True)
    done = set()
    for _ in range(10):
        for side in (ours, theirs):
            try:
                side.do_handshake()
                done.add(side)
            except ssl.SSLWantReadError:
                pass
        if len(done) == 2:
            return
    raise AssertionError("no end of the handshake")


@pytest.mark.parametrize("name", NAMES)
def test_whoever_trusts_the_authority_trusts_the_server_at_each_of_its_names(files: TlsFiles, name: str) -> None:
    handshake(files, name)


def test_control_another_name_and_another_authority_are_refused(files: TlsFiles, tmp_path: Path) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(files, "bank.example.com")
    other = files_in(tmp_path / "other")
    authority.make_authority(other, office="Elsewhere", names=NAMES, now=NOW)
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(files, "localhost", trusting=other.authority)


def test_the_authority_may_not_vouch_for_the_rest_of_the_internet(files: TlsFiles) -> None:
    for foreign in ("bank.example.com", "example.org", "8.8.8.8", "notsupply.example.org"):
        with pytest.raises(Invalid, match="--new-authority"):
            authority.issue_server_certificate(files, names=(foreign,), now=NOW)
    authority.issue_server_certificate(files, names=("kiosk.local", "10.1.2.3"), now=NOW)


def test_a_certificate_signed_past_that_refusal_is_refused_by_the_client(
    files: TlsFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(authority, "_refuse_foreign_names", lambda *_: None)
    authority.issue_server_certificate(files, names=("bank.example.com",), now=NOW)
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree"):
        handshake(files, "bank.example.com")


def test_only_its_owner_can_read_a_key(files: TlsFiles) -> None:
    assert files.authority is not None
    for key in (files.key, files.authority.with_suffix(".key")):
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(files.key.parent.stat().st_mode) == 0o700


def test_an_authority_that_devices_trust_is_not_made_anew(files: TlsFiles) -> None:
    with pytest.raises(Conflict):
        authority.make_authority(files, office="Again", names=NAMES, now=NOW)


def test_without_an_authority_nothing_is_issued(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="supply tls init"):
        authority.issue_server_certificate(files_in(tmp_path), names=NAMES, now=NOW)
    with pytest.raises(NotFound):
        authority.issue_server_certificate(TlsFiles(tmp_path / "a", tmp_path / "b"), names=NAMES, now=NOW)


def test_a_certificate_is_renewed_in_its_last_month_and_its_key_stays(files: TlsFiles) -> None:
    key, until = files.key.read_bytes(), authority.shown(files.certificate).valid_until
    assert not authority.renew_when_due(files, now=until - timedelta(days=31))
    assert authority.renew_when_due(files, now=until - timedelta(days=29))
    renewed = authority.shown(files.certificate)
    assert renewed.valid_until == until.replace(microsecond=0) - timedelta(days=29) + timedelta(days=397)
    assert set(renewed.names) == set(NAMES)
    assert files.key.read_bytes() == key
    assert not authority.renew_when_due(TlsFiles(files.certificate, files.key), now=renewed.valid_until)


def test_what_apple_refuses_is_not_made(files: TlsFiles) -> None:
    lasts = authority.shown(files.certificate).valid_until - NOW
    assert lasts < timedelta(days=825)


@pytest.mark.parametrize(
    "wrong", ["", "https://supply.local", "supply.local:8000", "a b", "-a", "ä.local", "a..b", "x" * 254, "*.local"]
)
def test_what_is_no_name_is_refused(wrong: str) -> None:
    with pytest.raises(Invalid, match="no name of a computer"):
        names.checked([wrong])


def test_names_are_taken_once_in_small_letters() -> None:
    assert names.checked(["Supply.LOCAL.", "supply.local", "FD00::1", "10.0.0.1"]) == (
        "supply.local",
        "fd00::1",
        "10.0.0.1",
    )


def test_this_machine_knows_its_names() -> None:
    assert {"localhost", "127.0.0.1"} <= set(names.of_this_machine())


def test_a_file_that_is_no_certificate_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "server.crt").write_text("no certificate")
    with pytest.raises(Invalid, match="holds no certificate"):
        authority.shown(tmp_path / "server.crt")
