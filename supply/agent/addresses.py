"""Which server an agent may talk to, and with which token. Neither a password nor a token is ever on a command line."""

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from supply.errors import Invalid

TOKEN_VARIABLE: Final = "SUPPLY_TOKEN"  # noqa: S105 - where it is, not what it is
_TOKEN_LENGTHS: Final = range(20, 201)
_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Address:
    """Where the server is; `base` is what its addresses begin with behind a proxy, mostly nothing."""

    is_secure: bool
    host: str
    port: int
    base: str = ""

    @property
    def words(self) -> str:
        """The address for people."""
        return f"{'https' if self.is_secure else 'http'}://{self.host}:{self.port}{self.base}"


def server_address(url: str, *, is_insecure_allowed: bool) -> Address:
    """The server's address. Without TLS only this very machine is talked to, unless that is allowed. Raises Invalid."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise Invalid("The address of the server cannot be read; give one such as https://supply.example.") from None
    if parts.scheme not in _PORTS or not host:
        raise Invalid("The address of the server begins with https://, such as https://supply.example:8000.")
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        raise Invalid("The address of the server holds no user, password or query; the token has its own file.")
    is_secure = parts.scheme == "https"
    if not is_secure and not is_insecure_allowed and not _is_this_machine(host):
        raise Invalid(
            f"{host} would be talked to without encryption, the token too. Use https://, or --insecure on a wire "
            "that nobody else can reach."
        )
    return Address(is_secure, host, port or _PORTS[parts.scheme], parts.path.rstrip("/"))


def read_token(file: Path | None, environment: Mapping[str, str]) -> str:
    """The agent's token from its file, else from $SUPPLY_TOKEN. Raises Invalid; the token itself is never shown."""
    token = _token_in(file) if file is not None else environment.get(TOKEN_VARIABLE, "")
    if not token.strip():
        raise Invalid(f"The agent has no token: enrol it at its station, and give --token-file or ${TOKEN_VARIABLE}.")
    token = token.strip()
    if len(token) not in _TOKEN_LENGTHS or not token.isascii() or not token.replace("_", "").replace("-", "").isalnum():
        raise Invalid("That is no token: it is one word of letters and digits, as it was shown when it was made.")
    return token


def _token_in(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            mode = os.fstat(opened.fileno()).st_mode
            content = opened.read(4096)
    except OSError as error:
        raise Invalid(f"The token file {file} cannot be read: {error.strerror}.") from None
    if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise Invalid(f"Others on this machine can read the token file {file}; do: chmod 600 {file}")
    return content.decode("ascii", errors="replace")


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
