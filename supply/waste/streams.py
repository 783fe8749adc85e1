"""The waste streams as shipped data: what each is called, how it is packed and marked, which document goes with it."""

from dataclasses import dataclass


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


def streams(law_folder: str = "") -> tuple[Stream, ...]:
    """Every stream in the order of the file, with the office's overlay. Raises Invalid naming an unknown key."""
    raise NotImplementedError


def find_stream(code: str, law_folder: str = "") -> Stream:
    """The stream of that code, whatever its capitals. Raises Invalid (bad_field) naming the streams there are."""
    raise NotImplementedError
