"""A wire between agent and server on which answers get lost: the request arrives, the connection breaks."""

import contextlib
import random
import socket
import threading


class UnsureWire:
    """Passes bytes on to `port`; of every answer it drops some, all alike by `seed`. It may also be cut altogether."""

    def __init__(self, port: int, *, drops: float = 0.0, seed: int = 1) -> None:
        self._to, self.drops = port, drops
        self._chance = random.Random(seed)
        self.dropped = 0
        self.is_cut = False
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> "UnsureWire":
        return self

    def __exit__(self, *_: object) -> None:
        self._server.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._server.accept()
                threading.Thread(target=self._join, args=(near,), daemon=True).start()

    def _join(self, near: socket.socket) -> None:
        with near, contextlib.suppress(OSError):
            if self.is_cut:
                return
            with socket.create_connection(("127.0.0.1", self._to)) as far:
                threading.Thread(target=self._forward, args=(near, far), daemon=True).start()
                while answer := far.recv(65_536):
                    if self.is_cut or self._chance.random() < self.drops:
                        self.dropped += 1
                        near.shutdown(socket.SHUT_RDWR)
                        return
                    near.sendall(answer)

    @staticmethod
    def _forward(near: socket.socket, far: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while sent := near.recv(65_536):
                far.sendall(sent)
            far.shutdown(socket.SHUT_WR)
