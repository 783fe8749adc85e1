"""Drawn labels: they decode, in whole dots with quiet zones, whole to the last letter, or are refused in words."""

import io
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from supply.errors import Invalid
from supply.labels import layouts
from supply.labels.content import Content
from supply.labels.faces import face_of
from supply.labels.layouts import LabelTooSmall, Plan, plan
from supply.labels.lettering import has_every_letter
from supply.labels.modules import QUIET, PlacedSymbol
from supply.labels.paper import NAMES, RESOLUTIONS, Paper, named
from supply.labels.proving import LabelUnreadable, prove
from supply.labels.raster import draw, png, render
from supply.labels.symbols import Symbol, Symbology, gs1_symbol, house_symbol
from tests.labels.making import GTIN, container, each_kind, item, location, lot, lot_symbol, read

PAPERS = [(size, 203) for size in NAMES] + [(size, dots) for dots in (180, 300) for size in ("40x30", "80 roll")]
ANY_TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=200)  # control characters included
LOTS = st.text(st.sampled_from("ABCXYZabc0123456789-./_+()%\"'"), min_size=1, max_size=20)
DATES = st.dates().map(lambda day: day.strftime("%y%m%d"))


def boxes(places: Plan) -> list[tuple[int, int, int, int]]:
    """What each part covers, in dots: its own ink, and for symbols the quiet zone too."""
    found = []
    for run in places.runs:
        alone = draw(replace(places, runs=(run,), trefoil=None, stripes=0, symbol=off_paper(places.symbol)))
        box = Image.eval(alone.convert("L"), lambda value: 255 - value).getbbox()
        found += [box] if box else []
    height, width = places.symbol.bits().shape
    x, y = places.symbol.x, places.symbol.y
    found.append((x, y, x + width, y + height))
    if places.trefoil:
        x, y, size = places.trefoil
        found.append((x, y, x + size, y + size))
    if places.stripes:
        found.append((0, 0, places.width, places.stripes))
        found.append((0, places.height - places.stripes, places.width, places.height))
    return found


def off_paper(placed: PlacedSymbol) -> PlacedSymbol:
    return replace(placed, x=-10_000)


def refusal(content: Content, paper: Paper) -> str | None:
    """What is said where the label does not fit."""
    try:
        plan(face_of(content), paper)
    except LabelTooSmall as refused:
        return refused.message
    return None


@pytest.mark.parametrize(("size", "dots_per_inch"), PAPERS)
@pytest.mark.parametrize("content", each_kind(), ids=lambda content: content.template)
def test_every_label_on_every_paper_decodes_or_names_a_size_that_would_do(
    content: Content, size: str, dots_per_inch: int
) -> None:
    paper = named(size, dots_per_inch=dots_per_inch)
    said = refusal(content, paper)
    if said:
        assert content.template == "container", said
        paper = named(said.removesuffix(" would do.").rpartition("; ")[2], dots_per_inch=dots_per_inch)
    rendered = render(content, paper)
    assert rendered.width_dots == paper.width_dots
    assert rendered.height_dots == (paper.height_dots or rendered.height_dots)
    identifier = "]d2" if content.barcode.is_gs1 else read(rendered.image)[0][1]
    assert read(rendered.image) == [(content.barcode.text.encode(), identifier)]


@given(
    name=ANY_TEXT,
    kind=st.integers(0, len(each_kind()) - 1),
    size=st.sampled_from(NAMES),
    dpi=st.sampled_from(RESOLUTIONS),
)
@settings(max_examples=40, deadline=None)
def test_no_name_spoils_a_code_or_is_half_printed(name: str, kind: int, size: str, dpi: int) -> None:
    content = each_kind(name)[kind]
    paper = named(size, dots_per_inch=dpi)
    said = refusal(content, paper)
    if said:
        assert said.endswith((" would do.", "shorten its words."))
        return
    rendered = render(content, paper)
    assert [text for text, _ in read(rendered.image)] == [content.barcode.text.encode()]
    printed = "".join(rendered.texts).replace(" ", "")
    assert all(character.isprintable() for character in printed)
    if not has_every_letter(name):
        assert "inlettersthatlabelsdonothave" in printed
        return
    letters = "".join(character for character in name if character.isascii() and character.isalnum())
    kept = "".join(character for character in printed if character.isascii() and character.isalnum())
    assert letters in kept


@given(number=LOTS, expiry=DATES, dpi=st.sampled_from(RESOLUTIONS), size=st.sampled_from(NAMES))
@settings(max_examples=40, deadline=None)
def test_a_gs1_label_gives_its_very_bytes_back(number: str, expiry: str, dpi: int, size: str) -> None:
    symbol = lot_symbol(number, expiry)
    content = replace(lot(lot_number=number), barcode=symbol)
    rendered = render(content, named(size, dots_per_inch=dpi))
    assert read(rendered.image) == [(f"01{GTIN}17{expiry}10{number}".encode(), "]d2")]


