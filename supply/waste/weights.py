"""PURE: weights as people type and read them; inside everything is whole grams."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from supply.errors import Invalid

GRAMS = {"kg": Decimal(1000), "lb": Decimal("453.59237")}
MOST_GRAMS = 500_000


def grams_of(text: str, unit: str) -> int:
    """Whole grams of a weight typed in `lb` or `kg`. Raises Invalid (bad_weight).

    >>> grams_of("12.5", "lb"), grams_of("3,2", "kg")
    (5670, 3200)
    """
    if unit not in GRAMS:
        raise Invalid("Weigh in lb or kg.", code="bad_weight")
    try:
        number = Decimal(text.strip().replace(",", ".")) if len(text) <= 20 else Decimal("NaN")
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or number <= 0:
        raise Invalid("Type the weight as a number above 0, such as 12.5.", code="bad_weight")
    grams = min(number, Decimal(MOST_GRAMS)) * GRAMS[unit]
    if grams > MOST_GRAMS:
        raise Invalid("No container here weighs that much; check the number and the unit.", code="bad_weight")
    return max(1, int(grams.quantize(Decimal(1), ROUND_HALF_UP)))


def pounds(grams: int) -> str:
    """Pounds with one decimal, as papers show them.

    >>> pounds(5670)
    '12.5'
    """
    return str((Decimal(grams) / GRAMS["lb"]).quantize(Decimal("0.1"), ROUND_HALF_UP))


def weight_words(grams: int) -> str:
    """A weight as screens show it.

    >>> weight_words(5670)
    '12.5 lb (5.7 kg)'
    """
    kilograms = (Decimal(grams) / GRAMS["kg"]).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{pounds(grams)} lb ({kilograms} kg)"
