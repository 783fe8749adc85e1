"""The kinds of fields that requests of the JSON interface are made of. PURE: types and their checks only."""

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, StrictBool

from supply.web.resource import WholeNumber

ROW_LIMIT = 2**31 - 1
SKU_LENGTH = 60
DECIMAL = r"^[0-9]{1,8}(\.[0-9]{1,4})?$"
DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"


def _printable(text: str) -> str:
    """No control, invisible or broken characters: no label prints them, and one database refuses some of them."""
    if not text.isprintable():
        raise ValueError("must have printable characters only")
    return text


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be empty")
    return text.strip()


def _digits(value: object) -> object:
    """Numbers in an address: ASCII digits and nothing else."""
    if isinstance(value, str) and not (value.isascii() and value.isdigit() and len(value) <= 18):
        raise ValueError("must be a whole number")
    return int(value) if isinstance(value, str) else value


Text = Annotated[str, AfterValidator(_printable)]
Words = Annotated[str, AfterValidator(_printable), AfterValidator(_not_blank)]
Sku = Annotated[Words, Field(max_length=SKU_LENGTH)]
Code = Annotated[Words, Field(max_length=40)]
Reason = Annotated[Words, Field(max_length=250)]
Barcode = Annotated[str, Field(min_length=1, max_length=512)]
Units = Annotated[WholeNumber, Field(ge=1, le=1_000_000)]
Count = Annotated[WholeNumber, Field(ge=0, le=1_000_000_000)]
Decimal = Annotated[str, Field(pattern=DECIMAL, examples=["12.50"])]
Yes = StrictBool
AddressNumber = Annotated[int, BeforeValidator(_digits)]
RowNumber = Annotated[AddressNumber, Field(ge=1, le=ROW_LIMIT)]
Limit = Annotated[AddressNumber, Field(ge=1, le=200, description="How many rows")]
Cursor = Annotated[str, Field(max_length=200, description="`next` of the page before")]
