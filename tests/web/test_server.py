"""The server over real sockets: limits, TLS, and a stop that loses no request."""

import http.client
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from supply.errors import Invalid, SupplyError
from supply.settings import Settings
from supply.web.access import accepts, public
from supply.web.server import WebServer


def on_any_port(settings: Settings, **more: object) -> Settings:
    return settings.model_copy(
        update={"server": settings.server.model_copy(update={"port": 0, "plain_port": 0, **more})}
    )


@pytest.fixture
def serving(settings: Settings) -> Iterator[Callable[..., WebServer]]:
    """Start servers that are stopped after the test, whatever became of it."""
    started: list[WebServer] = []

    def start(app: Flask, **more: object) -> WebServer:
        started.append(WebServer(app, on_any_port(settings, **more)))
        started[-1].start()
        return started[-1]

    yield start
    for server in started:
        server.stop()


@pytest.fixture
def slow(app: Flask) -> Flask:
    """The app with a route that takes half a second, and one that takes pictures."""

    @app.get("/slow")
    @public
    def take_your_time() -> str:
        time.sleep(0.5)
        return "done"

    @app.post("/picture")
    @accepts("image/png")
    @public
    def picture() -> str:
        return "seen"

    return app


def test_a_stop_lets_the_request_in_flight_finish_and_then_nobody_listens(
    slow: Flask, serving: Callable[..., WebServer]
) -> None:
    server = serving(slow)
    answers: list[tuple[int, bytes]] = []

    def ask() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
        connection.request("GET", "/slow")
        answer = connection.getresponse()
        answers.append((answer.status, answer.read()))

    asking = threading.Thread(target=ask)
    asking.start()
    time.sleep(0.2)
    server.stop()
    asking.join()
    assert answers == [(200, b"done")]
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", server.port), timeout=1)
    server.stop()


def test_a_connection_is_kept_for_the_next_request(slow: Flask, serving: Callable[..., WebServer]) -> None:
    server = serving(slow)
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    for _ in range(3):
        connection.request("GET", "/health")
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200
        assert answer.getheader("Connection") != "close"
        assert answer.getheader("Server") == "supply"
    connection.close()


@pytest.mark.parametrize(
    ("headers", "length", "status"),
    [
        ({"X-Long": "x" * 40_000}, 0, 413),
        ({"Content-Type": "image/png"}, 8 * 1024 * 1024, 200),
        ({"Content-Type": "image/png"}, 8 * 1024 * 1024 + 1, 413),
        ({"Content-Type": "image/png"}, 9 * 1024 * 1024, 413),
    ],
)
def test_what_is_too_large_is_refused(
    slow: Flask, serving: Callable[..., WebServer], headers: dict[str, str], length: int, status: int
) -> None:
    server = serving(slow)
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    try:
        connection.request("POST", "/picture", body=b"x" * length, headers=headers)
        assert connection.getresponse().status == status
    except (BrokenPipeError, ConnectionResetError):
        assert status == 413  # the server hung up while we were still sending
    connection.close()


def test_a_taken_port_is_said_in_one_sentence(app: Flask, settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        server = WebServer(app, on_any_port(settings, port=port))
        with pytest.raises(SupplyError, match=f"Nothing can listen on 127.0.0.1:{port}"):
            server.start()


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[str, str]:
    """A certificate that signs itself, and its key."""
    key, cert = str(tmp_path / "key.pem"), str(tmp_path / "cert.pem")
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    subprocess.run([*made, "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", cert], check=True)
    return cert, key


def test_with_a_certificate_it_speaks_tls_and_sets_secure_headers(
    app: Flask, serving: Callable[..., WebServer], certificate: tuple[str, str]
) -> None:
    cert, key = certificate
    server = serving(app, tls_certificate=cert, tls_key=key)
    assert server.url.startswith("https://")
    trusting = ssl.create_default_context(cafile=cert)
    connection = http.client.HTTPSConnection("localhost", server.port, context=trusting, timeout=10)
    connection.request("GET", "/sign-in")
    answer = connection.getresponse()
    assert answer.status == 200
    assert answer.getheader("Strict-Transport-Security")
    connection.close()


def test_a_missing_certificate_file_is_named(app: Flask, settings: Settings) -> None:
    with pytest.raises(Invalid, match="nowhere.pem is not there"):
        WebServer(app, on_any_port(settings, tls_certificate="nowhere.pem", tls_key="nowhere.key"))
