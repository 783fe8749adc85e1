"""PURE: messages of the Internet Printing Protocol (RFC 8010, RFC 8011): what is asked, and what came back.

It must never take a message that is cut off, too long or not of IPP for an answer.
"""

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Final

Value = int | str | bytes | bool | tuple[int, ...] | dict[str, Any] | None
MOST_BYTES: Final = 65_536
MOST_ATTRIBUTES: Final = 600
_DEEPEST: Final = 4


class Operation(IntEnum):
    """The operations that are used."""

    print_job = 0x0002
    cancel_job = 0x0008
    get_job_attributes = 0x0009
    get_printer_attributes = 0x000B


class Group(IntEnum):
    """Delimiters of groups."""

    operation = 1
    job = 2
    end = 3
    printer = 4
    unsupported = 5


class Tag(IntEnum):
    """Kinds of values."""

    unsupported = 0x10
    unknown = 0x12
    no_value = 0x13
    integer = 0x21
    boolean = 0x22
    enum = 0x23
    octets = 0x30
    resolution = 0x32
    range = 0x33
    collection = 0x34
    end_collection = 0x37
    text = 0x41
    named = 0x42
    keyword = 0x44
    uri = 0x45
    charset = 0x47
    language = 0x48
    mime_type = 0x49
    member = 0x4A


class NotIpp(ValueError):
    """What came is no message of IPP."""


@dataclass(frozen=True, slots=True)
class Message:
    """A request or an answer. `code` is the operation, or the status of an answer."""

    code: int
    request_id: int
    groups: tuple[tuple[int, dict[str, list[Value]]], ...] = ()
    content: bytes = field(default=b"", repr=False)

    def values(self, group: int, name: str) -> list[Value]:
        """All values of an attribute; none where it is not said or has no value."""
        for tag, attributes in self.groups:
            if tag == group and name in attributes:
                return [value for value in attributes[name] if value is not None]
        return []

    def number(self, group: int, name: str) -> int | None:
        """A whole number, or None."""
        found = self.values(group, name)
        return found[0] if found and type(found[0]) is int else None

    def words(self, group: int, name: str) -> list[str]:
        """Words, such as keywords."""
        return [value for value in self.values(group, name) if isinstance(value, str)]


Attribute = tuple[str, Tag, Any]


def encode(
    code: int, request_id: int, groups: Iterable[tuple[Group, Iterable[Attribute]]], content: bytes = b""
) -> bytes:
    """A message of IPP 1.1; a value may be a list, and a collection a list of attributes."""
    out = bytearray(struct.pack(">BBHI", 1, 1, code, request_id))
    for group, attributes in groups:
        out.append(group)
        for attribute in attributes:
            out += _attribute(attribute)
    out.append(Group.end)
    return bytes(out) + content


def _attribute(attribute: Attribute) -> bytes:
    name, tag, given = attribute
    several = given if isinstance(given, list) and tag is not Tag.collection else [given]
    out = b""
    for number, value in enumerate(several):
        out += _field(tag, name if number == 0 else "", _octets(tag, value))
        if tag is Tag.collection:
            for member, kind, inside in value:
                out += _field(Tag.member, "", member.encode()) + _attribute(("", kind, inside))
            out += _field(Tag.end_collection, "", b"")
    return out


def _field(tag: Tag, name: str, value: bytes) -> bytes:
    named = name.encode()
    return struct.pack(">BH", tag, len(named)) + named + struct.pack(">H", len(value)) + value


def _octets(tag: Tag, value: Any) -> bytes:
    if tag in (Tag.integer, Tag.enum):
        return struct.pack(">i", value)
    if tag is Tag.boolean:
        return b"\1" if value else b"\0"
    if tag is Tag.resolution:
        return struct.pack(">iib", *value)
    return b"" if tag is Tag.collection or value is None else str(value).encode()


def decode(content: bytes, *, is_request: bool = False) -> Message:
    """The message that these bytes are. Raises NotIpp."""
    reader = _Reader(content, MOST_BYTES if not is_request else len(content))
    major, _minor, code, request_id = struct.unpack(">BBHI", reader.take(8))
    if major not in (1, 2):
        raise NotIpp("the version is none of IPP")
    groups: list[tuple[int, dict[str, list[Value]]]] = []
    while (tag := reader.byte()) != Group.end:
        if tag > 0x0F:
            raise NotIpp("a value stands outside of a group")
        groups.append((tag, dict(reader.attributes())))
    return Message(code, request_id, tuple(groups), reader.rest() if is_request else b"")


class _Reader:
    """Takes a message apart from its start."""

    def __init__(self, content: bytes, most: int) -> None:
        if len(content) > most:
            raise NotIpp("the message is too long")
        self._content, self._at, self._count = content, 0, 0

    def take(self, count: int) -> bytes:
        taken = self._content[self._at : self._at + count]
        if len(taken) != count:
            raise NotIpp("the message is cut off")
        self._at += count
        return taken

    def byte(self) -> int:
        return self.take(1)[0]

    def rest(self) -> bytes:
        return self._content[self._at :]

    def attributes(self) -> Iterator[tuple[str, list[Value]]]:
        """The attributes of a group, up to the next delimiter."""
        name = ""
        values: list[Value] = []
        while True:
            tag = self.byte()
            if tag <= 0x0F:
                self._at -= 1
                if name:
                    yield name, values
                return
            named, value = self._value(tag, 0)
            if named:
                if name:
                    yield name, values
                name, values = named, []
            if not name:
                raise NotIpp("a value has no name")
            values.append(value)

    def _value(self, tag: int, depth: int) -> tuple[str, Value]:
        self._count += 1
        if self._count > MOST_ATTRIBUTES or depth > _DEEPEST:
            raise NotIpp("the message has too many values")
        name = _text(self.take(struct.unpack(">H", self.take(2))[0]))
        raw = self.take(struct.unpack(">H", self.take(2))[0])
        return name, self._members(depth + 1) if tag == Tag.collection else _meaning(tag, raw)

    def _members(self, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        name = ""
        while (tag := self.byte()) != Tag.end_collection:
            _, value = self._value(tag, depth)
            if tag == Tag.member:
                name = str(value)
            elif name:
                found.setdefault(name, value)
        self._value(tag, depth)
        return found


def _meaning(tag: int, raw: bytes) -> Value:
    if tag in (Tag.integer, Tag.enum):
        return int(struct.unpack(">i", _sized(raw, 4))[0])
    if tag == Tag.boolean:
        return _sized(raw, 1) != b"\0"
    if tag == Tag.resolution:
        return tuple(struct.unpack(">iib", _sized(raw, 9)))
    if tag == Tag.range:
        return tuple(struct.unpack(">ii", _sized(raw, 8)))
    if tag < 0x20:
        return None
    return _text(raw) if tag >= 0x40 else raw


def _sized(raw: bytes, count: int) -> bytes:
    if len(raw) != count:
        raise NotIpp("a number has the wrong length")
    return raw


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise NotIpp("a text is no UTF-8") from None
