"""Papers: complete, printable in both languages, the same bytes for the same data."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from pathlib import Path

import pytest

from channels.papers import (
    MissingGlyphs,
    PaperError,
    PaperIncomplete,
    StatementData,
    StatementLine,
    issue,
    render,
    stamped,
)
from channels.papers.glyphs import FONTS, legible, printable
from channels.papers.render import LAYOUTS, Language
from tests.pdf_words import words_of

from . import samples


def statement(language: Language = "zh") -> StatementData:
    return samples.statement(language)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_statement_fits_one_page_in_either_language(language: Language) -> None:
    paper = issue(statement(language), language=language)
    assert paper.pdf.startswith(b"%PDF-1.7")
    assert paper.pages == 1
    assert paper.sha256 == hashlib.sha256(paper.pdf).hexdigest()


def test_the_same_data_gives_the_same_bytes() -> None:
    assert issue(statement(), language="zh").pdf == issue(statement(), language="zh").pdf


@pytest.mark.parametrize(("language", "mark"), [("zh", "补打第3次"), ("en", "Reprint3")])
def test_a_stored_paper_is_marked_page_by_page_and_stays_what_it_was(
    language: Language, mark: str, tmp_path: Path
) -> None:
    line = StatementLine(on="2026-09-20", text="定金", charged_fen=1, balance_fen=1)
    stored = issue(replace(statement(), lines=(line,) * 90), language=language)
    assert stored.pages > 1
    copy = stamped(stored.pdf, reprint=3, language=language)
    words = words_of(copy, tmp_path)
    assert words.count(mark) == stored.pages
    assert "".join(words.replace(mark, "").split()) == "".join(words_of(stored.pdf, tmp_path).split())
    assert copy == stamped(stored.pdf, reprint=3, language=language)


def test_what_is_no_paper_of_ours_is_not_marked() -> None:
    with pytest.raises(PaperError):
        stamped(b"%PDF-1.7 no pages", reprint=1, language="zh")


def test_what_people_write_is_printed_with_a_sign_for_what_the_fonts_lack() -> None:
    line = StatementLine(on="2026-09-20", text="fine 👍")
    assert legible((line, "嗯")) == (StatementLine(on="2026-09-20", text="fine 〓"), "嗯")


def test_other_data_gives_another_hash() -> None:
    other = replace(statement(), number="SJ-2026-0000313")
    assert issue(statement(), language="zh").sha256 != issue(other, language="zh").sha256


def test_the_date_of_the_file_is_that_of_the_paper() -> None:
    assert b"/CreationDate(D:20261001000000Z)" in issue(statement(), language="zh").pdf


def test_only_our_own_fonts_are_in_the_paper() -> None:
    fonts = set(re.findall(rb"/FontName/[A-Z]{6}\+([\w-]+)", issue(statement(), language="zh").pdf))
    assert {font.split(b"-")[0] for font in fonts} == {b"NotoSansSC"}
    assert sorted(file.name for file in FONTS.iterdir()) == [
        "NotoSansSC_400Regular.ttf",
        "NotoSansSC_700Bold.ttf",
        "OFL.txt",
    ]


def test_rare_characters_of_names_are_printed() -> None:
    assert issue(replace(statement(), customer="喆堃翀燚㐂"), language="zh").pages == 1


def test_a_character_that_the_fonts_lack_stops_the_paper() -> None:
    with pytest.raises(MissingGlyphs) as caught:
        issue(replace(statement(), customer="王\U00020bb7"), language="zh")
    assert caught.value.field == "customer"
    assert caught.value.characters == {"customer": "\U00020bb7"}
    assert caught.value.params == {"code_points": "U+20BB7"}


def test_the_path_of_a_missing_character_goes_down_into_lists() -> None:
    lines = (replace(statement().lines[0], note="\U0001f600"),)
    with pytest.raises(MissingGlyphs) as caught:
        issue(replace(statement(), lines=lines), language="zh")
    assert caught.value.field == "lines.0.note"


def test_every_text_of_the_layouts_can_be_printed() -> None:
    known = printable()
    for layout in LAYOUTS.glob("*.typ"):
        lacking = {sign for sign in layout.read_text("utf-8") if ord(sign) not in known and sign != "\n"}
        assert lacking == set(), layout.name


def test_a_paper_with_an_empty_required_text_is_refused() -> None:
    with pytest.raises(PaperIncomplete) as caught:
        issue(replace(statement(), letterhead=replace(statement().letterhead, company="")), language="zh")
    assert caught.value.field == "letterhead.company"


def test_optional_texts_may_be_empty() -> None:
    bare = replace(
        statement(), home="", sale_no="", lines=(), letterhead=replace(statement().letterhead, phone="")
    )
    assert issue(bare, language="zh").pages == 1


@pytest.mark.parametrize(
    "text", ['#panic("no")', "*a* _b_ $x$", "`raw` <label> @ref", "\\ ] } ) \" '", "// gone", "a\nb"]
)
def test_a_text_is_never_read_as_markup(text: str) -> None:
    assert issue(replace(statement(), customer=text), language="en").pages == 1


def test_an_unknown_layout_is_refused() -> None:
    for template in ("letter", "../secret", "style.typ"):
        with pytest.raises(PaperError) as caught:
            render(template, {"number": "1"}, language="zh")
        assert caught.value.code == "paper.unknown_template"


def test_data_that_does_not_fit_a_layout_is_refused() -> None:
    with pytest.raises(PaperError) as caught:
        render("statement", {"number": "1"}, language="zh")
    assert caught.value.code == "paper.layout_failed"
