"""PURE: the label of an item by its own house code, as the item's page and the command line show it."""

from supply.barcodes import house_code
from supply.errors import Invalid
from supply.labels.content import ItemLabel
from supply.labels.paper import named
from supply.labels.raster import png, render
from supply.labels.symbols import Symbology, house_symbol

Symbol = Symbology


def item_label(*, number: int, name: str, sku: str, symbol: Symbology = Symbology.code128) -> bytes:
    """A PNG for 57 × 32 mm at 203 dpi with the house code of item `number`, its name and SKU, at true size.

    Raises Invalid for a number that fits no house code or words that do not fit, LabelUnreadable when the picture does
    not decode.
    """
    if number < 1:
        raise Invalid("An item's number is 1 or more.")
    content = ItemLabel(name, sku, house_symbol(house_code.ITEM, number, symbol))
    return png(render(content, named("57x32")))
