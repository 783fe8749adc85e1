"""PURE: what a print system answers over IPP, in words: how a printer is, what became of a job (RFC 8011).

An answer without the attribute that was asked for is no answer; a state that is not known is never "all well".
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from supply.devices.errors import DeviceError
from supply.devices.printers.ipp import Group, Message
from supply.devices.printers.model import PrinterStatus

_GOOD: Final = (0x0000, 0x0001, 0x0002)
_STOPPED: Final = 5
# By the beginning of a reason; its end says how bad it is, and a mere report of these is bad enough.
_REASONS: Final = (
    (("cover-open", "door-open", "interlock-open"), "has its cover open. Close it; printing goes on by itself."),
    (("media-empty", "media-needed"), "has no paper. Put some in; printing goes on by itself."),
    (("media-jam",), "has jammed paper. Clear it; printing goes on by itself."),
    (("marker-ribbon-empty", "marker-supply-empty", "toner-empty"), "has no ink, toner or ribbon left. Put some in."),
    (
        ("offline", "shutdown", "connecting-to-device", "timed-out"),
        "is offline. See that it is switched on and plugged in.",
    ),
    (("paused", "moving-to-paused", "stopping", "stopped-partly"), "is paused. Let it go on in the system's printers."),
)
_NEARLY: Final = ("media-low",)
_NOT_FOUND: Final = 0x0406
_BUSY: Final = (0x0505, 0x0506, 0x0507)


class JobState(IntEnum):
    """The states of a job, RFC 8011 section 5.3.7."""

    pending = 3
    held = 4
    processing = 5
    stopped = 6
    cancelled = 7
    aborted = 8
    completed = 9


@dataclass(frozen=True, slots=True)
class JobSeen:
    """A job as the system says it is; `has_begun` is false only where the system says that it never was processed."""

    state: JobState
    reasons: tuple[str, ...]
    has_begun: bool

    @property
    def is_ended(self) -> bool:
        """Whether it stays as it is."""
        return self.state >= JobState.cancelled


def check_answer(where: str, queue: str, answer: Message, *, refused: type[DeviceError] = DeviceError) -> None:
    """Raises `refused`, which is a `DeviceError`, for an answer that is a refusal, in words."""
    code = answer.code
    if code in _GOOD:
        return
    words, is_permanent = f"{where}: the system refused (IPP {code:#06x}).", 0x0400 <= code < 0x0500
    if code == _NOT_FOUND:
        words = f"{where}: the system has no printer {queue!r}; correct its settings."
    elif code in _BUSY:
        words = f"{where} takes no labels now. Look at it in the system's printers; printing goes on by itself."
    elif code in (0x0401, 0x0402, 0x0403):
        words = f"{where} may not be used by this program; allow it in the system's printers."
    elif code in (0x040A, 0x040B):
        words = f"{where} does not take PDF or its paper; correct its settings."
    raise refused(words, permanent=is_permanent)


def printer_status(where: str, answer: Message) -> PrinterStatus:
    """How the printer is. Raises `DeviceError` for an answer that does not say it."""
    state = answer.number(Group.printer, "printer-state")
    reasons = answer.words(Group.printer, "printer-state-reasons")
    accepting = answer.values(Group.printer, "printer-is-accepting-jobs")
    if state not in (3, 4, _STOPPED) or not reasons or accepting not in ([True], [False]):
        raise DeviceError(f"{where}: the system does not say how it is.", permanent=False)
    words = trouble(reasons)
    if words is not None:
        return PrinterStatus(False, f"{where} {words}")
    if accepting == [False]:
        return PrinterStatus(False, f"{where} takes no labels now. Let it accept jobs in the system's printers.")
    if state == _STOPPED:
        return PrinterStatus(False, f"{where} is stopped. Look at it in the system's printers.")
    if any(reason.startswith(_NEARLY) for reason in reasons):
        return PrinterStatus(True, f"{where} is ready; its paper is nearly at its end.")
    return PrinterStatus(True, f"{where} is ready.")


def trouble(reasons: list[str] | tuple[str, ...]) -> str | None:
    """What is the matter, by the reasons that the system gives; None where nothing is.

    >>> trouble(["media-empty-error"])
    'has no paper. Put some in; printing goes on by itself.'
    """
    for beginnings, words in _REASONS:
        if any(reason.startswith(beginnings) for reason in reasons):
            return words
    if any(reason.endswith("-error") for reason in reasons):
        return "reports an error. Look at it and at the system's printers."
    return None


def job_number(where: str, answer: Message) -> int:
    """The number that the system gave a job. Raises `DeviceError` where it gave none."""
    number = answer.number(Group.job, "job-id")
    if number is None or number < 1:
        raise DeviceError(f"{where}: the system does not say what became of the label.", permanent=False)
    return number


def job_seen(where: str, number: int, answer: Message) -> JobSeen:
    """What became of a job so far. Raises `DeviceError` for an answer that does not say it of this very job."""
    state, of_job = answer.number(Group.job, "job-state"), answer.number(Group.job, "job-id")
    if of_job != number or state is None or state not in set(JobState):
        raise DeviceError(f"{where}: the system does not say what became of the label.", permanent=False)
    known = any(tag == Group.job and "time-at-processing" in found for tag, found in answer.groups)
    begun = not known or bool(answer.values(Group.job, "time-at-processing"))
    return JobSeen(JobState(state), tuple(answer.words(Group.job, "job-state-reasons")), begun)
