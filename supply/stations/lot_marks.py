"""Labels that are stuck on one lot in use: the day a vial was opened, and the word that stops whoever reaches for it.

Must never give a vial a longer life than its maker's expiry, nor call one good that is expired, held or recalled.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy.orm import Session

from supply.errors import Invalid, NotFound
from supply.labels.content import HOLD_WORDS, HoldLabel, OpenedLabel
from supply.stations.label_contents import lot_label
from supply.stock.lots import expiry_words
from supply.stock.models import Lot, LotState

MOST_DAYS: Final = 366
INITIALS_LENGTH: Final = 6
REASON_LENGTH: Final = 120
EXPIRED, DO_NOT_USE, RECALLED = HOLD_WORDS


@dataclass(frozen=True)
class Marked:
    """What a person says about the lot in hand: `on` is the day of the office it was opened, or is labelled.

    `days` are those it may be used after opening, as its package insert says; `word` and `reason` are of a label that
    stops. What is None or empty was not said.
    """

    on: date | None = None
    days: int | None = None
    initials: str = ""
    word: str = ""
    reason: str = ""


def opened_label(session: Session, lot_id: int, marked: Marked) -> OpenedLabel:
    """The label of a vial opened that day: used until so many days later, or its expiry where that is sooner.

    The days are those of the package insert, which whoever prints has read; none are known here (USP <797> and the CDC
    give 28 where an insert is silent, so none is proposed). Raises NotFound, Invalid (bad_field, lot_not_usable).
    """
    lot, on, days = _lot(session, lot_id), marked.on, marked.days
    if on is None:
        raise Invalid("Say on which day it was opened.", code="bad_field")
    if days is None or not 0 <= days <= MOST_DAYS:
        message = f"Say how many days it may be used after opening, 0 to {MOST_DAYS}: the package insert says it."
        raise Invalid(message, code="bad_field")
    _check_usable(lot, on)
    plain, until = lot_label(session, lot_id), on + timedelta(days=days)
    is_cut = lot.expiry is not None and lot.expiry < until
    said = "1 day" if days == 1 else f"{days} days"
    return OpenedLabel(
        name=plain.name,
        sku=plain.sku,
        barcode=plain.barcode,
        opened=expiry_words(on),
        use_by=expiry_words(lot.expiry if is_cut and lot.expiry else until),
        lot_number=plain.lot_number,
        expiry=plain.expiry,
        source=f"{said} from the package insert: verify" + ("; its expiry is sooner" if is_cut else ""),
        initials=_printable(marked.initials.strip().upper(), INITIALS_LENGTH, "initials"),
    )


def hold_label(session: Session, lot_id: int, marked: Marked) -> HoldLabel:
    """The label that stops: with the word said, or else the one that the lot's state asks for.

    Raises NotFound, Invalid (bad_field).
    """
    lot, plain = _lot(session, lot_id), lot_label(session, lot_id)
    word = marked.word or usual_word(lot, marked.on)
    if word not in HOLD_WORDS:
        raise Invalid(f"The word is one of {', '.join(HOLD_WORDS)}.", code="bad_field")
    if word == EXPIRED and not _is_expired(lot, marked.on):
        raise Invalid(
            f"This lot is not expired: it says {plain.expiry or 'no date'}. Choose DO NOT USE.", code="bad_field"
        )
    return HoldLabel(
        word=word,
        name=plain.name,
        sku=plain.sku,
        barcode=plain.barcode,
        lot_number=plain.lot_number,
        expiry=plain.expiry,
        reason=_printable((marked.reason or lot.state_reason or "").strip()[:300], REASON_LENGTH, "reason"),
        date=expiry_words(marked.on) if marked.on else "",
    )


def usual_word(lot: Lot, on: date | None) -> str:
    """What a label that stops says of this lot on that day, unless a person says otherwise."""
    if lot.state == LotState.recalled:
        return RECALLED
    return EXPIRED if _is_expired(lot, on) else DO_NOT_USE


def _is_expired(lot: Lot, on: date | None) -> bool:
    return lot.expiry is not None and on is not None and lot.expiry < on


def _check_usable(lot: Lot, on: date) -> None:
    if lot.state != LotState.open:
        said = "recalled" if lot.state == LotState.recalled else "on hold"
        raise Invalid(f"This lot is {said}. Do not use it; print a DO NOT USE label.", code="lot_not_usable")
    if _is_expired(lot, on):
        when = expiry_words(lot.expiry, lot.expiry_precision) if lot.expiry else ""
        raise Invalid(f"Expired {when}. Do not use it; print an EXPIRED label.", code="lot_not_usable")


def _printable(text: str, most: int, what: str) -> str:
    if len(text) > most or not text.isprintable():
        raise Invalid(f"The {what} may have at most {most} letters.", code="bad_field")
    return text


def _lot(session: Session, lot_id: int) -> Lot:
    lot = session.get(Lot, lot_id)
    if lot is None:
        raise NotFound(f"There is no lot {lot_id}.")
    return lot
