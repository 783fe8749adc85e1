"""Where a printer of the network may be: a host is resolved once, judged, and only what was judged is connected to.

Must never connect by name, nor to an address that the office did not allow (server-side request forgery).
"""

import ipaddress
import re
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from supply.devices.errors import DeviceError

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolver = Callable[[str], Iterable[str]]

LOOPBACK: Final[tuple[IPNetwork, ...]] = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))
# No printer is ever there, whatever the office allows: whole-network words, link-local, mapped, and where clouds
# tell secrets.
NEVER: Final[tuple[IPNetwork, ...]] = tuple(
    ipaddress.ip_network(text)
    for text in (
        *("0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4", "100.100.100.200/32", "168.63.129.16/32"),
        *("192.0.0.0/24", "::/128", "fe80::/10", "ff00::/8", "::ffff:0:0/96", "64:ff9b::/96", "2002::/16"),
        *("2001::/32", "fd00:ec2::254/128", "fd20:ce::254/128"),
    )
)
FREE_PORTS: Final = 1024  # from here upward any port of this very machine, where stand-ins listen …
NOT_OF_PRINTERS: Final = (5432,)  # … but never the database
_NAME: Final = re.compile(
    r"(?=.{1,253}\Z)([A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.)*(?P<last>[A-Za-z0-9_-]{1,63})\.?"
)
_NUMBER: Final = re.compile(r"[0-9]+|0[xX][0-9A-Fa-f]*")


@dataclass(frozen=True, slots=True)
class Reach:
    """What the administrator allows: networks (`192.168.0.0/16`) and ports.

    This machine itself counts only where a network within 127.0.0.0/8 or ::1 is listed; its ports are free from 1024.
    """

    networks: tuple[str, ...] = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8")
    ports: tuple[int, ...] = (9100, 9101, 515, 631)

    def may(self, address: IPAddress, port: int) -> bool:
        """Whether a printer may be there. Raises `DeviceError` for networks that are none."""
        listed = self._listed()
        if any(address in network for network in NEVER):
            return False
        if any(address in network for network in LOOPBACK):
            here = any(address in network for network in listed if _is_loopback(network))
            return here and port not in NOT_OF_PRINTERS and (port >= FREE_PORTS or port in self.ports)
        return port in self.ports and any(address in network for network in listed)

    def _listed(self) -> list[IPNetwork]:
        try:
            return [ipaddress.ip_network(text.strip()) for text in self.networks]
        except ValueError as error:
            raise DeviceError(
                f"The networks of printers in the office's settings cannot be right: {error}.", permanent=True
            ) from None


USUAL: Final = Reach()


def resolved(host: str) -> list[str]:
    """The addresses of a name, asked of the system once. Raises OSError where it knows none."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


def judged(where: str, host: str, port: int, reach: Reach, *, resolver: Resolver = resolved) -> str:
    """The one address to connect to. `where` begins the sentences.

    Raises `DeviceError`, permanent for a host that is no address or is not allowed.
    """
    if not 0 < port < 65_536:
        raise DeviceError(f"{where} cannot be at port {port}; correct its settings.", permanent=True)
    literal = host.removeprefix("[").removesuffix("]") if host.startswith("[") else host
    address = _literal(literal)
    if address is None:
        _check_name(where, host)
        try:
            given = list(resolver(host))
        except (OSError, UnicodeError):
            words = f"{where} has a name that this network does not know; correct its settings."
            raise DeviceError(words, permanent=False) from None
        found = [one for one in map(_literal, given) if one is not None]
    else:
        found = [address]
    allowed = next((one for one in found if reach.may(one, port)), None)
    if allowed is None:
        raise DeviceError(f"{where} is at {shown(host)}:{port}, where no printer is allowed. {ALLOW}", permanent=True)
    return str(allowed)


ALLOW: Final = "An administrator adds its network or port to the settings: networks and ports under [printing]."


def shown(host: str) -> str:
    """A host as it may stand in a sentence: printable, and not without end."""
    return "".join(letter if letter.isprintable() else "?" for letter in host)[:80]


def _literal(text: str) -> IPAddress | None:
    """The address that a text is; None for names and for spellings that not all read alike (0177.0.0.1, %eth0)."""
    if "%" in text:
        return None
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _check_name(where: str, host: str) -> None:
    """A name ends with a word: 2130706433, 0x7f.1 and 127.1 are addresses in disguise."""
    match = _NAME.fullmatch(host)
    if match is None or _NUMBER.fullmatch(match["last"]):
        words = f"{where} cannot be at {shown(host)!r}, which is no address of a printer; correct its settings."
        raise DeviceError(words, permanent=True)


def _is_loopback(network: IPNetwork) -> bool:
    return any(
        network.version == own.version and network.subnet_of(own)  # type: ignore[arg-type]
        for own in LOOPBACK
    )
