"""Reading the packaged TOML of streams and states, and the office's own files laid over it. Unknown keys are refused.

Knows the shape of the files only; what they mean is said in `streams` and `rules`.
"""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from supply.errors import Invalid

STATE_KEYS = frozenset({"term", "authority", "note", "document", "document_words", "texts"})
NUMBER_KEYS = frozenset({"value", "unit", "clock_start", "status", "source", "citation", "text", "for"})
TEXT_KEYS = frozenset({"status", "source", "citation", "text"})
FOR_KEYS = (NUMBER_KEYS | {"streams"}) - {"for"}
STREAM_KEYS = frozenset(
    {"name", "what", "legal_family", "container_words", "package", "colour", "label_phrase", "has_biohazard_symbol"}
    | {"is_sharps", "treatment", "document", "document_words", "status", "source", "accepts", "shipping"}
)
SHIPPING_KEYS = frozenset({"un_id", "proper_shipping_name", "hazard_class", "packing_group"})
SEGREGATION_KEYS = frozenset({"waste", "verdict", "only_in", "not_in", "words", "status", "source"})
STREAMS_FILE = "streams.toml"


@lru_cache(maxsize=8)
def states_read(law_folder: str, rule_keys: tuple[str, ...]) -> Mapping[str, Any]:
    """Every state's table, the office's file of a state laid over the packaged one. Raises Invalid (bad_law)."""
    states = _packaged("states.toml")
    for name, table in states.items():
        _check_state(f"states.toml: {name}", table, rule_keys)
    for path in _own_files(law_folder):
        if path.name == STREAMS_FILE:
            continue
        own = _read(path)
        _check_state(path.name, own, rule_keys)
        code = path.stem.upper()
        states[code] = _laid_over(states.get(code, {}), _as_own(own, rule_keys, path.name))
    return states


@lru_cache(maxsize=8)
def streams_read(law_folder: str) -> Mapping[str, Any]:
    """Streams, classes of items and segregation rules, with the office's streams.toml. Raises Invalid (bad_law)."""
    law = _packaged(STREAMS_FILE)
    _check_streams(STREAMS_FILE, law)
    for path in _own_files(law_folder):
        if path.name == STREAMS_FILE:
            own = _read(path)
            _check_streams(path.name, own)
            check_keys(f"{path.name}: streams", own.get("streams", {}), set(law["streams"]))
            law = _laid_over(law, own)
    return law


def check_keys(where: str, table: object, allowed: frozenset[str] | set[str]) -> None:
    """Raise Invalid naming the first key that nothing here knows."""
    if not isinstance(table, Mapping):
        raise Invalid(f"{where} must be a table.", code="bad_law")
    for key in table:
        if key not in allowed:
            known = ", ".join(sorted(allowed))
            raise Invalid(f"{where}: there is no key {key!r}. There are: {known}.", code="bad_law")


def _packaged(name: str) -> dict[str, Any]:
    return tomllib.loads(resources.files("supply.waste").joinpath("law", name).read_text("utf-8"))


def _own_files(law_folder: str) -> list[Path]:
    if not law_folder:
        return []
    folder = Path(law_folder)
    if not folder.is_dir():
        raise Invalid(f"The folder of your own waste rules, {law_folder}, is not there.", code="bad_law")
    return sorted(folder.glob("*.toml"))


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise Invalid(f"The waste rules {path.name} cannot be read: {error.strerror}.", code="bad_law") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Invalid(f"The waste rules {path.name} are no valid TOML: {error}.", code="bad_law") from error


def _check_state(where: str, table: Mapping[str, Any], rule_keys: tuple[str, ...]) -> None:
    check_keys(where, table, STATE_KEYS | set(rule_keys))
    for name, text in table.get("texts", {}).items():
        check_keys(f"{where}.texts.{name}", text, TEXT_KEYS)
    for key in set(rule_keys) & set(table):
        check_keys(f"{where}.{key}", table[key], NUMBER_KEYS)
        for part in table[key].get("for", ()):
            check_keys(f"{where}.{key}.for", part, FOR_KEYS)


def _check_streams(where: str, law: Mapping[str, Any]) -> None:
    check_keys(where, law, {"streams", "classes", "segregation"})
    for code, table in law.get("streams", {}).items():
        check_keys(f"{where}: streams.{code}", table, STREAM_KEYS)
        check_keys(f"{where}: streams.{code}.shipping", table.get("shipping", {}), SHIPPING_KEYS)
    check_keys(f"{where}: classes", law.get("classes", {}), {"categories", "skus"})
    for table in law.get("segregation", ()):
        check_keys(f"{where}: segregation", table, SEGREGATION_KEYS)


def _as_own(own: Mapping[str, Any], rule_keys: tuple[str, ...], name: str) -> dict[str, Any]:
    """A number that the office sets is its own policy until it says where it stands."""
    marked = dict(own)
    for key in set(rule_keys) & set(own):
        if "value" in own[key]:
            marked[key] = {"status": "policy", "source": f"The office's own file {name}", **own[key]}
    return marked


def _laid_over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        under = below.get(key)
        merged[key] = _laid_over(under, value) if isinstance(value, Mapping) and isinstance(under, Mapping) else value
    return merged
