"""Video files: read by the rules of a live camera, and only real containers are opened."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from supply.barcodes import videos
from supply.barcodes.videos import decode_file, decode_video
from supply.devices.emulators.camera import Scene, moving_frames, render_symbol, write_picture, write_video
from supply.errors import Invalid

UDI = "(01)04012345678901(17)271231(10)LOT42A(21)S9"
UDI_RAW = "01040123456789011727123110LOT42A\x1d21S9"
SMALL = Scene(width=320, height=240)


@pytest.mark.parametrize("ending", ["mp4", "avi", "mjpeg", "y4m"])
@pytest.mark.parametrize(("text", "drawn_as", "raw"), [(UDI, "DataMatrix", UDI_RAW), ("4012345678901", "EAN13", None)])
def test_the_code_of_a_video_is_read_once(tmp_path: Path, ending: str, text: str, drawn_as: str, raw: str) -> None:
    path = tmp_path / f"shelf.{ending}"
    symbol = render_symbol(text, drawn_as, module_pixels=2 if drawn_as == "EAN13" else 3)
    write_video(path, moving_frames(symbol, SMALL, count=12))

    reading = decode_file(path)

    assert [code.text for code in reading.codes] == [raw or text]
    assert reading.frames == 12


def test_a_linear_code_in_a_single_frame_of_a_video_is_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "blink.avi"
    symbol = render_symbol("4012345678901", "EAN13", module_pixels=2)
    desk = moving_frames(np.full((4, 4), 255, np.uint8), SMALL, count=6)
    write_video(path, iter([*desk, *moving_frames(symbol, SMALL, count=1)]))

    assert decode_video(path).codes == []


def test_a_long_video_of_a_desk_gives_no_false_read(tmp_path: Path) -> None:
    path = tmp_path / "desk.avi"
    blank = np.full((4, 4), 255, np.uint8)
    write_video(path, (frame for seed in range(8) for frame in moving_frames(blank, SMALL, count=15, seed=seed)))

    reading = decode_video(path)

    assert reading.codes == []
    assert reading.frames == 120


def test_no_more_than_the_first_frames_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "long.avi"
    write_video(path, moving_frames(render_symbol(UDI, module_pixels=3), SMALL, count=8))
    monkeypatch.setattr(videos, "MAX_FRAMES", 5)

    assert decode_video(path).frames == 5


def test_a_picture_has_no_frames(tmp_path: Path) -> None:
    path = tmp_path / "label.png"
    write_picture(path, render_symbol(UDI))

    reading = decode_file(path)

    assert [code.text for code in reading.codes] == [UDI_RAW]
    assert reading.frames is None


def test_a_text_file_called_mp4_is_no_video(tmp_path: Path) -> None:
    path = tmp_path / "notes.mp4"
    path.write_text("#EXTM3U\nhttp://127.0.0.1:9/steal.ts\n")

    with pytest.raises(Invalid, match="no video"):
        decode_video(path)
    with pytest.raises(Invalid, match="no JPEG"):
        decode_file(path)


def test_a_video_that_is_cut_short_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cut.mp4"
    path.write_bytes(b"\x00\x00\x00\x18ftypmp42" + bytes(500))

    with pytest.raises(Invalid, match=r"No picture of the video cut\.mp4"):
        decode_file(path)


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="No such file"):
        decode_file(tmp_path / "nothing.png")


def test_bare_jpeg_pictures_are_told_from_a_video_by_their_name(tmp_path: Path) -> None:
    content = cv2.imencode(".jpg", render_symbol(UDI))[1].tobytes()
    (tmp_path / "one.jpg").write_bytes(content)
    (tmp_path / "one.mjpeg").write_bytes(content * 3)

    assert decode_file(tmp_path / "one.jpg").frames is None
    assert decode_file(tmp_path / "one.mjpeg").frames == 3
