"""Which names and addresses a certificate speaks for: what people type, and what this machine is called."""

import ipaddress
import re
import socket
from collections.abc import Iterable

from supply.errors import Invalid

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
LONGEST_NAME = 253
# An address that leads nowhere (RFC 5737): connecting a datagram socket to it sends nothing and tells our own address.
_ELSEWHERE = ("192.0.2.1", 9)


def checked(names: Iterable[str]) -> tuple[str, ...]:
    """The names in small letters, each once, in order. Raises Invalid for what is no host name and no IP address."""
    found: dict[str, None] = {}
    for name in names:
        text = name.strip().lower().rstrip(".")
        if address_of(text) is None and (len(text) > LONGEST_NAME or not _NAME.fullmatch(text)):
            raise Invalid(
                f"{name!r} is no name of a computer. Give what people type behind https://, such as supply.local "
                "or 192.168.1.20, without https:// and without a port.",
                code="bad_name",
            )
        found[text] = None
    return tuple(found)


def address_of(text: str) -> Address | None:
    """The IP address that the text is, or None for a name."""
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def of_this_machine() -> tuple[str, ...]:
    """The names by which this machine is reached: localhost, its own name (also as NAME.local), its address."""
    names = ["localhost", "127.0.0.1"]
    own = socket.gethostname().lower().split(".")[0]
    if _NAME.fullmatch(own) and own != "localhost":
        names += [own, f"{own}.local"]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_ELSEWHERE)
            names.append(probe.getsockname()[0])
        except OSError:  # a machine without any network
            pass
    return checked(names)
