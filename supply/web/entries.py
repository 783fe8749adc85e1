"""Reading what people typed into a form: every field checked, every wrong one said beside its field, nothing lost."""

import calendar
import re
from collections.abc import Iterable
from datetime import date
from uuid import UUID

from flask import request
from werkzeug.datastructures import MultiDict

from supply.errors import Invalid, SupplyError
from supply.stock.lots import MONTHS
from supply.web.money import money_from

DAY = re.compile(r"(\d{4})-(\d{2}|[A-Za-z]{3})(?:-(\d{2}))?")
LONGEST = 4_000
GS = "\x1d"
GS_SHOWN = "{GS}"


class EntriesWrong(Invalid):
    """Some fields of a form are not right: `wrong` has a sentence for each of them."""

    code = "bad_form"

    def __init__(self, wrong: dict[str, str]) -> None:
        super().__init__(" ".join(wrong.values()))
        self.wrong = wrong


class Entries:
    """The fields of one form. Each reading gives a usable value; `check` raises for all wrong fields at once."""

    def __init__(self, sent: MultiDict[str, str]) -> None:
        self._sent = sent
        self.wrong: dict[str, str] = {}

    def raw(self, name: str) -> str:
        """The field as typed, without spaces around it."""
        return self._sent.get(name, "")[:LONGEST].strip()

    def text(self, name: str, sentence: str, *, most: int, required: bool = True) -> str:
        """Printable text; `sentence` says what is wanted where it is missing."""
        typed = self.raw(name)
        if required and not typed:
            self.wrong[name] = sentence
        elif len(typed) > most:
            self.wrong[name] = f"At most {most} characters, please; these are {len(typed)}."
        elif not typed.isprintable():
            self.wrong[name] = "There are characters in it that cannot be shown. Type it again."
        return typed

    def whole(self, name: str, sentence: str, *, least: int = 0, most: int = 1_000_000_000) -> int:
        """A whole number that must be there."""
        found = self.whole_or_none(name, sentence, least=least, most=most)
        if found is None and name not in self.wrong:
            self.wrong[name] = sentence
        return least if found is None else found

    def whole_or_none(self, name: str, sentence: str, *, least: int = 0, most: int = 1_000_000_000) -> int | None:
        """A whole number, or none for an empty field."""
        typed = self.raw(name).replace(",", "")
        if not typed:
            return None
        if not (typed.isascii() and typed.isdigit() and len(typed) <= 12 and least <= int(typed) <= most):
            self.wrong[name] = sentence
            return None
        return int(typed)

    def money(self, name: str, sentence: str) -> int | None:
        """An amount in 1/10,000, or none for an empty field."""
        typed = self.raw(name)
        found = money_from(typed) if typed else None
        if typed and found is None:
            self.wrong[name] = sentence
        return found

    def day(self, name: str, sentence: str) -> date | None:
        """A day, or the last of a month given without one, or none for an empty field."""
        typed = self.raw(name)
        found = day_from(typed) if typed else None
        if typed and found is None:
            self.wrong[name] = sentence
        return found

    def choice(self, name: str, choices: Iterable[str], sentence: str) -> str:
        """One of these."""
        typed = self.raw(name)
        if typed not in set(choices):
            self.wrong[name] = sentence
        return typed

    def ticked(self, name: str) -> bool:
        """Whether a box was ticked."""
        return name in self._sent

    def key(self, name: str = "request_id") -> UUID:
        """The key that the form carries, so that sending it twice counts once."""
        try:
            return UUID(self.raw(name))
        except ValueError:
            self.wrong[name] = "This form is incomplete. Open the page again and repeat it."
            return UUID(int=0)

    def barcode(self, name: str = "barcode") -> str:
        """A scanned or typed code as it was read; `{GS}` stands for the separator, which no text field shows."""
        typed = self._sent.get(name, "")[:LONGEST].strip(" \r\n\t").replace(GS_SHOWN, GS)
        if not typed:
            self.wrong[name] = "Scan the code, or type what stands below it."
        return typed

    def check(self) -> None:
        """Raise EntriesWrong when any field was."""
        if self.wrong:
            raise EntriesWrong(self.wrong)


def day_from(text: str) -> date | None:
    """The day of `2027-03-14`, `2027-MAR-14` or, as the last of the month, `2027-03` and `2027-MAR`.

    >>> day_from("2027-mar"), day_from("14/3/27")
    (datetime.date(2027, 3, 31), None)
    """
    match = DAY.fullmatch(text.strip())
    if match is None:
        return None
    year, month = int(match[1]), match[2].upper()
    number = int(month) if month.isdigit() else MONTHS.index(month) + 1 if month in MONTHS else 0
    if not (1 <= number <= 12 and year):
        return None
    last = calendar.monthrange(year, number)[1]
    chosen = int(match[3]) if match[3] else last
    return date(year, number, chosen) if 1 <= chosen <= last else None


def shown_code(text: str) -> str:
    """A code as a text field can show it."""
    return text.replace(GS, GS_SHOWN)


def refuse_unreadable_address() -> None:
    """Before a page: raise Invalid for an address with control characters, which no database takes as text."""
    given = (request.path, *(value for values in request.args.listvalues() for value in values))
    if any(ord(character) < 32 and character != GS for text in given for character in text):
        raise Invalid("There are characters in this address that cannot be shown. Type it again.", code="bad_field")


def wrong_of(error: SupplyError, field: str) -> dict[str, str]:
    """What was wrong, by field; a refusal of the domain stands beside `field`."""
    return error.wrong if isinstance(error, EntriesWrong) else {field: error.message}
