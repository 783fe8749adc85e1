"""Serving the app by cheroot: threads, limits, optional TLS, and a stop that lets requests in flight finish."""

import contextlib
import logging
import signal
import ssl
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from types import FrameType

from cheroot.ssl.builtin import BuiltinSSLAdapter
from cheroot.wsgi import Server
from flask import Flask

from supply.errors import SupplyError
from supply.settings import Settings
from supply.tls.authority import renew_when_due
from supply.tls.files import TlsFiles, files_in_use
from supply.web.plain import create_plain_app

log = logging.getLogger(__name__)

HEADER_BYTES = 32 * 1024
BODY_BYTES = 8 * 1024 * 1024 + 64 * 1024  # the app's own limits are narrower; a form around a picture needs some more
KEPT_ALIVE = 256
IDLE_SECONDS = 20
STOP_SECONDS = 30
WAITING_CONNECTIONS = 128
CERTIFICATE_SECONDS = 60
PLAIN_THREADS = 2


class WebServer:
    """One listening address. `start` returns once it listens; `stop` returns once the last request was answered."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        chosen = settings.server
        self.host, self.port = chosen.host, chosen.port
        self._files = files_in_use(settings)
        self.uses_tls = self._files is not None
        self._server = _listening((chosen.host, chosen.port), app, threads=chosen.threads)
        if self._files is not None:
            self._adapter = BuiltinSSLAdapter(str(self._files.certificate), str(self._files.key))
            self._server.ssl_adapter = self._adapter
            self._read_at = _changed_at(self._files)
        self._plain: Server | None = None
        self._settings = settings
        self._thread = threading.Thread(target=self._server.serve, name="web", daemon=True)
        self._stopping = threading.Lock()

    @property
    def url(self) -> str:
        """Where people reach it."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::", "") else self.host  # noqa: S104 - compared, not bound
        shown = f"[{host}]" if ":" in host else host
        return f"{'https' if self.uses_tls else 'http'}://{shown}:{self.port}"

    def start(self) -> None:
        """Listen, and serve in a thread of its own. Raises SupplyError when the address is taken."""
        try:
            self._server.prepare()
        except OSError as error:
            raise SupplyError(
                f"Nothing can listen on {self.host}:{self.port} ({error.strerror or error}). "
                "Stop the other program, or choose another port with PORT=…",
                code="port_taken",
            ) from error
        self.port = self._server.bind_addr[1]
        self._thread.start()
        if self.uses_tls and self._settings.server.plain_port:
            self._plain = _plain_server(self._settings, secure_port=self.port)

    def keep_certificate_fresh(self, now: datetime) -> None:
        """Renew a certificate of our own authority in time, and show the new one to whoever connects from now on.

        A file that was changed by another program (an ACME client) is taken too; one that is broken is not.
        """
        if self._files is None:
            return
        try:
            renew_when_due(self._files, now=now)
            changed_at = _changed_at(self._files)
            if changed_at != self._read_at:
                # Tried apart first: a context that took a certificate and then not its key could serve nobody.
                _fresh_context().load_cert_chain(str(self._files.certificate), str(self._files.key))
                self._adapter.context.load_cert_chain(str(self._files.certificate), str(self._files.key))
                self._read_at = changed_at
                log.info("A new certificate is shown from now on.")
        except (OSError, SupplyError) as error:  # ssl.SSLError is an OSError
            log.warning("The new certificate cannot be used, the old one stays: %s", error)

    def stop(self) -> None:
        """Take no new request, finish those in flight (up to 30 s), and close. May be called twice."""
        with self._stopping:
            if self._plain is not None:
                self._plain.stop()
                self._plain = None
            self._server.stop()
            if self._thread.is_alive():
                self._thread.join(STOP_SECONDS)


def serve_until_told(server: WebServer) -> None:
    """Start, and stop gracefully on SIGTERM or SIGINT. Only for the main thread."""
    told = threading.Event()

    def tell(_number: int, _frame: FrameType | None) -> None:
        told.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, tell)
    server.start()
    log.info("Serving at %s", server.url)
    looked_at = time.monotonic()
    while not told.wait(timeout=1):
        if time.monotonic() - looked_at >= CERTIFICATE_SECONDS:
            server.keep_certificate_fresh(datetime.now(UTC))
            looked_at = time.monotonic()
    server.stop()


@contextlib.contextmanager
def plain_only(settings: Settings) -> Iterator[None]:
    """The plain port alone, for as long as a first certificate is asked for; a running office has it open already."""
    plain = _plain_server(settings, secure_port=settings.server.port) if settings.server.plain_port else None
    try:
        yield
    finally:
        if plain is not None:
            plain.stop()


def _plain_server(settings: Settings, *, secure_port: int) -> Server | None:
    """The port beside https that only sends people on; None when it is taken, for the office works without it too."""
    address = (settings.server.host, settings.server.plain_port)
    plain = _listening(address, create_plain_app(settings, secure_port=secure_port), threads=PLAIN_THREADS)
    try:
        plain.prepare()
    except OSError as error:
        log.warning("Nothing can listen on the plain port %s: %s", address[1], error.strerror or error)
        return None
    threading.Thread(target=plain.serve, name="plain web", daemon=True).start()
    return plain


def _listening(address: tuple[str, int], app: Flask, *, threads: int) -> Server:
    server = Server(
        address,
        app,
        numthreads=threads,
        server_name="supply",
        request_queue_size=WAITING_CONNECTIONS,
        timeout=IDLE_SECONDS,
        shutdown_timeout=STOP_SECONDS,
    )
    server.software = "supply"
    server.max_request_header_size = HEADER_BYTES
    server.max_request_body_size = BODY_BYTES
    server.keep_alive_conn_limit = KEPT_ALIVE
    return server


def _fresh_context() -> ssl.SSLContext:
    return ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)


def _changed_at(files: TlsFiles) -> tuple[float, float]:
    return files.certificate.stat().st_mtime, files.key.stat().st_mtime
