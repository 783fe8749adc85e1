"""SIGTERM to the real process: the request in flight is answered, and the process ends by itself."""

import http.client
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path


def test_sigterm_finishes_the_request_in_flight_and_ends_with_status_0(tmp_path: Path) -> None:
    program = Path(__file__).with_name("serve_slowly.py")
    process = subprocess.Popen([sys.executable, str(program), str(tmp_path)], stdout=subprocess.PIPE, text=True)
    port = int(process.stdout.readline())
    answers: list[tuple[int, bytes]] = []

    def ask() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request("GET", "/slow")
        answer = connection.getresponse()
        answers.append((answer.status, answer.read()))

    asking = threading.Thread(target=ask)
    asking.start()
    deadline = time.monotonic() + 10
    while not (tmp_path / "begun").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    asking.join(timeout=20)
    assert process.wait(timeout=20) == 0
    assert process.stdout.read() == "stopped\n"
    process.stdout.close()
    assert answers == [(200, b"done")]
