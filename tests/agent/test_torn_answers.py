"""An answer that breaks off is no answer: the agent must not take its beginning for the whole."""

import json
import socket
import threading
from contextlib import closing
from uuid import uuid4

import pytest

from supply.agent.addresses import server_address
from supply.agent.server import Away, Server

WHOLE = json.dumps({"label": None}).encode()


@pytest.mark.parametrize("kept", [0, 5, len(WHOLE)])
def test_what_a_broken_answer_says_is_not_believed(kept: int) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:

        def answer() -> None:
            near, _ = listening.accept()
            with near:
                near.recv(65_536)
                head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(WHOLE)
                near.sendall(head + WHOLE[:kept])

        threading.Thread(target=answer, daemon=True).start()
        port = listening.getsockname()[1]
        server = Server(
            server_address(f"http://127.0.0.1:{port}", is_insecure_allowed=False), token="t" * 30, station="bench"
        )
        if kept == len(WHOLE):
            assert server.take_label("printer", str(uuid4())) is None
        else:
            with pytest.raises(Away):
                server.take_label("printer", str(uuid4()))
        server.close()
