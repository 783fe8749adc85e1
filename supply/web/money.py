"""PURE: amounts of money as people write and read them; inside they are whole numbers of 1/10,000."""

import re

AMOUNT = re.compile(r"(\d{1,10})(?:\.(\d{1,4}))?")
SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "CAD": "CA$"}
SCALE = 10_000


def money_words(amount: int, currency: str) -> str:
    """An amount to the cent.

    >>> money_words(12_405_000, "USD"), money_words(9_900, "CHF")
    ('$1,240.50', 'CHF 0.99')
    """
    cents = (abs(amount) + 50) // 100
    sign = SIGNS.get(currency, f"{currency} ")
    return f"{'−' if amount < 0 else ''}{sign}{cents // 100:,}.{cents % 100:02}"


def money_text(amount: int | None) -> str | None:
    """An amount as a field and the JSON interface have it: all of its places, at least two of them; none for none.

    >>> money_text(124_500), money_text(1), money_text(None)
    ('12.45', '0.0001', None)
    """
    if amount is None:
        return None
    fraction = f"{amount % SCALE:04}".rstrip("0").ljust(2, "0")
    return f"{amount // SCALE}.{fraction}"


def money_from(text: str) -> int | None:
    """The amount of a text, None when it is no amount. A comma for thousands and a currency sign may stand in it.

    >>> money_from("$1,240.5"), money_from("free")
    (12405000, None)
    """
    match = AMOUNT.fullmatch(text.strip().lstrip("$€£").replace(",", "").strip())
    if match is None:
        return None
    return int(match[1]) * SCALE + int((match[2] or "").ljust(4, "0"))