def test_a_separator_inside_a_gs1_code_is_read_back_as_one() -> None:
    symbol = gs1_symbol([("01", GTIN), ("10", "A1"), ("17", "270314")])
    rendered = render(replace(lot(), barcode=symbol), named("57x32"))
    assert read(rendered.image) == [(f"01{GTIN}10A1\x1d17270314".encode(), "]d2")]


def test_a_wrong_check_digit_is_refused_before_anything_is_drawn() -> None:
    with pytest.raises(Invalid, match="check digit"):
        gs1_symbol([("01", "09520123456789"), ("10", "A1")])


@pytest.mark.parametrize(("size", "dots_per_inch"), [("57x32", 203), ("57x32", 300), ("80 roll", 180)])
@pytest.mark.parametrize("content", each_kind(), ids=lambda content: content.template)
def test_nothing_on_a_label_touches_anything_else_or_the_edge(content: Content, size: str, dots_per_inch: int) -> None:
    try:
        places = plan(face_of(content), named(size, dots_per_inch=dots_per_inch))
    except LabelTooSmall:
        places = plan(face_of(content), named("80 roll", dots_per_inch=dots_per_inch))
    covered = boxes(places)
    for left, top, right, bottom in covered:
        assert left >= 0
        assert top >= 0
        assert right <= places.width
        assert bottom <= places.height
    for n, one in enumerate(covered):
        for other in covered[n + 1 :]:
            assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1], (one, other)


