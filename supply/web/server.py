"""Serving the app by cheroot: threads, limits, optional TLS, and a stop that lets requests in flight finish."""

import logging
import signal
import threading
from pathlib import Path
from types import FrameType

from cheroot.ssl.builtin import BuiltinSSLAdapter
from cheroot.wsgi import Server
from flask import Flask

from supply.errors import Invalid, SupplyError
from supply.settings import Settings

log = logging.getLogger(__name__)

HEADER_BYTES = 32 * 1024
BODY_BYTES = 8 * 1024 * 1024 + 64 * 1024  # the app's own limits are narrower; a form around a picture needs some more
KEPT_ALIVE = 256
IDLE_SECONDS = 20
STOP_SECONDS = 30
WAITING_CONNECTIONS = 128


class WebServer:
    """One listening address. `start` returns once it listens; `stop` returns once the last request was answered."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        chosen = settings.server
        self.host, self.port = chosen.host, chosen.port
        self.uses_tls = bool(chosen.tls_certificate)
        self._server = Server(
            (chosen.host, chosen.port),
            app,
            numthreads=chosen.threads,
            server_name="supply",
            request_queue_size=WAITING_CONNECTIONS,
            timeout=IDLE_SECONDS,
            shutdown_timeout=STOP_SECONDS,
        )
        self._server.software = "supply"
        self._server.max_request_header_size = HEADER_BYTES
        self._server.max_request_body_size = BODY_BYTES
        self._server.keep_alive_conn_limit = KEPT_ALIVE
        if self.uses_tls:
            self._server.ssl_adapter = _tls(chosen.tls_certificate, chosen.tls_key)
        self._thread = threading.Thread(target=self._serve, name="web", daemon=True)
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

    def stop(self) -> None:
        """Take no new request, finish those in flight (up to 30 s), and close. May be called twice."""
        with self._stopping:
            self._server.stop()
            if self._thread.is_alive():
                self._thread.join(STOP_SECONDS)

    def _serve(self) -> None:
        self._server.serve()


def serve_until_told(server: WebServer) -> None:
    """Start, and stop gracefully on SIGTERM or SIGINT. Only for the main thread."""
    told = threading.Event()

    def tell(_number: int, _frame: FrameType | None) -> None:
        told.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, tell)
    server.start()
    log.info("Serving at %s", server.url)
    while not told.wait(timeout=1):
        pass
    server.stop()


def _tls(certificate: str, key: str) -> BuiltinSSLAdapter:
    for path in (certificate, key):
        if not Path(path).is_file():
            raise Invalid(f"The TLS file {path or '(tls_key is empty)'} is not there.", code="bad_settings")
    return BuiltinSSLAdapter(certificate, key)
