"""A network camera that is not there: an endless MJPEG stream over HTTP, with a password, that can be cut mid-frame.

Owns its socket and threads. It must never be imported by a driver.
"""

import base64
import contextlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import cv2

from supply.barcodes.image_files import Pixels

_BOUNDARY = b"--frame"


class EmulatedNetworkCamera:
    """Streams whatever picture it is shown at `url`, `frames_per_second` times a second, until it is unplugged."""

    def __init__(
        self, picture: Pixels, *, frames_per_second: float = 30.0, user: str = "", password: str = "", port: int = 0
    ) -> None:
        self._pause_seconds = 1.0 / frames_per_second
        self._wanted = base64.b64encode(f"{user}:{password}".encode()).decode() if user else ""
        self._credentials = f"{user}:{password}@" if user else ""
        self._port = port
        self._server: ThreadingHTTPServer | None = None
        self._unplugged = threading.Event()
        self._cut = threading.Event()
        self.sent = 0
        self.show(picture)

    def __enter__(self) -> "EmulatedNetworkCamera":
        self.plug()
        return self

    def __exit__(self, *_: object) -> None:
        self.unplug()

    @property
    def url(self) -> str:
        """Its address, with its user and password as cameras want them."""
        return f"http://{self._credentials}127.0.0.1:{self._port}/video.mjpeg"

    def show(self, picture: Pixels) -> None:
        """Hold another picture before the camera."""
        self._frame = cv2.imencode(".jpg", picture)[1].tobytes()

    def plug(self) -> None:
        """Begin to answer; a second time at the same port."""
        if self._server is not None:
            return
        self._unplugged.clear()
        self._cut.clear()
        self._server = ThreadingHTTPServer(("127.0.0.1", self._port), self._answerer())
        self._server.daemon_threads = True
        self._port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True, name="emulated camera").start()

    def unplug(self, *, in_mid_frame: bool = False) -> None:
        """Vanish, half a picture sent if wished."""
        server, self._server = self._server, None
        if server is None:
            return
        if in_mid_frame:
            self._cut.set()
            self._unplugged.wait(1.0)
        self._unplugged.set()
        server.shutdown()
        server.server_close()

    def _answerer(self) -> type[BaseHTTPRequestHandler]:
        camera = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                """The stream, or 401."""
                if camera._wanted and self.headers.get("Authorization") != f"Basic {camera._wanted}":
                    self.send_response(401)
                    self.send_header("WWW-Authenticate", 'Basic realm="camera"')
                    self.end_headers()
                    return
                self.send_response(200)
                self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
                self.end_headers()
                with contextlib.suppress(OSError):
                    camera._stream(self.wfile)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        return Answer

    def _stream(self, wire: Any) -> None:
        while not self._unplugged.wait(self._pause_seconds):
            frame = self._frame
            head = _BOUNDARY + b"\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(frame)
            if self._cut.is_set():
                wire.write(head + frame[: len(frame) // 2])
                wire.flush()
                self._unplugged.set()
                return
            wire.write(head + frame + b"\r\n")
            wire.flush()
            self.sent += 1
