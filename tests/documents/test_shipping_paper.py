"""The shipping paper: every field of 49 CFR 172 subpart C is in the file, in its order, on letters that can be read."""

import hashlib
import io
import subprocess
import sys
import threading
import time
from dataclasses import replace

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pypdf import PdfReader

from supply.documents.shipping_paper import NOT_OFFICIAL, shipping_paper_pdf
from supply.documents.waste_values import Standing, WasteLine
from tests.documents.papers import (
    CERTIFICATION,
    DESCRIPTION,
    missing_or_out_of_order,
    paper,
    picture_of,
    text_of,
)

WANTED = [
    "WM-2026-000012",
    "Riverside Clinic", "12 Mill Street", "Albany, NY 12207", "+1 518 555 0100", "NY 4-0122",
    "Lakeside Treatment", "9 Kiln Road", "Utica, NY 13501", "+1 315 555 0140", "Permit T-77",
    "Safe Carriers", "4 Depot Way", "Troy, NY 12180", "+1 518 555 0170", "NY NJ-2215",
    "HM", f"X {DESCRIPTION}", "1.5 lb", "1 fiberboard boxes", "W-00001",
    f"X {DESCRIPTION}", "2.5 lb", "2 fiberboard boxes", "W-00002",
    "4 lb in 3 packages", "+1 800 555 0199", "Contract CCN 12345", "ERG Guide 158", CERTIFICATION,
    "Signature of shipper", "Zoë Wiśniewska", "Waste coordinator", "2026-NOV-23 14:05",
    "Signature of carrier", "/s/ Ana Dvořák", "Ana Dvořák", "Driver", "2026-NOV-23 14:09",
    "Keep until 2029-NOV-23.", NOT_OFFICIAL, "Page 1 of 1",
]  # fmt: skip


def test_every_required_field_is_there_in_its_order() -> None:
    assert missing_or_out_of_order(text_of(shipping_paper_pdf(paper())), WANTED) == []


@pytest.mark.parametrize(
    ("changed", "missing"),
    [
        ({"emergency_phone": ""}, "+1 800 555 0199"),
        ({"emergency_contact": ""}, "Contract CCN 12345"),
        ({"certification": CERTIFICATION.replace("marked and ", "")}, CERTIFICATION),
        ({"carrier_signature": None}, "/s/ Ana Dvořák"),
        ({"shipper": paper().consignee, "consignee": paper().shipper}, "Lakeside Treatment"),
        ({"lines": (replace(paper().lines[0], is_hazardous=False), paper().lines[1])}, f"X {DESCRIPTION}"),
        ({"lines": tuple(replace(one, description="Regulated medical waste, n.o.s., UN3291, 6.2, PG II")
                         for one in paper().lines)}, f"X {DESCRIPTION}"),
    ],
)  # fmt: skip
def test_control_a_missing_or_misplaced_field_is_found(changed: dict[str, object], missing: str) -> None:
    assert missing in missing_or_out_of_order(text_of(shipping_paper_pdf(replace(paper(), **changed))), WANTED)


def test_nothing_stands_within_the_basic_description() -> None:
    text = PdfReader(io.BytesIO(shipping_paper_pdf(paper()))).pages[0].extract_text()
    assert text.split("\n").count(DESCRIPTION) == 2


def test_the_number_is_a_barcode_on_every_page() -> None:
    made = shipping_paper_pdf(paper(60))
    for page in range(len(PdfReader(io.BytesIO(made)).pages)):
        assert [code.text for code in zxingcpp.read_barcodes(picture_of(made, page, 3))] == ["WM-2026-000012"]


def test_several_pages_repeat_the_head_and_count_themselves() -> None:
    pages = PdfReader(io.BytesIO(shipping_paper_pdf(paper(60)))).pages
    assert len(pages) > 2
    for number, page in enumerate(pages, 1):
        text = page.extract_text()
        for piece in ("Shipping paper", "WM-2026-000012", NOT_OFFICIAL, f"Page {number} of {len(pages)}"):
            assert piece in text, (number, piece)
        if DESCRIPTION in text:
            assert "Basic description" in text
    assert text_of(shipping_paper_pdf(paper(60))).count(DESCRIPTION) == 60


def test_sixty_lines_are_fast() -> None:
    shipping_paper_pdf(paper(60))
    began = time.process_time()
    shipping_paper_pdf(paper(60))
    assert time.process_time() - began < 2.0


