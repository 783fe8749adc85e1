"""PURE: where a label comes out: a printer of ours, or the address of one. It must never reach it."""

import re
from dataclasses import dataclass
from typing import Final

from supply.errors import Invalid
from supply.labels import paper

ADDRESS: Final = re.compile(r"(\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+):([0-9]{1,5})")


@dataclass(frozen=True)
class Target:
    """Where a label comes out: a printer of ours, or HOST:PORT of one that is not set up, with its paper's name."""

    device_id: int | None = None
    address: str | None = None
    paper: str | None = None

    @property
    def is_device(self) -> bool:
        """Whether it is a printer of ours."""
        return self.device_id is not None

    @property
    def place(self) -> int | str | None:
        """The number of the printer, or the address."""
        return self.device_id if self.is_device else self.address

    def check(self) -> None:
        """Raises Invalid for no printer or two, and for what is no address or no paper."""
        if (self.device_id is None) == (self.address is None):
            raise Invalid("Say at which printer.", code="no_printer")
        if self.address is None:
            return
        match = ADDRESS.fullmatch(self.address)
        if match is None or not 1 <= int(match[2]) <= 65_535 or len(self.address) > 120:
            raise Invalid("The address of a printer is HOST:PORT, for example 192.168.1.50:9100.", code="bad_address")
        paper.named(self.paper or "")
