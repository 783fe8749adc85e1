"""Reading a signature from a form: a drawing as a picture, or the name typed as it stands printed. Signs nothing."""

import base64
import binascii

from supply.waste.signatures import Sign
from supply.web.entries import Entries

PICTURE = "data:image/png;base64,"
FORM_BYTES = 256 * 1024  # a drawing travels in the form
FORM = "application/x-www-form-urlencoded"
DRAW_OR_TYPE = "Draw your signature in the box, or type your name instead."


def read_sign(entered: Entries, drawing: str, *, printed_name: str, title: str, typed_field: str | None) -> Sign:
    """How somebody signed. A typed signature must repeat the printed name where `typed_field` names a field for it;
    what is wrong is noted in `entered`."""
    if entered.raw("method") == "drawn":
        picture = _picture(drawing)
        if picture is None:
            entered.wrong["method"] = DRAW_OR_TYPE
        return Sign(printed_name, title, picture or b"")
    if typed_field is not None and _spoken(entered.raw(typed_field)) != _spoken(printed_name):
        entered.wrong[typed_field] = f"Type your name as it stands on the paper: {printed_name}."
    return Sign(printed_name, title)


def _picture(text: str) -> bytes | None:
    if not text.startswith(PICTURE):
        return None
    try:
        return base64.b64decode(text[len(PICTURE) :], validate=True) or None
    except (binascii.Error, ValueError):
        return None


def picture_address(drawing: bytes | None) -> str | None:
    """A drawing as an address that an <img> of a page takes."""
    return PICTURE + base64.b64encode(drawing).decode() if drawing else None


def _spoken(name: str) -> str:
    return " ".join(name.split()).casefold()
