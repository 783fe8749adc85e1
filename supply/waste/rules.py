"""The law of each state as shipped data, with the office's overlay; what is not known falls back to US-DEFAULT.

Holds no number of its own, and knows no database: confirmations by people are in `confirmations`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from supply.errors import Invalid
from supply.waste.law_files import states_read
from supply.waste.streams import STATUSES

US_DEFAULT = "US-DEFAULT"
UNITS = ("days", "years")
CLOCKS = ("first_item", "first_nonsharps_item", "full", "sealed", "shipped", "accepted", "completed")
MOST = 3650
KEYS = (
    *("storage_days", "storage_warn_days", "copy_warn_days", "copy_days", "exception_days", "retention_years"),
    *("dot_retention_years", "hazmat_training_years"),
)


@dataclass(frozen=True)
class Rule:
    """One number of the law with everything that is known about where it comes from.

    `value` counts `unit` (days, years) from `clock_start` (one of CLOCKS). A text without a number has value 0.
    `state` is whose rule it is: US-DEFAULT when the state's own number is not known.
    """

    key: str
    value: int
    unit: str
    clock_start: str
    status: str
    source: str
    citation: str
    text: str  # the whole rule in words, conditions included
    state: str
    verified_on: date | None = None
    verified_by: str | None = None

    @property
    def needs_verification(self) -> bool:
        """Whether a person should still read the law: nobody has seen the official text or confirmed the value."""
        return self.status != "seen official" and self.verified_on is None


@dataclass(frozen=True)
class StateRules:
    """Everything that is known about one state. `texts` are rules without a number: temperature, thresholds, reports.

    `document` is rmw_shipping_paper where our paper will do, else state_form, and `document_words` says whose it is.
    """

    state: str
    term: str
    authority: str
    document: str
    document_words: str
    note: str
    rules: Mapping[str, Rule]
    texts: tuple[Rule, ...] = ()
    law_folder: str = ""  # where the office's own rules lie that are in here

    def rule(self, key: str, stream: str | None = None) -> Rule:
        """The rule of that key, for that stream where the law says something of its own about it."""
        return self.rules.get(f"{key} {stream}") or self.rules[key]


def rules_for(state: str, *, law_folder: str = "") -> StateRules:
    """The rules of a state (two letters), else those of US-DEFAULT.

    Raises Invalid (bad_law) for a wrong overlay, naming the key.
    """
    states = states_read(law_folder, KEYS)
    code = state.strip().upper()
    code = code if code in states else US_DEFAULT
    table, default = states[code], states[US_DEFAULT]
    numbers: dict[str, Rule] = {}
    for key in KEYS:
        numbers.update(_numbers(key, default[key], US_DEFAULT))
        own = table.get(key, {}) if code != US_DEFAULT else {}
        if "value" in own:
            based = {name: default[key][name] for name in ("unit", "clock_start")} | own
            numbers.update(_numbers(key, based, code))
        elif own:  # the law says something of some streams alone
            based = {name: value for name, value in default[key].items() if name != "for"} | own
            numbers.update({name: rule for name, rule in _numbers(key, based, code).items() if name != key})
    texts = {**default.get("texts", {}), **table.get("texts", {})}
    return StateRules(
        state=code,
        term=table.get("term", default["term"]),
        authority=table.get("authority", ""),
        document=table.get("document", default["document"]),
        document_words=table.get("document_words", ""),
        note=table.get("note", ""),
        rules=numbers,
        law_folder=law_folder,
        texts=tuple(
            _text(name, text, code if name in table.get("texts", {}) else US_DEFAULT) for name, text in texts.items()
        ),
    )


def known_states(law_folder: str = "") -> tuple[str, ...]:
    """The codes of the states of which something is known."""
    return tuple(code for code in states_read(law_folder, KEYS) if code != US_DEFAULT)


def _numbers(key: str, table: Mapping[str, Any], state: str) -> dict[str, Rule]:
    """The rule of that key, and one `KEY STREAM` for each stream of which the law says something of its own."""
    found = {key: _rule(key, table, state)}
    for part in table.get("for", ()):
        for stream in part["streams"]:
            found[f"{key} {stream}"] = _rule(f"{key} {stream}", {**table, **part}, state)
    return found


def _rule(key: str, table: Mapping[str, Any], state: str) -> Rule:
    where = f"{state}.{key}"
    value = table.get("value")
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST:
        raise Invalid(f"{where}.value must be a whole number from 1 to {MOST}.", code="bad_law")
    for name, allowed in (("unit", UNITS), ("clock_start", CLOCKS), ("status", STATUSES)):
        if table.get(name) not in allowed:
            raise Invalid(f"{where}.{name} must be one of {', '.join(allowed)}.", code="bad_law")
    return _made(key, value, table, state)


def _text(name: str, table: Mapping[str, Any], state: str) -> Rule:
    """A rule without a number."""
    status = table.get("status")
    if status not in STATUSES:
        raise Invalid(f"{state}.texts.{name}.status must be one of {', '.join(STATUSES)}.", code="bad_law")
    return _made(name, 0, table, state)


def _made(key: str, value: int, table: Mapping[str, Any], state: str) -> Rule:
    return Rule(
        key=key,
        value=value,
        unit=str(table.get("unit", "")),
        clock_start=str(table.get("clock_start", "")),
        status=str(table["status"]),
        source=str(table.get("source", "")),
        citation=str(table.get("citation", "")),
        text=str(table.get("text", "")),
        state=state,
    )
