"""Every code that a room below the web may hand up has a sentence, in English and in Chinese.

Codes are collected from the source: the first text given to a refusal or finding, and ``code = "…"`` of classes.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from ledger.inventory.price_list.wording import FILE_ERRORS, ROW_REASONS
from ledger.staff.permissions import Permission
from webapp.language import read_catalogue
from webapp.wording import is_worded, texts, word

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("engine", "ledger", "forms", "handlers", "channels", "kernel")
# Functions that make a finding or a refusal from a code.
MAKERS = {
    "Finding", "wrong", "doubtful", "about_process", "refuse", "rewritten", "rewritten_often", "ignored",
    "ignored_often", "refused", "_refused", "understood", "NotCertain",
}  # fmt: skip
# Worded beside the reader of price lists, because imports on the command line need them without a web.
OWN_WORDS = {"PriceListError": FILE_ERRORS, "RowRefused": ROW_REASONS}
# Never shown: each is the code of a class whose every instance is given a more special one.
INTERNAL = {"business_error"}


@cache
def trees() -> dict[Path, ast.Module]:
    """The parsed modules of the rooms."""
    files = [file for room in ROOMS for file in (ROOT / room).rglob("*.py")]
    return {file: ast.parse(file.read_text(encoding="utf-8")) for file in files}


@cache
def classes() -> dict[str, list[ast.ClassDef]]:
    """Every class of the rooms by name."""
    found: dict[str, list[ast.ClassDef]] = {}
    for tree in trees().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                found.setdefault(node.name, []).append(node)
    return found


def ancestry(name: str) -> Iterator[ast.ClassDef]:
    """A class and those it derives from, as far as the rooms define them."""
    for node in classes().get(name, ()):
        yield node
        for parent in node.bases:
            known = parent.id if isinstance(parent, ast.Name) else getattr(parent, "attr", "")
            if known != name:
                yield from ancestry(known)


@cache
def takes_code(name: str) -> bool:
    """Whether a class is an exception that is made from a code (or, for price lists, a reason)."""
    makers = [part for node in ancestry(name) for part in node.body if isinstance(part, ast.FunctionDef)]
    firsts = [m.args.args[1].arg for m in makers if m.name == "__init__" and len(m.args.args) > 1]
    return bool(firsts) and firsts[0] in ("code", "reason")


def texts_of(value: ast.expr) -> Iterator[str]:
    """A text, or both texts of a choice between two."""
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value
    if isinstance(value, ast.IfExp):
        yield from texts_of(value.body)
        yield from texts_of(value.orelse)


def codes() -> Iterator[tuple[str, str, str]]:
    """Maker, code and place of every code in the source."""
    for file, tree in trees().items():
        for node in ast.walk(tree):
            for maker, value in _given(node):
                for code in texts_of(value):
                    yield maker, code, f"{file.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"


def _given(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(node, ast.Call) and node.args:
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name in MAKERS or takes_code(name):
            yield name, node.args[0]
    if isinstance(node, ast.ClassDef):
        for part in node.body:
            if isinstance(part, ast.Assign) and getattr(part.targets[0], "id", "") == "code":
                yield node.name, part.value


def test_every_code_of_the_rooms_is_worded() -> None:
    found = list(codes())
    assert len(found) > 400
    lacking = [
        f"{code} ({place})"
        for maker, code, place in found
        if not (code in OWN_WORDS.get(maker, ()) or is_worded(code) or code in INTERNAL)
    ]
    assert lacking == []


def test_every_right_is_worded_where_it_is_missing() -> None:
    assert [right for right in Permission if not is_worded(f"permission.{right}")] == []
    assert word("permission_missing", {"permission": "sales:run_queue"}) == (
        "Your role does not include this: opening, drawing and closing queues."
    )


def test_nothing_is_called_internal_that_does_not_exist() -> None:
    assert {code for _, code, _ in codes()} >= INTERNAL
    assert not any(is_worded(code) for code in INTERNAL)


def test_every_sentence_has_its_chinese() -> None:
    chinese = read_catalogue("zh")
    assert [code for code, text in texts().items() if chinese.gettext(text) == text and text.isascii()] == []


def test_every_sentence_can_be_filled_in() -> None:
    chinese = read_catalogue("zh")
    given = defaultdict(lambda: 1, code="x")
    for code, text in texts().items():
        for sentence in (text, chinese.gettext(text)):
            filled = sentence % given
            assert "%(" not in filled, code
            assert "%%" not in filled, code


@pytest.mark.parametrize(
    "source", ['raise Invalid("no_such_code_here")', 'class Odd(Invalid):\n    code = "odd_one"']
)
def test_a_code_without_a_sentence_would_be_found(source: str) -> None:
    found = [code for node in ast.walk(ast.parse(source)) for _, value in _given(node) for code in texts_of(value)]
    assert found
    assert not any(is_worded(code) for code in found)
