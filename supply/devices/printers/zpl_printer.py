"""A label printer that speaks ZPL, as those of Zebra do. It must never take silence or noise for "all well"."""

import time
from collections.abc import Iterator
from typing import Final

from PIL import Image

from supply.devices.errors import DeviceError
from supply.devices.printers import zpl
from supply.devices.printers.model import PrinterSettings, PrinterStatus
from supply.devices.printers.printer import AskingPrinter
from supply.devices.printers.wires import Wire
from supply.devices.printers.zpl_status import MOST_STATUS, HostStatus, errors, errors_of, host_status, status_of

LOOK_SECONDS: Final = 0.1  # between two looks whether the label is out


class ZplPrinter(AskingPrinter):
    """One ^GFA picture a label; ~HS before it, and after it until nothing of it waits in the printer any more."""

    def __init__(self, name: str, wire: Wire, settings: PrinterSettings, own: zpl.ZplSettings) -> None:
        super().__init__(name, wire, settings)
        self._own = own
        self._tells_errors = True  # until it was asked and said nothing: many that speak ZPL know no ~HQES

    def _pieces(self, image: Image.Image) -> Iterator[bytes]:
        is_roll = self.paper.width_mm is not None and self.paper.height_mm is None
        is_roll = is_roll or (self.paper.name or "").endswith("roll")
        yield from zpl.label(image, self._own, cut=self._settings.cut, is_roll=is_roll)

    def _how_it_is(self, grace_seconds: float, *, is_full: bool) -> PrinterStatus:
        """Before a label everything must be well; after it, it must be out."""
        deadline = time.monotonic() + self._settings.timeout_seconds + grace_seconds
        said = self._host_status(grace_seconds)
        status = status_of(self._wire.where, said)
        while status.is_ready and not is_full and not said.is_done:
            if time.monotonic() >= deadline or self._broken_off.wait(LOOK_SECONDS):
                raise DeviceError(f"{self._wire.where} took the label and has not printed it yet.", permanent=False)
            said = self._host_status(grace_seconds)
            status = status_of(self._wire.where, said)
        return self._with_errors(status) if status.is_ready else status

    def _host_status(self, grace_seconds: float) -> HostStatus:
        def found(heard: bytes) -> bytes | None:
            return heard if host_status(heard) is not None else None

        said = host_status(self._answer(zpl.HOST_STATUS, grace_seconds, MOST_STATUS, found))
        assert said is not None
        return said

    def _with_errors(self, status: PrinterStatus) -> PrinterStatus:
        """What the host status does not tell: a stuck cutter, a roll nearly at its end. Silence changes nothing."""
        if not self._tells_errors:
            return status

        heard: list[bytes] = [b""]

        def found(so_far: bytes) -> bytes | None:
            heard.append(so_far)
            return so_far if errors(so_far) is not None else None

        try:
            answer = self._answer(zpl.ERRORS, 0.0, MOST_STATUS, found)
        except DeviceError:
            if heard[-1] or self._broken_off.is_set():  # it said something, and that was no answer
                raise
            self._host_status(0.0)  # silent: it must still be there
            self._tells_errors = False
            return status
        said = errors(answer)
        return status if said is None else errors_of(self._wire.where, said)
