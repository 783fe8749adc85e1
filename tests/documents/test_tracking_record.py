"""The tracking record: the fields that the states' documents share, in their order, with what the facility found."""

import io

from pypdf import PdfReader

from supply.documents.shipping_paper import NOT_OFFICIAL
from supply.documents.tracking_record import Received, TrackedLine, tracking_record_pdf
from supply.documents.waste_values import Standing
from tests.documents.papers import missing_or_out_of_order, record, text_of

WANTED = [
    "NJ-001234", "WM-2026-000012",
    "Riverside Clinic", "12 Mill Street", "+1 518 555 0100", "NY 4-0122",
    "Safe Carriers", "4 Depot Way", "+1 518 555 0170", "NY NJ-2215",
    "Lakeside Treatment", "9 Kiln Road", "+1 315 555 0140", "Permit T-77",
    "Sharps", "Sharps container", "3", "4 lb", "Untreated", "W-00001; W-00002", "Total", "3", "4 lb",
    "Closed and dry", "Zoë Wiśniewska", "2026-NOV-23", "Closed and dry", "Ana Dvořák", "2026-NOV-24",
    "2026-DEC-01", "2", "2.5 lb", "Lee Okafor", "2026-DEC-03", "C-881", "One box short.",
    "2026-DEC-28", "Keep until 2029-NOV-23.", NOT_OFFICIAL, "Page 1 of 1",
]  # fmt: skip


def test_every_field_is_there_in_its_order() -> None:
    assert missing_or_out_of_order(text_of(tracking_record_pdf(record())), WANTED) == []


def test_control_a_missing_field_is_found() -> None:
    text = text_of(tracking_record_pdf(record(received=Received())))
    assert {"Lee Okafor", "One box short."} <= set(missing_or_out_of_order(text, WANTED))


def test_what_is_not_known_yet_is_left_to_fill_in_by_hand() -> None:
    text = text_of(tracking_record_pdf(record(received=Received())))
    for label in ("Received by the facility on", "Quantity received", "Certificate number", "Discrepancy"):
        assert label in text


def test_the_same_record_is_the_same_file_and_a_void_one_says_so() -> None:
    assert tracking_record_pdf(record()) == tracking_record_pdf(record())
    assert "VOID" in text_of(tracking_record_pdf(record(standing=Standing("VOID", "Wrong weight."))))


def test_sixty_kinds_of_waste_take_several_pages_with_their_headings() -> None:
    lines = tuple(TrackedLine(f"Stream {n}", "Box", "1", "1 lb", (f"W-{n}",), "Untreated") for n in range(60))
    pages = PdfReader(io.BytesIO(tracking_record_pdf(record(lines=lines)))).pages
    assert all("WM-2026-000012" in page.extract_text() for page in pages)
    assert "Kind of waste" in pages[1].extract_text()
