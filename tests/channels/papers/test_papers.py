"""Papers: complete, printable in both languages, the same bytes for the same data."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace

import pytest

from channels.papers import (
    MissingGlyphs,
    PaperData,
    PaperError,
    PaperIncomplete,
    RangePaperData,
    ReceiptItem,
    issue,
    render,
)
from channels.papers.glyphs import FONTS, legible, printable
from channels.papers.render import LAYOUTS, Language

from .samples import papers

KINDS = ("range_paper", "statement")


def sample(kind: str, language: Language = "zh") -> PaperData:
    return papers(language)[kind]


def receipt() -> RangePaperData:
    paper = sample("range_paper")
    assert isinstance(paper, RangePaperData)
    return paper


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_paper_fits_one_page_in_either_language(kind: str, language: Language) -> None:
    paper = issue(sample(kind, language), language=language)
    assert paper.pdf.startswith(b"%PDF-1.7")
    assert paper.pages == 1
    assert paper.sha256 == hashlib.sha256(paper.pdf).hexdigest()


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_data_gives_the_same_bytes(kind: str) -> None:
    assert issue(sample(kind), language="zh").pdf == issue(sample(kind), language="zh").pdf


def test_what_people_write_is_printed_with_a_sign_for_what_the_fonts_lack() -> None:
    item = ReceiptItem(name="fine 👍", amount_fen=1)
    assert legible((item, "嗯")) == (ReceiptItem(name="fine 〓", amount_fen=1), "嗯")


def test_other_data_gives_another_hash() -> None:
    other = replace(receipt(), number="SJ-2026-0000313")
    assert issue(receipt(), language="zh").sha256 != issue(other, language="zh").sha256


def test_the_date_of_the_file_is_that_of_the_paper() -> None:
    assert b"/CreationDate(D:20260920000000Z)" in issue(receipt(), language="zh").pdf


def test_only_our_own_fonts_are_in_the_paper() -> None:
    fonts = set(re.findall(rb"/FontName/[A-Z]{6}\+([\w-]+)", issue(receipt(), language="zh").pdf))
    assert {font.split(b"-")[0] for font in fonts} == {b"NotoSansSC"}
    assert sorted(file.name for file in FONTS.iterdir()) == [
        "NotoSansSC_400Regular.ttf",
        "NotoSansSC_700Bold.ttf",
        "OFL.txt",
    ]


def test_rare_characters_of_names_are_printed() -> None:
    assert issue(replace(receipt(), payer="喆堃翀燚㐂"), language="zh").pages == 1


def test_a_character_that_the_fonts_lack_stops_the_paper() -> None:
    with pytest.raises(MissingGlyphs) as caught:
        issue(replace(receipt(), payer="王\U00020bb7"), language="zh")
    assert caught.value.field == "payer"
    assert caught.value.characters == {"payer": "\U00020bb7"}
    assert caught.value.params == {"code_points": "U+20BB7"}


def test_the_path_of_a_missing_character_goes_down_into_lists() -> None:
    items = (replace(receipt().items[0], note="\U0001f600"),)
    with pytest.raises(MissingGlyphs) as caught:
        issue(replace(receipt(), items=items), language="zh")
    assert caught.value.field == "items.0.note"


def test_every_text_of_the_layouts_can_be_printed() -> None:
    known = printable()
    for layout in LAYOUTS.glob("*.typ"):
        lacking = {sign for sign in layout.read_text("utf-8") if ord(sign) not in known and sign != "\n"}
        assert lacking == set(), layout.name


def test_a_paper_with_an_empty_required_text_is_refused() -> None:
    with pytest.raises(PaperIncomplete) as caught:
        issue(replace(receipt(), letterhead=replace(receipt().letterhead, company="")), language="zh")
    assert caught.value.field == "letterhead.company"
    with pytest.raises(PaperIncomplete) as caught:
        issue(replace(receipt(), items=()), language="zh")
    assert caught.value.field == "items"


def test_optional_texts_may_be_empty() -> None:
    bare = replace(receipt(), method="", sale_no="", letterhead=replace(receipt().letterhead, phone=""))
    assert issue(bare, language="zh").pages == 1


@pytest.mark.parametrize(
    "text", ['#panic("no")', "*a* _b_ $x$", "`raw` <label> @ref", "\\ ] } ) \" '", "// gone", "a\nb"]
)
def test_a_text_is_never_read_as_markup(text: str) -> None:
    assert issue(replace(receipt(), payer=text), language="en").pages == 1


def test_an_unknown_layout_is_refused() -> None:
    for template in ("letter", "../secret", "style.typ"):
        with pytest.raises(PaperError) as caught:
            render(template, {"number": "1"}, language="zh")
        assert caught.value.code == "paper.unknown_template"


def test_data_that_does_not_fit_a_layout_is_refused() -> None:
    with pytest.raises(PaperError) as caught:
        render("range_paper", {"number": "1"}, language="zh")
    assert caught.value.code == "paper.layout_failed"


def test_a_receipt_prints_its_total_in_capitals() -> None:
    assert receipt().derived() == {"total_fen": 15_700_053, "capitals": "壹拾伍万柒仟元零伍角叁分"}
