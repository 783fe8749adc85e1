"""The agent trusts the office's own authority when it is given, and nobody's certificate without."""

import http.server
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from supply.agent.addresses import Address
from supply.agent.server import Away, Server
from supply.errors import Invalid
from supply.tls.authority import issue_server_certificate, make_authority
from supply.tls.files import TlsFiles

TOKEN = "supply_station_test"  # noqa: S105 - of this test's server


class Answer(http.server.BaseHTTPRequestHandler):
    """No devices for whoever asks."""

    seen: list[str | None] = []

    def do_GET(self) -> None:
        """As the library names it."""
        self.seen.append(self.headers["Authorization"])
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"items": []}')

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def office(tmp_path: Path) -> Iterator[tuple[Address, Path]]:
    """A server with a certificate by its office's own authority, and that authority's file."""
    files = TlsFiles(tmp_path / "server.pem", tmp_path / "server.key", tmp_path / "authority.pem")
    now, names = datetime.now(UTC), ("supply.test", "127.0.0.1")
    make_authority(files, office="Office", names=names, now=now)
    issue_server_certificate(files, names=names, now=now)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.certificate, files.key)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.handle_error = lambda *_: None  # type: ignore[method-assign]
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield Address(is_secure=True, host="127.0.0.1", port=server.server_address[1]), tmp_path / "authority.pem"
        server.shutdown()


def test_the_offices_own_authority_is_trusted_where_it_is_given_and_else_no_token_is_sent(
    office: tuple[Address, Path], tmp_path: Path
) -> None:
    address, authority = office
    Answer.seen.clear()
    stranger = Server(address, token=TOKEN, station="bench")
    with pytest.raises(Away, match="is not trusted .* Give the office's own authority with --ca-file") as refused:
        stranger.devices()
    assert (Answer.seen, TOKEN in str(refused.value)) == ([], False)
    trusting = Server(address, token=TOKEN, station="bench", ca_file=authority)
    assert trusting.devices() == []
    assert Answer.seen == [f"Bearer {TOKEN}"]
    trusting.close()
    elsewhere = Server(Address(True, "localhost", address.port), token=TOKEN, station="bench", ca_file=authority)
    with pytest.raises(Away, match="is not trusted"):
        elsewhere.devices()
    (tmp_path / "none.pem").write_text("no certificate")
    with pytest.raises(Invalid, match="no file of certificates"):
        Server(address, token=TOKEN, station="bench", ca_file=tmp_path / "none.pem")
