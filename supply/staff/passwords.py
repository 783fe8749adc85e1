"""Password rules and hashes (argon2id). It keeps nothing, and a password never leaves it in any message."""

import functools
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from supply.errors import Invalid

SHORTEST = 8
LONGEST = 200
# OWASP Password Storage Cheat Sheet: argon2id with 19 MiB, two passes, one lane.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_COMMON = frozenset(
    {
        "password",
        "password1",
        "passw0rd",
        "12345678",
        "123456789",
        "1234567890",
        "87654321",
        "11111111",
        "00000000",
        "qwerty123",
        "qwertyuiop",
        "iloveyou",
        "sunshine",
        "princess",
        "football",
        "baseball",
        "welcome1",
        "letmein1",
        "admin123",
        "administrator",
        "changeme",
    }
)


def check(password: str, *names: str) -> None:
    """Raise Invalid when the password is too short, too long, one everybody tries, or one of the person's names."""
    if len(password) < SHORTEST:
        raise Invalid(f"The password needs at least {SHORTEST} characters.", code="weak_password")
    if len(password) > LONGEST:
        raise Invalid(f"The password may have at most {LONGEST} characters.", code="weak_password")
    folded = _normal(password).casefold()
    if folded in {_normal(name).casefold() for name in names if name}:
        raise Invalid("The password may not be the name. Choose another.", code="weak_password")
    if folded in _COMMON:
        raise Invalid("That password is one of the first that anybody tries. Choose another.", code="weak_password")


def hash_of(password: str) -> str:
    """The argon2id hash to store, with its salt and parameters inside."""
    return _HASHER.hash(_normal(password))


def matches(stored: str | None, password: str) -> bool:
    """Whether the password belongs to the stored hash; takes as long when there is none, so that time tells nothing."""
    try:
        return _HASHER.verify(stored or _nobody(), _normal(password)[:LONGEST]) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


@functools.cache
def _nobody() -> str:
    return hash_of("nobody has this password")


def _normal(text: str) -> str:
    """One form for what looks the same, whichever keyboard typed it (NIST SP 800-63B 5.1.1.2)."""
    return unicodedata.normalize("NFKC", text)
