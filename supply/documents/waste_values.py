"""PURE: what the papers of waste are made of, as plain values: parties, lines, signatures. All text is ready to print;
dates are written out. Knows neither the database nor the law."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PartyWords:
    """Who makes, carries or destroys the waste, with the registrations that were good on the day."""

    name: str
    address: tuple[str, ...]
    phone: str
    registrations: tuple[str, ...] = ()


@dataclass(frozen=True)
class WasteLine:
    """One line of a shipping paper. `description` is the whole basic description in its order (49 CFR 172.202(b))."""

    description: str
    quantity: str
    packages: str
    containers: tuple[str, ...]
    is_hazardous: bool = True


@dataclass(frozen=True)
class SignatureWords:
    """A signature as it was given: drawn (a PNG picture) or typed (then `drawn` is None and the name is the sign)."""

    printed_name: str
    title: str
    signed_on: str
    drawn: bytes | None = None


@dataclass(frozen=True)
class Standing:
    """What stands across the paper: nothing when it is in force, else DRAFT or VOID and why."""

    stamp: str = ""
    sentence: str = ""


IN_FORCE = Standing()
