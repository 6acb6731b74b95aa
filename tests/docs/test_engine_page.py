"""The tests that the engine's page names exist, and every trap has a line."""

from __future__ import annotations

import re

from tests.docs.pages import ROOT, text_of
from tests.engine.spiff.test_every_trap_is_met import HOST_LIST, SILENTLY_LEFT_OUT

_NAME = re.compile(r"`(test_\w+)`")
_TRAP = re.compile(r"^\| (\d+)\. ", re.MULTILINE)


def test_every_test_that_the_page_names_exists() -> None:
    named = set(_NAME.findall(text_of("docs/engine.md")))
    written = {
        name
        for file in (ROOT / "tests" / "engine").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", file.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert len(named) > 20
    assert named - written == set()


def test_every_trap_has_its_line() -> None:
    assert [int(number) for number in _TRAP.findall(text_of("docs/engine.md"))] == list(range(1, 15))


def test_every_point_that_the_library_lacks_has_its_test_on_the_page() -> None:
    held = {test.partition(":")[2] for test in (SILENTLY_LEFT_OUT | HOST_LIST).values()}
    assert held - set(_NAME.findall(text_of("docs/engine.md"))) == set()
