"""Random keys and the digests that are stored in their place. A key has 256 bits, so a plain SHA-256 protects it."""

import hashlib
import secrets


def new_key(prefix: str = "") -> str:
    """A fresh random key of 256 bits, safe in URLs, cookies and headers."""
    return prefix + secrets.token_urlsafe(32)


def digest(key: str) -> str:
    """What is stored of a key: its SHA-256 in hex."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
