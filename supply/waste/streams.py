"""The waste streams as shipped data: what each is called, how it is packed and marked, which document goes with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from supply.errors import Invalid
from supply.waste.law_files import streams_read

STATUSES = ("seen official", "seen secondary", "memory", "conflict", "unknown", "policy")
OUR_PAPER = "rmw_shipping_paper"
DOCUMENTS = (OUR_PAPER, "hazardous_manifest", "other", "none")


@dataclass(frozen=True)
class Shipping:
    """The basic description of a stream, in the order 49 CFR 172.202(b) wants it."""

    un_id: str
    proper_shipping_name: str
    hazard_class: str
    packing_group: str

    @property
    def words(self) -> str:
        """The whole description: `UN3291, Regulated medical waste, n.o.s., 6.2, PG II`."""
        return ", ".join((self.un_id, self.proper_shipping_name, self.hazard_class, self.packing_group))


@dataclass(frozen=True)
class Stream:
    """One waste stream. `document` is rmw_shipping_paper, hazardous_manifest, other or none."""

    code: str
    name: str
    what: str  # what goes in, in words
    legal_family: str
    container_words: str
    package: str  # as a paper counts packages: "fiberboard box"
    colour: str
    label_phrase: str
    has_biohazard_symbol: bool
    is_sharps: bool
    treatment: str
    document: str
    document_words: str  # who prints the document, where it is not ours
    shipping: Shipping | None
    status: str
    source: str
    accepts: tuple[str, ...]  # classes of waste that belong here

    @property
    def needs_verification(self) -> bool:
        """Whether nobody has read the official text behind this stream."""
        return self.status != "seen official"


@lru_cache(maxsize=8)
def streams(law_folder: str = "") -> tuple[Stream, ...]:
    """Every stream in the order of the file, with the office's overlay. Raises Invalid (bad_law) naming a wrong key."""
    tables = streams_read(law_folder)["streams"]
    return tuple(_stream(code, table) for code, table in tables.items())


def find_stream(code: str, law_folder: str = "") -> Stream:
    """The stream of that code, whatever its capitals. Raises Invalid (bad_field) naming the streams there are."""
    wanted = code.strip().upper()
    known = streams(law_folder)
    for stream in known:
        if stream.code == wanted:
            return stream
    listed = ", ".join(stream.code for stream in known)
    raise Invalid(f"There is no waste stream {code[:20]!r}. There are: {listed}.", code="bad_field")


def _stream(code: str, table: Mapping[str, Any]) -> Stream:
    values = {"document_words": "", **table}
    values["accepts"] = tuple(values.get("accepts", ()))
    values["shipping"] = Shipping(**table["shipping"]) if table.get("shipping") else None
    try:
        stream = Stream(code=code, **values)
    except TypeError as error:
        raise Invalid(f"The waste stream {code} lacks something: {error}.", code="bad_law") from error
    if stream.document not in DOCUMENTS:
        raise Invalid(f"streams.{code}.document must be one of {', '.join(DOCUMENTS)}.", code="bad_law")
    if stream.status not in STATUSES:
        raise Invalid(f"streams.{code}.status must be one of {', '.join(STATUSES)}.", code="bad_law")
    return stream
