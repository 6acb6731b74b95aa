"""The expression page names every function there is, and the API page addresses that are served."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from engine.feel import compile_expression
from engine.feel.builtins import BUILTINS
from tests.docs.pages import text_of
from webapp import api

FEEL = text_of("docs/feel.md")
API = text_of("docs/api.md")
# Rows of the page that list signs or parts of expressions, not whole ones.
PARTS = {"Texts", "Arithmetic", "Logic", "Types", "Comments"}


def section(title: str) -> str:
    """What stands under a heading of the expression page."""
    return FEEL[FEEL.index(f"\n## {title}") :].split("\n## ")[1]


def examples() -> list[str]:
    """Whole expressions of the first table."""
    rows = [row.strip("| ").split(" | ", 1) for row in section("What you can write").splitlines() if "`" in row]
    told = [
        text for row in rows if len(row) == 2 and row[0] not in PARTS for text in re.findall("`([^`]+)`", row[1])
    ]
    return [text for text in told if "…" not in text and re.search(r"\w", text)]


def test_every_function_is_on_the_page_and_every_one_on_the_page_exists() -> None:
    told = re.findall(r"`([a-z][a-z ]*(?:\([^`]*\))?)`", section("Functions"))
    assert {name.partition("(")[0] for name in told} == set(BUILTINS)


@pytest.mark.parametrize("text", examples())
def test_an_expression_of_the_page_can_be_read(text: str) -> None:
    compile_expression(text)


def test_every_address_of_the_api_page_is_served() -> None:
    app = Flask("page")
    api.install(app)
    served = {
        (method, re.sub(r"<[^>]+>", "{id}", rule.rule.removeprefix("/api/v1")))
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
    }
    told = set(re.findall(r"\b(GET|POST|PUT|PATCH|DELETE) +(/[a-z{}/-]+)", API))
    assert len(told) > 6
    assert told <= served
