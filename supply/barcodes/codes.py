"""The codes of faults and doubts that a barcode's text can have, each with its sentence for a person.

Owns the vocabulary of `errors` and `warnings`; must never decide whether a fault is there.
"""

from __future__ import annotations

from enum import StrEnum


class Code(StrEnum):
    """One fault (an error) or doubt (a warning); the value is what the public interface prints."""

    # any text
    EMPTY_DATA = "EMPTY_DATA"
    TOO_LONG = "TOO_LONG"
    CONTROL_CHARACTER = "CONTROL_CHARACTER"
    INVISIBLE_CHARACTER = "INVISIBLE_CHARACTER"
    # GS1
    AI_LENGTH = "AI_LENGTH"
    TRAILING_DATA = "TRAILING_DATA"
    UNKNOWN_AI = "UNKNOWN_AI"
    INVALID_CHARACTER = "INVALID_CHARACTER"
    INVALID_VALUE = "INVALID_VALUE"
    INVALID_DATE = "INVALID_DATE"
    DUPLICATE_AI = "DUPLICATE_AI"
    GTIN_CHECK_DIGIT = "GTIN_CHECK_DIGIT"
    GTIN_LENGTH = "GTIN_LENGTH"
    SSCC_CHECK_DIGIT = "SSCC_CHECK_DIGIT"
    GLN_CHECK_DIGIT = "GLN_CHECK_DIGIT"
    DIGITAL_LINK_PATH = "DIGITAL_LINK_PATH"
    # HIBC
    HIBC_CHARACTER = "HIBC_CHARACTER"
    HIBC_CHECK_CHARACTER = "HIBC_CHECK_CHARACTER"
    HIBC_FORMAT = "HIBC_FORMAT"
    HIBC_LENGTH = "HIBC_LENGTH"
    HIBC_LINK = "HIBC_LINK"
    HIBC_NOT_SUPPLY = "HIBC_NOT_SUPPLY"
    # the rest
    HOUSE_CHECK_CHARACTER = "HOUSE_CHECK_CHARACTER"
    ISBT128_STRUCTURE = "ISBT128_STRUCTURE"
    NOT_JOINABLE = "NOT_JOINABLE"
    # doubts
    AMBIGUOUS_8_DIGITS = "AMBIGUOUS_8_DIGITS"
    EXPIRY_CONFLICT = "EXPIRY_CONFLICT"
    EXPIRY_IMPLAUSIBLE = "EXPIRY_IMPLAUSIBLE"
    GS1_LOOKALIKE = "GS1_LOOKALIKE"
    GS_POSSIBLY_LOST = "GS_POSSIBLY_LOST"
    NOT_GS1_SYMBOLOGY = "NOT_GS1_SYMBOLOGY"
    ITEM_KEY_MISSING = "ITEM_KEY_MISSING"
    CONTENT_WITHOUT_COUNT = "CONTENT_WITHOUT_COUNT"
    COUNT_WITHOUT_CONTENT = "COUNT_WITHOUT_CONTENT"
    CONTENT_WITHOUT_SSCC = "CONTENT_WITHOUT_SSCC"
    GTIN_WITH_CONTENT = "GTIN_WITH_CONTENT"
    DIGITAL_LINK_ORDER = "DIGITAL_LINK_ORDER"
    UNKNOWN_SEGMENT = "UNKNOWN_SEGMENT"
    ITIP_PIECE = "ITIP_PIECE"


