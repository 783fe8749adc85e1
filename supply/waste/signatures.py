"""Signatures: what somebody declared about exactly which content, when and how. A drawing is a small PNG, checked."""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.errors import Invalid
from supply.staff.permissions import Actor
from supply.waste.models import SignatureMethod, SignatureRole, WasteSignature

PNG = b"\x89PNG\r\n\x1a\n"
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # PNG colour types and their samples per pixel
NAME_LENGTH = 120
DRAWING_BYTES = 100_000
DRAWING_PIXELS = (1200, 600)


@dataclass(frozen=True)
class Sign:
    """How somebody signs: printed name, title, the drawing as PNG bytes, or none when the typed name is the sign."""

    printed_name: str
    title: str = ""
    drawing: bytes | None = None

    @property
    def method(self) -> SignatureMethod:
        """Drawn or typed."""
        return SignatureMethod.drawn if self.drawing is not None else SignatureMethod.typed


@dataclass(frozen=True)
class SignatureLine:
    """A signature as papers show it."""

    role: SignatureRole
    printed_name: str
    title: str
    meaning: str
    signed_at: datetime
    method: SignatureMethod
    drawing: bytes | None
    content_sha256: str
    signer_id: int | None


def checked(sign: Sign) -> Sign:
    """The sign, tidied. Raises Invalid (bad_signature) for a missing name, or a drawing that is no small PNG."""
    name, title = sign.printed_name.strip(), sign.title.strip()
    for text, what in ((name, "name"), (title, "title")):
        if len(text) > NAME_LENGTH or not text.isprintable():
            raise Invalid(f"The printed {what} has at most {NAME_LENGTH} characters.", code="bad_signature")
    if not name:
        raise Invalid("Print the name of whoever signs.", code="bad_signature")
    if sign.drawing is not None:
        _check_drawing(sign.drawing)
    return Sign(name, title, sign.drawing)


def _check_drawing(drawing: bytes) -> None:
    """A PNG all of whose chunks are whole, of a size that a signature needs, on which something is drawn."""
    if len(drawing) > DRAWING_BYTES:
        raise Invalid("The drawn signature is too large; sign again, smaller.", code="bad_signature")
    if not drawing.startswith(PNG):
        raise Invalid("The drawn signature is no PNG picture.", code="bad_signature")
    chunks = dict(_chunks(drawing))
    if len(chunks.get(b"IHDR", b"")) != 13 or not chunks.get(b"IDAT") or b"IEND" not in chunks:
        raise Invalid("The drawn signature is not whole; sign again.", code="bad_signature")
    width, height, depth, colours, *_ = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    if not 0 < width <= DRAWING_PIXELS[0] or not 0 < height <= DRAWING_PIXELS[1]:
        raise Invalid(
            f"The drawn signature has at most {DRAWING_PIXELS[0]} by {DRAWING_PIXELS[1]} pixels.", code="bad_signature"
        )
    if depth not in (1, 2, 4, 8) or colours not in CHANNELS:
        raise Invalid("The drawn signature is a kind of PNG that is not read here.", code="bad_signature")
    if not _has_ink(chunks[b"IDAT"], height, width * depth * CHANNELS[colours], depth * CHANNELS[colours]):
        raise Invalid("Nothing is drawn; sign in the box, or type the name instead.", code="bad_signature")


def _chunks(drawing: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Each chunk whose checksum is right; the picture's pieces as one. Stops at the first that is not."""
    at, pixels = len(PNG), b""
    while at + 12 <= len(drawing):
        (length,) = struct.unpack(">I", drawing[at : at + 4])
        kind, body = drawing[at + 4 : at + 8], drawing[at + 8 : at + 8 + length]
        check = drawing[at + 8 + length : at + 12 + length]
        if len(body) != length or check != struct.pack(">I", zlib.crc32(kind + body)):
            return
        pixels += body if kind == b"IDAT" else b""
        yield kind, pixels if kind == b"IDAT" else body
        at += 12 + length


def _has_ink(packed: bytes, height: int, row_bits: int, pixel_bits: int) -> bool:
    """Whether a row's pixels differ at all. Unpacks no more than the picture's own size, whatever the stream claims.

    A row of one colour is, under every PNG filter, the same byte from its second pixel on.
    """
    stride, first = 1 + (row_bits + 7) // 8, 1 + (pixel_bits + 7) // 8
    unpacker = zlib.decompressobj()
    try:
        pixels = unpacker.decompress(packed, height * stride)
    except zlib.error:
        return False
    rows = (pixels[at + first : at + stride] for at in range(0, len(pixels), stride))
    return len(pixels) == height * stride and any(len(set(row)) > 1 for row in rows)


def keep(
    session: Session,
    *,
    manifest_id: int,
    role: SignatureRole,
    sign: Sign,
    meaning: str,
    content_sha256: str,
    signer_id: int | None,
    by: Actor,
    now: datetime,
) -> WasteSignature:
    """Write down a checked sign over exactly this content."""
    row = WasteSignature(
        manifest_id=manifest_id,
        role=role,
        signer_id=signer_id,
        printed_name=sign.printed_name,
        title=sign.title,
        meaning=meaning,
        signed_at=now,
        content_sha256=content_sha256,
        method=sign.method,
        drawing=sign.drawing,
        recorded_by_id=by.person_id,
    )
    session.add(row)
    session.flush()
    return row


def signature_lines(session: Session, manifest_id: int) -> list[SignatureLine]:
    """The signatures of a paper, in the order they were given."""
    statement = sa.select(WasteSignature).where(WasteSignature.manifest_id == manifest_id).order_by(WasteSignature.id)
    return [
        SignatureLine(
            role=row.role,
            printed_name=row.printed_name,
            title=row.title,
            meaning=row.meaning,
            signed_at=row.signed_at,
            method=row.method,
            drawing=row.drawing,
            content_sha256=row.content_sha256,
            signer_id=row.signer_id,
        )
        for row in session.scalars(statement)
    ]
