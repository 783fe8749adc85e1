"""A whole document on a printer of the operating system, for a job of the timetable. It must never print one twice."""

from supply.devices.errors import DeviceError
from supply.devices.printers.model import Outcome
from supply.devices.printers.open import open_printer
from supply.devices.printers.system import SystemPrinter
from supply.errors import SupplyError
from supply.jobs.model import PrintDocument
from supply.settings import Settings
from supply.worker.print_places import reach_of


class NotPrinted(SupplyError):
    """Nothing came out; trying again is safe."""

    code = "not_printed"


def document_printing(settings: Settings) -> PrintDocument | None:
    """What prints on the printer named in the settings; None where none is named."""
    wanted = settings.downtime
    if not wanted.printer:
        return None

    def print_document(document: bytes) -> str:
        at = {"driver": "system", "printer": wanted.printer, "host": wanted.host, "port": wanted.port}
        try:
            printer = open_printer(wanted.printer, at, reach=reach_of(settings))
        except DeviceError as error:
            raise NotPrinted(error.message) from None
        if not isinstance(printer, SystemPrinter):
            raise NotPrinted("On Windows take-sheets are printed from their page: open it and print them there.")
        came = printer.print_document(document)
        if came.outcome is Outcome.not_printed:
            raise NotPrinted(came.words)
        return f"Printed on {wanted.printer}." if came.outcome is Outcome.printed else f"Perhaps printed. {came.words}"

    return print_document