_MEANINGS: dict[Code, str] = {
    Code.EMPTY_DATA: "The scan holds no text; scan again.",
    Code.TOO_LONG: "The scan is longer than any supply barcode; scan one code at a time.",
    Code.CONTROL_CHARACTER: "The scan holds a control character; check the scanner's settings and scan again.",
    Code.INVISIBLE_CHARACTER: "The text holds an invisible character; scan the code or type it by hand.",
    Code.AI_LENGTH: "A field of this GS1 code is too short or empty; scan again, or type the number under the code.",
    Code.TRAILING_DATA: "A field of this GS1 code runs on too long; check the scanner's separator setting.",
    Code.UNKNOWN_AI: "This GS1 code holds a field that the standard does not know; look at the label.",
    Code.INVALID_CHARACTER: "This GS1 code holds a character that is not allowed there; scan again.",
    Code.INVALID_VALUE: "A field of this GS1 code holds a value that is not allowed there; look at the label.",
    Code.INVALID_DATE: "The code holds a date that does not exist; read the date on the label and type it.",
    Code.DUPLICATE_AI: "The code holds the same field twice with different values; read the label.",
    Code.GTIN_CHECK_DIGIT: "The check digit of the item number (GTIN) is wrong; scan again.",
    Code.GTIN_LENGTH: "The item number (GTIN) has the wrong number of digits; scan again.",
    Code.SSCC_CHECK_DIGIT: "The check digit of the shipping container number (SSCC) is wrong; scan again.",
    Code.GLN_CHECK_DIGIT: "The check digit of the location number (GLN) is wrong; scan again.",
    Code.DIGITAL_LINK_PATH: "The web address in this code is no well-formed GS1 Digital Link; look at the label.",
    Code.HIBC_CHARACTER: "This HIBC code holds a character foreign to HIBC; check the scanner's keyboard layout.",
    Code.HIBC_CHECK_CHARACTER: "The check character of this HIBC code is wrong; scan again.",
    Code.HIBC_FORMAT: "This HIBC code is not built as the standard says; look at the label.",
    Code.HIBC_LENGTH: "A lot, serial or quantity of this HIBC code has the wrong length; look at the label.",
    Code.HIBC_LINK: "These two HIBC codes do not belong together; scan both codes of the same label.",
    Code.HIBC_NOT_SUPPLY: "This is a patient or asset label, not a supply label; scan the supply's own code.",
    Code.HOUSE_CHECK_CHARACTER: "The check character of this office label is wrong; scan again or print a new label.",
    Code.ISBT128_STRUCTURE: "This ISBT 128 code is not built as the standard says; look at the label.",
    Code.NOT_JOINABLE: "These two codes do not complete each other; scan both codes of the same label.",
    Code.AMBIGUOUS_8_DIGITS: "These 8 digits can be two different item numbers (GTIN-8 or UPC-E); choose which.",
    Code.EXPIRY_CONFLICT: "The code holds two different expiry dates; check the label.",
    Code.EXPIRY_IMPLAUSIBLE: "The expiry date is more than 5 years past or 15 years ahead; check the label.",
    Code.GS1_LOOKALIKE: "This text could be a GS1 field, but is taken as a plain code because nothing else says so.",
    Code.GS_POSSIBLY_LOST: "A separator may be lost, so the lot may have swallowed a date; choose the right reading.",
    Code.NOT_GS1_SYMBOLOGY: "GS1 text in a barcode that is not marked as GS1; the reading may be wrong.",
    Code.ITEM_KEY_MISSING: "The code names a lot, serial or date but no item; scan the item's own code too.",
    Code.CONTENT_WITHOUT_COUNT: "The code names what a case holds but not how many.",
    Code.COUNT_WITHOUT_CONTENT: "The code gives a count but not of what.",
    Code.CONTENT_WITHOUT_SSCC: "The code names a case's content but not the case (SSCC).",
    Code.GTIN_WITH_CONTENT: "The code names an item and a case's content at once; look at the label.",
    Code.DIGITAL_LINK_ORDER: "The parts of this web address are not in the standard's order.",
    Code.UNKNOWN_SEGMENT: "The code holds a part that is not understood; it was left aside.",
    Code.ITIP_PIECE: "The code is of one piece of a trade item, not of the whole.",
}


def meaning(code: str) -> str:
    """The one sentence for a person that belongs to an error or warning code; an unknown code gives itself."""
    return _MEANINGS[Code(code)] if code in Code.__members__ else code
