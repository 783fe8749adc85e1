"""/camera-frames: one picture in, the codes in it out."""

from io import BytesIO
from typing import Any

import pytest
import zxingcpp
from flask.testing import FlaskClient
from PIL import Image

from tests.web.api.conftest import GTIN, Api


def picture(kind: str = "PNG") -> bytes:
    """A photograph of a label with one DataMatrix, as a file."""
    made: Any = zxingcpp.create_barcode(f"01{GTIN}1727050110A1", zxingcpp.BarcodeFormat.DataMatrix)
    grey = Image.fromarray(made.to_image(scale=8)).convert("L")
    label = Image.new("L", (grey.width + 120, grey.height + 120), 255)
    label.paste(grey, (60, 60))
    file = BytesIO()
    label.save(file, kind)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_the_code_in_a_picture_is_read(nurse: Api, kind: str) -> None:
    answer = nurse.send("POST", "/camera-frames", data=picture(kind), content_type=f"image/{kind.lower()}")
    assert answer.status_code == 200
    (code,) = answer.json["codes"]
    assert (code["text"], code["format"], code["linear"]) == (f"01{GTIN}1727050110A1", "DataMatrix", False)
    assert (code["confirmed"], code["gs1"], code["symbology"]) == (True, False, "]d1")
    assert (len(code["position"]), code["agree"]) == (4, 1)


def test_a_form_may_carry_the_picture(nurse: Api) -> None:
    form = {"frame": (BytesIO(picture()), "frame.png")}
    answer = nurse.send("POST", "/camera-frames", data=form, content_type="multipart/form-data")
    assert (answer.status_code, len(answer.json["codes"])) == (200, 1)


def test_a_picture_without_a_code_is_no_error(nurse: Api) -> None:
    file = BytesIO()
    Image.new("L", (320, 240), 200).save(file, "JPEG")
    answer = nurse.send("POST", "/camera-frames", data=file.getvalue(), content_type="image/jpeg")
    assert (answer.status_code, answer.json) == (200, {"codes": []})


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n", picture()[:200], b"GIF89a" + b"\0" * 50])
def test_what_is_no_picture_is_refused_in_one_sentence(nurse: Api, content: bytes) -> None:
    answer = nurse.send("POST", "/camera-frames", data=content, content_type="image/png")
    assert (answer.status_code, answer.json["code"]) == (422, "not_a_picture")
    assert answer.json["detail"].count(".") == 1


def test_too_much_is_refused(nurse: Api) -> None:
    much = nurse.send("POST", "/camera-frames", data=b"\xff" * (8 * 1024 * 1024 + 1), content_type="image/jpeg")
    assert (much.status_code, much.json["code"]) == (422, "picture_too_large")
    more = nurse.send("POST", "/camera-frames", data=b"\xff" * (9 * 1024 * 1024), content_type="image/jpeg")
    assert more.status_code == 413


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "image/gif", "application/octet-stream", ""])
def test_another_kind_of_content_is_refused(nurse: Api, kind: str) -> None:
    assert nurse.send("POST", "/camera-frames", data=picture(), content_type=kind).status_code == 415


def test_a_form_without_one_picture_is_refused(nurse: Api) -> None:
    for form in ({"frame": "text"}, {"a": (BytesIO(b"1"), "a"), "b": (BytesIO(b"2"), "b")}):
        answer = nurse.send("POST", "/camera-frames", data=form, content_type="multipart/form-data")
        assert (answer.status_code, answer.json["code"]) == (422, "bad_field")
    broken = nurse.send("POST", "/camera-frames", data=b"no form", content_type="multipart/form-data")
    assert broken.status_code in (400, 422)


def test_nobody_sends_pictures_without_signing_in(client: FlaskClient) -> None:
    assert client.post("/api/v1/camera-frames", data=picture(), content_type="image/png").status_code == 401