def test_a_draft_and_a_void_paper_say_so_across_the_page() -> None:
    draft = shipping_paper_pdf(paper(signature=None, carrier_signature=None, standing=Standing("DRAFT", "Not signed.")))
    void = shipping_paper_pdf(paper(standing=Standing("VOID", "Wrong weight. Replaced by WM-2026-000013.")))
    assert "DRAFT" in text_of(draft)
    assert "Not signed." in text_of(draft)
    assert missing_or_out_of_order(text_of(void), ["VOID", "WM-2026-000013", *WANTED[1:]]) == []
    assert not {"DRAFT", "VOID"} & set(text_of(shipping_paper_pdf(paper())).split())
    assert _dark(void) > _dark(shipping_paper_pdf(paper())) * 1.2


def _dark(pdf: bytes) -> int:
    return sum(picture_of(pdf).histogram()[:230])


def test_a_drawn_signature_is_ink_on_the_page() -> None:
    drawn, typed = paper(), paper(signature=replace(paper().signature, drawn=None))
    assert "/s/ Zoë Wiśniewska" in text_of(shipping_paper_pdf(typed))
    assert "/s/ Zoë Wiśniewska" not in text_of(shipping_paper_pdf(drawn))
    images = PdfReader(io.BytesIO(shipping_paper_pdf(drawn))).pages[0].images
    assert len(images) == 1


def test_the_file_names_itself_and_its_language() -> None:
    reader = PdfReader(io.BytesIO(shipping_paper_pdf(paper())))
    assert reader.metadata is not None
    assert reader.metadata.title == "Shipping paper: regulated medical waste WM-2026-000012"
    assert reader.trailer["/Root"]["/Lang"] == "en-US"


def test_every_letter_is_embedded_and_none_is_smaller_than_nine_points() -> None:
    page = PdfReader(io.BytesIO(shipping_paper_pdf(paper()))).pages[0]
    fonts = [one.get_object() for one in page["/Resources"]["/Font"].values()]
    used = [one for one in fonts if one["/BaseFont"] != "/Helvetica"]
    assert used
    assert all("/FontFile2" in one["/FontDescriptor"].get_object() for one in used)
    sizes: list[tuple[float, str]] = []

    def seen(text: str, _cm: object, _tm: object, font: dict[str, object] | None, size: float) -> None:
        if text.strip():
            assert font is not None
            sizes.append((size, str(font["/BaseFont"])))

    page.extract_text(visitor_text=seen)
    assert min(size for size, _ in sizes) >= 9
    assert not [name for _, name in sizes if "Helvetica" in name]


def test_the_same_paper_is_the_same_file_in_every_process_and_thread() -> None:
    expected = hashlib.sha256(shipping_paper_pdf(paper())).hexdigest()
    script = (
        "import hashlib; from tests.documents.papers import paper; "
        "from supply.documents.shipping_paper import shipping_paper_pdf; "
        "print(hashlib.sha256(shipping_paper_pdf(paper())).hexdigest())"
    )
    for seed in ("1", "2"):
        ran = subprocess.run(
            [sys.executable, "-c", script], env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert ran.stdout.strip() == expected
    found: set[str] = set()
    threads = [
        threading.Thread(target=lambda: found.add(hashlib.sha256(shipping_paper_pdf(paper())).hexdigest()))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {expected}
    assert shipping_paper_pdf(paper(prepared_on="2026-NOV-24")) != shipping_paper_pdf(paper())


def test_a_line_of_very_many_containers_goes_over_pages_and_loses_none() -> None:
    numbers = tuple(f"W-{n:05}" for n in range(700))
    line = WasteLine(DESCRIPTION, "9 lb", "700 boxes", numbers)
    text = text_of(shipping_paper_pdf(replace(paper(1), lines=(line,))))
    assert [number for number in numbers if number not in text] == []


@hypothesis_settings(max_examples=40, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300), st.integers(0, 3))
def test_whatever_people_are_called_the_paper_is_made(name: str, lines: int) -> None:
    made = paper(
        lines, shipper=replace(paper().shipper, name=name, address=(name, name)), emergency_contact=name,
        signature=replace(paper().signature, printed_name=name, drawn=None),
    )  # fmt: skip
    assert shipping_paper_pdf(made).startswith(b"%PDF")


def test_what_looks_like_markup_is_printed_as_it_is() -> None:
    text = text_of(shipping_paper_pdf(paper(emergency_contact="<b>A & B</b> <img src='x'/>")))
    assert "<b>A & B</b> <img src='x'/>" in text
