"""Signatures: what somebody declared about exactly which content, when and how. A drawing is a small PNG, checked."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from supply.waste.models import SignatureMethod, SignatureRole

DRAWING_BYTES = 100_000
DRAWING_PIXELS = (1200, 600)


@dataclass(frozen=True)
class Sign:
    """How somebody signs: printed name, title, and the drawing as PNG bytes, or none when the typed name is the sign."""

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
    """The sign, tidied. Raises Invalid for a missing name, or a drawing that is no small PNG."""
    raise NotImplementedError


def signature_lines(session: Session, manifest_id: int) -> list[SignatureLine]:
    """The signatures of a paper, in the order they were given."""
    raise NotImplementedError
