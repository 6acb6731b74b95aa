"""The pages that come with the product, and the examples and commands in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`([^`\n]+)`")


def pages() -> list[Path]:
    """Every page of the repository that a reader may meet."""
    found = [ROOT / "README.md", *ROOT.glob("docs/*.md"), *ROOT.glob("*/README.md"), *ROOT.glob("*/*/README.md")]
    return sorted(page for page in found if page.is_file())


def text_of(name: str) -> str:
    """A page by its path."""
    return (ROOT / name).read_text(encoding="utf-8")


def fenced(text: str, language: str) -> list[tuple[int, str]]:
    """The examples in a language, each with the line it begins on."""
    return [(text.count("\n", 0, f.start()) + 2, f[2]) for f in _FENCE.finditer(text) if f[1] == language]


def commands(text: str) -> Iterator[str]:
    """Lines of plain examples, and what stands between single ticks."""
    for example in _FENCE.finditer(text):
        if example[1] in ("", "sh", "bash"):
            yield from (line.partition("#")[0].strip() for line in example[2].splitlines())
    yield from (match[1].strip() for match in _INLINE.finditer(_FENCE.sub("", text)))
