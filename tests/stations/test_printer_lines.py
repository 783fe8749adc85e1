"""Which paper a printer's settings mean."""

import pytest

from supply.labels.paper import Paper
from supply.stations.printer_lines import paper_of


@pytest.mark.parametrize(
    ("settings", "meant"),
    [
        ({}, Paper(57, 32)),
        ({"paper": "80 roll"}, Paper(80, None, printable_dots=576)),
        ({"paper": "40x30", "dots_per_inch": 300}, Paper(40, 30, 300)),
        ({"width_mm": 100, "height_mm": 150}, Paper(100, 150)),
        ({"width_mm": 58, "printable_dots": 384}, Paper(58, None, printable_dots=384)),
        ({"paper": "napkin"}, Paper(57, 32)),
        ({"width_mm": "wide"}, Paper(57, 32)),
        ({"width_mm": 2}, Paper(57, 32)),
    ],
)
def test_settings_name_a_paper_and_nonsense_the_usual_one(settings: dict[str, object], meant: Paper) -> None:
    assert paper_of(settings) == meant
