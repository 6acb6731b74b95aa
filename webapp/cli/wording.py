"""Sentences for the terminal, in the language of ``LANG`` (Chinese or English)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from flask_babel import force_locale

from engine.findings import ChangeRefused
from kernel.clock import DEFAULT_ZONE, SystemClock
from kernel.errors import AnswersInvalid, KeyturnError
from ledger.inventory.price_list import PriceListError, error_text
from webapp import language
from webapp.settings import Settings
from webapp.wording import word


def terminal_language() -> str:
    """``zh`` when the terminal speaks Chinese, else ``en``."""
    return "zh" if os.environ.get("LANG", "").lower().startswith("zh") else "en"


@contextmanager
def speaking(code: str | None = None) -> Iterator[None]:
    """Word codes within the block, in a language or the terminal's."""
    app = Flask("webapp")
    language.install(app, DEFAULT_ZONE)
    # A refusal may name an instant, which is shown in a zone and beside the present.
    app.extensions |= {"keyturn.settings": Settings(), "keyturn.clock": SystemClock()}
    with app.test_request_context(), force_locale(code or terminal_language()):
        yield


def in_words(problem: KeyturnError) -> str:
    """A refusal as a sentence; a price list that cannot be read has words of its own."""
    if isinstance(problem, PriceListError):
        return error_text(problem, "zh" if terminal_language() == "zh" else "en")
    with speaking():
        if isinstance(problem, AnswersInvalid):
            parts = [f"{name}: {word(c, p)}" for name, told in problem.errors.items() for c, p in told]
            return "\n".join([word(problem.code), *parts])
        if isinstance(problem, ChangeRefused):
            parts = [f"[{f.element_id or '-'}] {word(f.code, f.params)}" for f in problem.findings]
            return "\n".join([word(problem.code, problem.params), *parts])
        return word(problem.code, problem.params, field=problem.field)
