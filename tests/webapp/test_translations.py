"""Every shipped text has its Chinese, with the same placeholders."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from webapp import language, translation_check, translation_update
from webapp.translation_update import desk_of


def test_no_shipped_text_lacks_its_translation() -> None:
    assert translation_check.problems("zh") == []


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Catalogues of the test's own, for two texts that are used in two desks."""
    for module in (translation_check, translation_update):
        monkeypatch.setattr(module, "CATALOGUES", tmp_path)
    used = {"Hello %(name)s": ["webapp/sales/views.py"], ("%(num)d home", "%(num)d homes"): ["webapp/page.py"]}
    for module in (translation_check, translation_update):
        monkeypatch.setattr(module, "used_messages", lambda: used)
    return tmp_path


def test_an_update_puts_each_text_into_the_file_of_its_desk(elsewhere: Path) -> None:
    assert translation_update.update("zh", set()) == {"sales": 1, "shell": 1}
    assert 'msgid "Hello %(name)s"' in (elsewhere / "zh/sales.po").read_text()
    assert "msgstr[1]" not in (elsewhere / "zh/shell.po").read_text()


def test_an_update_keeps_translations_and_drops_what_is_no_longer_used(elsewhere: Path) -> None:
    catalogue = Catalog(locale="zh")
    catalogue.add("Hello %(name)s", "你好，%(name)s")
    catalogue.add("Gone", "已删除")
    translation_update.write(elsewhere / "zh/sales.po", catalogue)
    assert translation_update.update("zh", {"sales"}) == {"sales": 0}
    text = (elsewhere / "zh/sales.po").read_text()
    assert "你好，%(name)s" in text
    assert "已删除" not in text


@pytest.mark.parametrize(
    ("translation", "flags", "complaint"),
    [
        ("", [], "is not translated"),
        ("你好", [], "placeholders"),
        ("你好，%(nom)s", [], "placeholders"),
        ("你好，%(name)s", ["fuzzy"], "fuzzy"),
    ],
)
def test_the_check_names_what_is_wrong(
    elsewhere: Path, translation: str, flags: list[str], complaint: str
) -> None:
    catalogue = Catalog(locale="zh")
    catalogue.add("Hello %(name)s", translation, flags=flags)
    catalogue.add(("%(num)d home", "%(num)d homes"), ("%(num)d 套",))
    translation_update.write(elsewhere / "zh/sales.po", catalogue)
    (problem,) = translation_check.problems("zh")
    assert complaint in problem


def test_a_text_without_an_entry_is_missed(elsewhere: Path) -> None:
    assert len(translation_check.problems("zh")) == 2


@pytest.mark.parametrize(
    ("file", "desk"),
    [
        ("webapp/sales/views.py", "sales"),
        ("webapp/templates/sales/board.html", "sales"),
        ("webapp/templates/macros/fields.html", "shell"),
        ("webapp/templates/errors/page.html", "shell"),
        ("webapp/templates/layout.html", "shell"),
        ("webapp/errors.py", "shell"),
        ("webapp/wording/units.py", "units"),
        ("webapp/wording/__init__.py", "shell"),
    ],
)
def test_a_file_belongs_to_one_desk(file: str, desk: str) -> None:
    assert desk_of(file) == desk


def test_the_catalogue_is_read_once_and_knows_plurals() -> None:
    catalogue = language.read_catalogue("zh")
    assert catalogue is language.read_catalogue("zh")
    assert catalogue.ungettext("%(num)d day late", "%(num)d days late", 3) == "逾期 %(num)d 天"