@pytest.mark.parametrize("symbology", Symbology)
def test_every_module_is_so_many_whole_dots_with_its_quiet_zone_around(symbology: Symbology) -> None:
    places = plan(face_of(item(symbology=symbology)), named("57x32"))
    bits = places.symbol.bits()
    quiet = QUIET[symbology] * places.symbol.dots
    assert bits[:, :quiet].all()
    assert bits[:, -quiet:].all()
    row = ~bits[bits.shape[0] // 2]
    edges = np.flatnonzero(np.diff(row.astype(int))) + 1
    assert not np.any(np.diff(edges) % places.symbol.dots)
    if symbology is not Symbology.code128:
        assert bits[:quiet].all()
        assert bits[-quiet:].all()


@pytest.mark.parametrize("symbology", Symbology)
def test_a_flipped_column_of_modules_is_refused(symbology: Symbology) -> None:
    places = plan(face_of(item(symbology=symbology)), named("57x32"))
    image, placed = draw(places), places.symbol
    x = placed.x + (QUIET[symbology] + 5) * placed.dots
    height = placed.bits().shape[0]
    quiet = 0 if placed.bars_height else QUIET[symbology] * placed.dots
    column = (x, placed.y + quiet, x + placed.dots, placed.y + height - quiet)
    flipped = Image.fromarray(~np.asarray(image.crop(column)))
    image.paste(flipped, column[:2])
    with pytest.raises(LabelUnreadable):
        prove(image, placed)


def test_a_square_that_a_decoder_would_mend_is_refused_all_the_same() -> None:
    places = plan(face_of(item(symbology=Symbology.datamatrix)), named("57x32"))
    image, placed = draw(places), places.symbol
    at = (placed.x + (4 + 6) * placed.dots, placed.y + (4 + 6) * placed.dots)
    one = image.crop((*at, at[0] + placed.dots, at[1] + placed.dots))
    image.paste(Image.fromarray(~np.asarray(one)), at)
    assert [text for text, _ in read(image)] == [placed.symbol.text.encode()]
    with pytest.raises(LabelUnreadable, match="drawn whole"):
        prove(image, placed)


@pytest.mark.parametrize("symbology", Symbology)
def test_a_symbol_scaled_by_one_and_a_half_is_refused(symbology: Symbology) -> None:
    places = plan(face_of(item(symbology=symbology)), named("57x32"))
    image, placed = draw(places), places.symbol
    box = Image.fromarray(np.ascontiguousarray(placed.bits()))
    image.paste(box.resize((box.width * 3 // 2, box.height * 3 // 2)), (placed.x, placed.y))
    with pytest.raises(LabelUnreadable):
        prove(image, placed)


def test_a_word_printed_into_the_quiet_zone_is_refused() -> None:
    places = plan(face_of(lot()), named("57x32"))
    image, placed = draw(places), places.symbol
    image.putpixel((placed.x + 1, placed.y + 9), 0)
    with pytest.raises(LabelUnreadable):
        prove(image, placed)


def test_a_symbol_that_says_something_else_is_refused() -> None:
    places = plan(face_of(item()), named("57x32"))
    other = replace(places.symbol, symbol=house_symbol("item", 43))
    with pytest.raises(LabelUnreadable):
        prove(draw(places), other)


def test_a_symbol_half_off_the_paper_is_refused() -> None:
    places = plan(face_of(item()), named("57x32"))
    with pytest.raises(LabelUnreadable):
        prove(draw(places).crop((0, 0, 200, 200)), places.symbol)


def test_bars_that_are_too_wide_are_refused_with_a_size_that_would_do() -> None:
    with pytest.raises(LabelTooSmall, match="does not fit on 40x30 paper; 50x25 would do"):
        render(item(symbology=Symbology.code128), named("40x30"))


def test_where_bars_are_too_wide_and_nobody_asked_for_them_a_square_is_drawn() -> None:
    assert plan(face_of(item()), named("57x32")).symbol.symbology is Symbology.code128
    assert plan(face_of(item()), named("40x30")).symbol.symbology is Symbology.datamatrix


def test_words_beyond_every_paper_are_refused() -> None:
    with pytest.raises(LabelTooSmall, match="nor on any other; shorten its words"):
        render(item(name="gloves " * 1_200), named("57x32"))


def test_a_long_name_is_printed_to_its_last_letter() -> None:
    name = "Influenza vaccine " * 9
    pictures = {render(item(name + last), named("57x32")).image.tobytes() for last in ("M", "L", "")}
    assert len(pictures) == 3


def test_a_short_name_is_larger_than_a_long_one_and_none_is_below_the_floor() -> None:
    sizes = []
    for name in ("Swab", "Influenza vaccine " * 9):
        places = plan(face_of(item(name)), named("57x32"))
        sizes.append(max(run.size for run in places.runs if run.text.split()[0] in name))
    assert sizes[0] == 34
    assert sizes[0] > sizes[1] >= 14


def test_the_label_of_a_lot_says_name_lot_expiry_quantity_and_its_identifiers() -> None:
    texts = " ".join(render(lot(expiry="2027-MAR (last day)"), named("57x32")).texts)
    for said in ("Nitrile gloves M", "LOT A1-2345", "EXP 2027-MAR (last day)", "12 boxes", "GLOVE-M"):
        assert said in texts
    assert f"(01){GTIN}(17)270314(10)A1-2345" in texts


def test_the_label_of_a_place_says_its_name_code_and_what_it_is_in() -> None:
    texts = render(location(), named("57x32")).texts
    assert {"CAB-3-2", "Exam room 2"} <= set(texts)


def test_the_label_of_a_container_says_everything_in_full_words() -> None:
    texts = " ".join(render(container(shipped="2026-NOV-23"), named("80 roll")).texts)
    for said in (
        *("BIOHAZARD", "Regulated medical waste", "Sharps", "C-000123", "Opened 2026-NOV-01", "Sealed 2026-NOV-20"),
        *("Shipped 2026-NOV-23", "Gross weight 4.2 kg", "UN3291, Regulated medical waste, n.o.s., 6.2, PG II"),
        *("Generator: Family practice, 12 Main Street", "+1 555 0100"),
    ):
        assert said in texts


def test_the_letters_of_biohazard_are_a_quarter_inch_where_there_is_room() -> None:
    places = plan(face_of(container()), named("80 roll", dots_per_inch=300))
    word = next(run for run in places.runs if run.text == "BIOHAZARD")
    alone = draw(replace(places, runs=(word,), trefoil=None, symbol=off_paper(places.symbol)))
    left, top, right, bottom = Image.eval(alone.convert("L"), lambda value: 255 - value).getbbox()
    assert right > left
    assert (bottom - top) / 300 >= 0.25


def test_a_label_is_a_black_and_white_picture_of_its_true_size() -> None:
    rendered = render(lot(), named("62x29", dots_per_inch=300))
    picture = Image.open(io.BytesIO(png(rendered)))
    assert picture.mode == rendered.image.mode == "1"
    assert [round(dpi) for dpi in picture.info["dpi"]] == [300, 300]
    assert [round(dots / 300 * 25.4) for dots in picture.size] == [62, 29]


def test_the_same_label_is_the_same_picture_every_time() -> None:
    assert render(lot(), named("57x32")).image.tobytes() == render(lot(), named("57x32")).image.tobytes()


def test_a_roll_is_as_long_as_what_stands_on_it() -> None:
    short, long = (render(item(name), named("58 roll")).height_dots for name in ("Swab", "Influenza vaccine " * 9))
    assert short < long
    usual, most = (millimetres * 8 for millimetres in layouts.LENGTHS_MM)
    assert long < usual
    assert usual < render(item("gloves " * 250), named("58 roll")).height_dots < most


@pytest.mark.parametrize("symbology", Symbology)
def test_a_text_that_no_barcode_can_hold_is_refused(symbology: Symbology) -> None:
    with pytest.raises(Invalid, match="No barcode can hold"):
        render(replace(item(), barcode=Symbol("x" * 4_000, "a long text", symbology=symbology)), named("57x32"))
