"""The server with a certificate of its own authority: trusted, renewed while it runs, and the plain port beside it."""

import http.client
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from supply.settings import Settings, load
from supply.tls import authority
from supply.tls.files import TlsFiles, files_in_use, tls_folder
from supply.web.plain import create_plain_app
from supply.web.server import WebServer
from tests.postgres import free_port

NAMES = ("localhost", "127.0.0.1")


@pytest.fixture
def office(tmp_path: Path) -> Settings:
    """Settings of an office that ran `supply tls init`."""
    found = load(None, {"SUPPLY_DATA": str(tmp_path)})
    server = found.server.model_copy(update={"port": 0, "plain_port": free_port()})
    return found.model_copy(update={"server": server})


@pytest.fixture
def files(office: Settings) -> TlsFiles:
    folder = tls_folder(office)
    made = TlsFiles(folder / "server.crt", folder / "server.key", folder / "authority.crt")
    authority.make_authority(made, office="Elm Street", names=NAMES, now=datetime.now(UTC))
    authority.issue_server_certificate(made, names=NAMES, now=datetime.now(UTC) - timedelta(days=370))
    return made


@pytest.fixture
def server(office: Settings, files: TlsFiles) -> Iterator[WebServer]:
    app = Flask("supply-test")
    app.add_url_rule("/", view_func=lambda: "secure")
    started = WebServer(app, office)
    started.start()
    yield started
    started.stop()


def shown_by(server: WebServer, files: TlsFiles) -> str:
    """The serial number that a client which trusts the authority is shown."""
    context = ssl.create_default_context(cafile=str(files.authority))
    connection = http.client.HTTPSConnection("localhost", server.port, context=context, timeout=5)
    connection.request("GET", "/")
    assert connection.getresponse().read() == b"secure"
    certificate = connection.sock.getpeercert()
    assert certificate
    connection.close()
    return str(certificate["serialNumber"])


def plainly(server: WebServer, office: Settings, path: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", office.server.plain_port, timeout=5)
    connection.request("GET", path)
    return connection.getresponse()


def test_a_renewed_certificate_is_shown_without_a_restart(server: WebServer, files: TlsFiles) -> None:
    before = shown_by(server, files)
    server.keep_certificate_fresh(datetime.now(UTC) - timedelta(days=5))
    assert shown_by(server, files) == before, "then it was good for more than a month"
    server.keep_certificate_fresh(datetime.now(UTC))
    assert shown_by(server, files) != before


def test_a_broken_new_certificate_leaves_the_old_one_in_use(server: WebServer, files: TlsFiles) -> None:
    before = shown_by(server, files)
    other = files.certificate.parent / "other"
    stranger = TlsFiles(other / "server.crt", other / "server.key", other / "authority.crt")
    authority.make_authority(stranger, office="Other", names=NAMES, now=datetime.now(UTC))
    authority.issue_server_certificate(stranger, names=NAMES, now=datetime.now(UTC))
    files.certificate.write_bytes(stranger.certificate.read_bytes())  # not of our key
    server.keep_certificate_fresh(datetime.now(UTC))
    assert shown_by(server, files) == before


def test_the_plain_port_sends_on_to_https_and_gives_no_cookie(server: WebServer, office: Settings) -> None:
    answer = plainly(server, office, "/kiosk?station=kiosk-1")
    assert answer.status == 308
    assert answer.headers["Location"] == f"https://127.0.0.1:{server.port}/kiosk"
    assert "Set-Cookie" not in answer.headers


def test_the_plain_port_gives_the_authority_to_whoever_is_to_trust_it(
    server: WebServer, office: Settings, files: TlsFiles
) -> None:
    assert files.authority is not None
    page = plainly(server, office, "/trust").read().decode()
    assert authority.shown(files.authority).fingerprint in page
    assert "Certificate Trust Settings" in page
    given = plainly(server, office, "/trust/authority.crt")
    assert given.read() == files.authority.read_bytes()
    assert given.headers["Content-Type"].startswith("application/x-x509-ca-cert")
    profile = plainly(server, office, "/trust/authority.mobileconfig")
    assert b"com.apple.security.root" in profile.read()


def test_no_key_ever_leaves_by_the_plain_port(server: WebServer, office: Settings) -> None:
    for path in ("/trust/server.key", "/trust/authority.key", "/tls/authority.key", "/static/../../tls/authority.key"):
        assert b"PRIVATE KEY" not in plainly(server, office, path).read()


def test_a_host_that_is_no_name_is_not_sent_anywhere(office: Settings) -> None:
    client = create_plain_app(office, secure_port=8443).test_client()
    assert client.get("/x", headers={"Host": "a b"}).status_code == 400
    assert client.get("/x", headers={"Host": "[fd00::1]:8080"}).headers["Location"] == "https://[fd00::1]:8443/x"


def test_a_plain_port_that_is_taken_does_not_stop_the_office(
    server: WebServer, office: Settings, files: TlsFiles
) -> None:
    second = WebServer(Flask("second"), office)
    second.start()
    assert second.port != server.port
    second.stop()
    assert plainly(server, office, "/trust").status == 200


def test_without_any_file_there_is_no_tls(tmp_path: Path) -> None:
    settings = load(None, {"SUPPLY_DATA": str(tmp_path)})
    assert files_in_use(settings) is None
    assert not settings.uses_tls
    assert create_plain_app(settings, secure_port=443).test_client().get("/trust/authority.crt").status_code == 404
