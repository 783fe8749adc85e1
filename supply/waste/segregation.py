"""PURE: what must not go into which container. Only what is known of an item is ever stopped."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from supply.waste.law_files import streams_read

STOP, WARN = "stop", "warn"


@dataclass(frozen=True)
class Verdict:
    """A hard stop or a warning, in words, with where it comes from."""

    kind: str
    words: str
    status: str
    source: str

    @property
    def is_stop(self) -> bool:
        """Whether it must not be done."""
        return self.kind == STOP


def class_of(sku: str, category: str | None, law_folder: str = "") -> str | None:
    """The class of waste an item is when thrown out, by its SKU or else its category; None when nothing is known.

    >>> class_of("INJ-LIDO", "Injectables"), class_of("PAP-CUP", "Paper")
    ('drug', None)
    """
    classes = streams_read(law_folder).get("classes", {})
    by_sku = {str(key).casefold(): str(value) for key, value in classes.get("skus", {}).items()}
    by_category = {str(key).casefold(): str(value) for key, value in classes.get("categories", {}).items()}
    return by_sku.get(sku.casefold()) or (by_category.get(category.casefold()) if category else None)


def judge(waste: str | None, stream: str, law_folder: str = "") -> Verdict | None:
    """What the rules say about this class of waste in this stream; a stop before a warning, None when nothing.

    >>> judge("mercury", "REDBAG").kind, judge("pathological", "REDBAG").kind, judge(None, "REDBAG")
    ('stop', 'warn', None)
    """
    if waste is None:
        return None
    rules = [rule for rule in streams_read(law_folder).get("segregation", ()) if rule["waste"] == waste]
    said = [_verdict(rule) for rule in rules if _is_against(rule, stream)]
    return next((verdict for verdict in said if verdict.is_stop), said[0] if said else None)


def _is_against(rule: Mapping[str, Any], stream: str) -> bool:
    only = rule.get("only_in")
    return stream in rule.get("not_in", ()) or (only is not None and stream not in only)


def _verdict(rule: Mapping[str, Any]) -> Verdict:
    return Verdict(rule["verdict"], rule["words"], rule["status"], rule["source"])
