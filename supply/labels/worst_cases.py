"""PURE: the fullest label of each kind that an office will ever print, and an ordinary one to look at.

A template is proved with the fullest: long words, a lot number of the 20 characters that GS1 allows.
"""

from supply.labels.content import (
    BadgeLabel,
    CommandLabel,
    ContainerLabel,
    Content,
    HoldLabel,
    ItemLabel,
    LocationLabel,
    LotLabel,
    OpenedLabel,
    StationLabel,
)
from supply.labels.design import kind_of
from supply.labels.symbols import gs1_symbol, house_symbol

GTIN = "09520123456788"  # of the range that GS1 keeps for examples
LONG_NAME = (
    "Influenza vaccine, quadrivalent, preservative-free, 0.5 mL prefilled syringe without needle, "
    "for persons 6 months and older"
)
LONG_PLACE = "Medication refrigerator beside the nurses' station, second shelf"
NAME = "Influenza vaccine, 0.5 mL syringe"
NUMBER = 999_999_999_999
MONTH_END = "2027-MAR (last day)"


def worst_case(template: str) -> Content:
    """The fullest label of that kind. Raises Invalid for no kind of ours."""
    kind_of(template)
    return _labels(
        name=LONG_NAME,
        place=LONG_PLACE,
        person="Maximiliana Featherstonehaugh-Papadopoulos",
        sku="VAX-FLU-QUAD-2026-PFS-10",
        lot=("WXM4-20261123-ABCDEF", "270300", MONTH_END),
        words="One scan: 10 × prefilled syringe",
        owner="State vaccine programme for children",
        reason="Recall 24-113 of the maker: particles seen. Keep apart and call the supplier.",
        number=NUMBER,
    )[template]


def ordinary(template: str) -> Content:
    """A label of that kind as most are. Raises Invalid for no kind of ours."""
    kind_of(template)
    return _labels(
        name=NAME,
        place="Cabinet 3, second shelf",
        person="Dana Ortiz",
        sku="VAX-FLU",
        lot=("A1-2345", "270314", "2027-MAR-14"),
        words="",
        owner="",
        reason="Recall 24-113",
        number=NUMBER - 1,  # nothing here has that number: a test label that is scanned names nothing
    )[template]


def _labels(
    *,
    name: str,
    place: str,
    person: str,
    sku: str,
    lot: tuple[str, str, str],
    words: str,
    owner: str,
    reason: str,
    number: int,
) -> dict[str, Content]:
    lot_number, elements, expiry = lot
    symbol = gs1_symbol([("01", GTIN), ("17", elements), ("10", lot_number)])
    insert = "28 days, from the package insert: verify"
    long = number == NUMBER
    found: tuple[Content, ...] = (
        ItemLabel(name=name, sku=sku, barcode=house_symbol("item", number)),
        LotLabel(
            name=name, sku=sku, barcode=symbol, lot_number=lot_number, expiry=expiry, quantity=words, owner=owner
        ),
        LocationLabel(
            name=place, code=sku if long else "CAB-3-2", barcode=house_symbol("location", number),
            within=place if long else "Room 2",
        ),
        BadgeLabel(
            name=person,
            words="Takes, counts and looks up" if long else "Nurse",
            barcode=house_symbol("badge", "A7" * 13),
            valid_until="2026-NOV-23 18:00" if long else "",
        ),
        OpenedLabel(
            name=name, sku=sku, barcode=symbol, opened="2026-NOV-23", use_by="2026-DEC-21", lot_number=lot_number,
            expiry=expiry, source=insert, initials="MFP" if long else "DO",
        ),
        HoldLabel(
            word="DO NOT USE", name=name, sku=sku, barcode=symbol, lot_number=lot_number, expiry=expiry, reason=reason,
            date="2026-NOV-23",
        ),
        StationLabel(
            name=place if long else "Kiosk at the storeroom", code=sku if long else "kiosk-1",
            barcode=house_symbol("station", number), words="Storeroom, TAKE",
        ),
        CommandLabel(
            words=place if long else "Ten of it", barcode=house_symbol("command", "A" * 20 if long else "TIMESTEN"),
            group="Quantity",
        ),
        _container(number),
    )  # fmt: skip
    return {label.template: label for label in found}


def _container(number: int) -> ContainerLabel:
    return ContainerLabel(
        number="C-000123",
        stream="Pathological waste, trace chemotherapy" if number == NUMBER else "Sharps",
        barcode=house_symbol("container", number),
        phrases=("BIOHAZARD", "Regulated medical waste"),
        has_biohazard_symbol=True,
        un_mark="UN3291, Regulated medical waste, n.o.s., 6.2, PG II",
        generator=("Family practice of the upper valley", "12345 North Main Street, Suite 200", "Springfield, NJ 07081",
                   "+1 555 0100"),
        transporter=("Clean Haul of New Jersey, Incorporated", "1 Industrial Way", "Newark, NJ 07101", "+1 555 0199"),
        opened="2026-NOV-01",
        sealed="2026-NOV-20",
        shipped="2026-NOV-23",
        gross_weight="14.2 kg",
    )  # fmt: skip
