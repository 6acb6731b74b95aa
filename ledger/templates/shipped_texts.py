"""The texts as delivered: a file for each kind and language, used wherever no node has a text of its own."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from ledger.templates.catalogue import KINDS
from ledger.templates.kinds import LANGUAGES


@cache
def shipped_texts() -> dict[tuple[str, str], str]:
    """The delivered texts by kind and language."""
    folder = files("ledger.templates") / "shipped"
    return {
        (kind, language): folder.joinpath(f"{kind}.{language}.txt").read_text("utf-8").strip() + "\n"
        for kind in KINDS
        for language in LANGUAGES
    }
