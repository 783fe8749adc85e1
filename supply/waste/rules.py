"""The law of each state as shipped data, with the office's overlay; what is not known falls back to US-DEFAULT.

Holds no number of its own, and knows no database: confirmations by people are in `confirmations`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

US_DEFAULT = "US-DEFAULT"
STATUSES = ("seen official", "seen secondary", "memory", "conflict", "unknown", "policy")
KEYS = (
    *("storage_days", "storage_warn_days", "copy_warn_days", "copy_days", "exception_days", "retention_years"),
    *("dot_retention_years", "hazmat_training_years"),
)


@dataclass(frozen=True)
class Rule:
    """One number of the law with everything that is known about where it comes from.

    `value` counts `unit` (days, years) from `clock_start` (first_item, first_nonsharps_item, sealed, full, shipped,
    accepted, completed). `state` is whose rule it is: US-DEFAULT when the state's own number is not known.
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

    def rule(self, key: str, stream: str | None = None) -> Rule:
        """The rule of that key, for that stream where the law says something of its own about it."""
        raise NotImplementedError


def rules_for(state: str, *, law_folder: str = "") -> StateRules:
    """The rules of a state (two letters), else those of US-DEFAULT. Raises Invalid for a wrong overlay, naming the key."""
    raise NotImplementedError


def known_states(law_folder: str = "") -> tuple[str, ...]:
    """The codes of the states of which something is known."""
    raise NotImplementedError
