"""A camera at a station, over files and over a camera that goes away."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from supply.barcodes.image_files import Pixels
from supply.devices.cameras.file import FileCamera
from supply.devices.cameras.opencv import OpenCvCamera
from supply.devices.cameras.scanner import CameraScanner
from supply.devices.emulators.camera import Scene, moving_frames, render_symbol, write_picture, write_video
from supply.devices.errors import DeviceError
from supply.devices.state import Status

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
UDI = "(01)04012345678901(17)271231(10)LOT42A(21)S9"
SMALL = Scene(width=320, height=240)


class Time:
    """Seconds that pass only while somebody sleeps."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def clock(self) -> float:
        self.seconds += 0.0001
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


class FlakyCamera:
    """A camera whose cable is loose: it is there for three frames, gone for two attempts, there again."""

    def __init__(self, frame: Pixels) -> None:
        self._frame = frame
        self._left = 3
        self.attempts = 0

    def open(self) -> None:
        self.attempts += 1
        if self.attempts in (2, 3):
            raise DeviceError("The camera is not there.", permanent=False)
        self._left = 3 if self.attempts == 1 else 1000

    def next_frame(self) -> Pixels | None:
        if self._left == 0:
            raise DeviceError("The camera gives no picture any more.", permanent=False)
        self._left -= 1
        return self._frame

    def close(self) -> None:
        self._left = 0


def _scanner(source: FileCamera | FlakyCamera, time: Time) -> CameraScanner:
    return CameraScanner(
        source, name="cam", frames_per_second=10.0, clock=time.clock, sleep=time.sleep, now=lambda: NOW
    )


@pytest.mark.parametrize(("text", "drawn_as", "raw"), [(UDI, "DataMatrix", "]d2"), ("036000291452", "UPCA", "]E0")])
def test_a_code_held_before_the_camera_is_one_scan(tmp_path: Path, text: str, drawn_as: str, raw: str) -> None:
    path = tmp_path / "shelf.avi"
    symbol = render_symbol(text, drawn_as, module_pixels=2 if drawn_as == "UPCA" else 3)
    write_video(path, moving_frames(symbol, SMALL, count=25))
    scanner = _scanner(FileCamera(path), Time())
    scanner.open()

    scans = [scan for _ in range(5) for scan in scanner.read(1.0)]

    assert len(scans) == 1
    assert scans[0].aim == raw
    assert scans[0].raw.startswith(raw + "0")
    assert scans[0].read_at == NOW == scanner.state.last_scan_at
    scanner.close()
    assert scanner.state.status is Status.CLOSED


def test_a_picture_that_is_played_for_ever_is_still_one_scan(tmp_path: Path) -> None:
    path = tmp_path / "label.png"
    write_picture(path, render_symbol(UDI))
    scanner = _scanner(FileCamera(path, repeat=True), Time())
    scanner.open()
    scanner.open()

    assert sum(len(scanner.read(0.5)) for _ in range(20)) == 1


def test_a_video_that_is_played_for_ever_begins_again(tmp_path: Path) -> None:
    path = tmp_path / "shelf.avi"
    write_video(path, moving_frames(render_symbol(UDI, module_pixels=3), SMALL, count=4))
    camera = FileCamera(path, repeat=True)
    camera.open()

    assert all(camera.next_frame() is not None for _ in range(11))
    camera.close()
    assert camera.next_frame() is None


def test_a_picture_is_played_once(tmp_path: Path) -> None:
    path = tmp_path / "label.png"
    write_picture(path, render_symbol(UDI))
    camera = FileCamera(path)
    camera.open()

    assert camera.next_frame() is not None
    assert camera.next_frame() is None


def test_no_more_frames_are_looked_at_than_asked_for() -> None:
    time, looked = Time(), 0
    blank = np.full((60, 80), 255, np.uint8)

    class Counting(FlakyCamera):
        def next_frame(self) -> Pixels | None:
            nonlocal looked
            looked += 1
            return blank

    scanner = _scanner(Counting(blank), time)
    scanner.open()
    scanner.read(2.0)

    assert 18 <= looked <= 21


def test_a_camera_that_went_away_is_opened_again() -> None:
    time = Time()
    camera = FlakyCamera(render_symbol(UDI))
    scanner = _scanner(camera, time)
    scanner.open()

    assert len(scanner.read(1.0)) == 1
    assert scanner.read(0.35) == []
    assert scanner.state.status is Status.RECONNECTING
    assert scanner.state.error
    assert scanner.read(2.0) == []
    assert scanner.state.status is Status.OPEN
    assert camera.attempts == 4


@pytest.mark.parametrize(
    ("content", "permanent"), [(None, False), (b"no picture", True), (b"\x89PNG\r\n\x1a\n broken", True)]
)
def test_a_file_that_cannot_be_played_is_said_so(tmp_path: Path, content: bytes | None, permanent: bool) -> None:
    path = tmp_path / "label.png"
    if content is not None:
        path.write_bytes(content)
    scanner = _scanner(FileCamera(path), Time())

    with pytest.raises(DeviceError, match=r"label\.png") as refused:
        scanner.open()

    assert refused.value.permanent is permanent
    assert scanner.state.status is Status.FAILED
    if permanent:
        with pytest.raises(DeviceError):
            scanner.read(2.0)
    else:
        assert scanner.read(0.2) == []


def test_a_camera_number_that_is_not_there_is_said_so() -> None:
    camera = OpenCvCamera(97)

    with pytest.raises(DeviceError, match="number 97 cannot be opened"):
        camera.open()
    with pytest.raises(DeviceError, match="no picture any more"):
        camera.next_frame()
    camera.close()


@pytest.mark.parametrize("source", ["label.png", "file:///label.png", "concat:a|b"])
def test_a_camera_is_a_number_or_an_address(source: str) -> None:
    with pytest.raises(DeviceError, match="is no camera"):
        OpenCvCamera(source)


def test_a_camera_of_the_network_is_read(tmp_path: Path) -> None:
    import functools
    import http.server
    import threading

    path = tmp_path / "stream.mjpeg"
    write_video(path, moving_frames(render_symbol(UDI, module_pixels=3), SMALL, count=10))

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    handler = functools.partial(Quiet, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        camera = OpenCvCamera(f"http://127.0.0.1:{server.server_port}/stream.mjpeg")
        scanner = CameraScanner(camera, name="shelf", frames_per_second=1000.0)
        scanner.open()
        scans = scanner.read(10.0)
        scanner.close()
        server.shutdown()

    assert [scan.aim for scan in scans] == ["]d2"]
