"""/camera-frames: one picture in, the codes in it out. Nothing of the picture is kept."""

from flask import request
from pydantic import BaseModel

from supply.barcodes.decoding_process import decoding_processes
from supply.barcodes.image_files import MAX_BYTES
from supply.barcodes.images import Decoded
from supply.errors import Invalid
from supply.staff.permissions import Action
from supply.web.access import accepts, allow
from supply.web.api.operations import route
from supply.web.resource import resource

camera_frames = resource("camera frames", "Codes in a picture")
PICTURES = ("image/jpeg", "image/png", "image/webp")
FORM = "multipart/form-data"
FORM_BYTES = 16 * 1024  # what a form wraps around its picture
BINARY = {"type": "string", "format": "binary"}
FRAME = {
    "required": True,
    "content": {
        **{kind: {"schema": BINARY} for kind in PICTURES},
        FORM: {"schema": {"type": "object", "properties": {"frame": BINARY}, "required": ["frame"]}},
    },
}


class FrameCode(BaseModel):
    """A code in the picture. `text` is its raw payload, GS kept; `position` is four [x, y] in pixels.

    `agree`: how many agreeing pictures of a live camera make it a scan (1 for a matrix code, 2 or 3 for others).
    """

    text: str
    symbology: str | None
    gs1: bool
    format: str
    position: list[tuple[int, int]]
    linear: bool
    confirmed: bool
    agree: int

    @classmethod
    def of(cls, found: Decoded) -> "FrameCode":
        """The shape of a decoded code."""
        return cls(
            text=found.text,
            symbology=found.symbology,
            gs1=found.gs1,
            format=found.format,
            position=list(found.position),
            linear=found.linear,
            confirmed=found.confirmed,
            agree=found.agree,
        )


class FrameCodes(BaseModel):
    """Every code that the picture proves by itself."""

    codes: list[FrameCode]


@route(camera_frames, "POST", "/camera-frames", {200: FrameCodes}, takes=FRAME)
@allow(Action.look_up)
@accepts(*PICTURES, FORM, limit=MAX_BYTES + FORM_BYTES)
def read_frame() -> FrameCodes:
    """The codes in a JPEG, PNG or WebP picture of at most 8 MiB."""
    return FrameCodes(codes=[FrameCode.of(found) for found in decoding_processes().codes_in(_picture())])


def _picture() -> bytes:
    if request.mimetype != FORM:
        return request.get_data(cache=False)
    files = list(request.files.values())
    if len(files) != 1:
        raise Invalid("Send one picture, in the form's field `frame`.", code="bad_field")
    content: bytes = files[0].read()
    return content
