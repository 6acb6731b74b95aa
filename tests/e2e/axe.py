"""WCAG 2.2 AA as far as a machine can check it: axe-core over a page, with what it found in readable lines."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, ViewportSize

SCRIPT = Path(__file__).parent / "vendor/axe-core/axe.min.js"
SIZES: tuple[ViewportSize, ...] = ({"width": 1280, "height": 900}, {"width": 375, "height": 812})
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_RUN = (
    "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})"
    ".then(found => found.violations)"
)


@cache
def _script() -> str:
    return SCRIPT.read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    """What the page does wrong: rule, element and reason, one line each."""
    # Evaluated by the debugger, so that the page's own content policy stays as strict as it is.
    page.evaluate(f"if (!window.axe) {{ {_script()} }}")
    found: list[dict[str, Any]] = page.evaluate(_RUN, RULES)
    return [f"{rule['id']}: {node['target']} {node['failureSummary']}" for rule in found for node in rule["nodes"]]


def is_sound(page: Page) -> None:
    """Nothing sticks out, and nobody is shut out."""
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    found = [*(["wider than the window"] if wide else []), *violations(page)]
    assert not found, f"{page.url}: {found}"


def is_sound_everywhere(page: Page) -> None:
    """The same at a desk and on a phone; the window is as it was afterwards."""
    before = page.viewport_size
    for size in SIZES:
        page.set_viewport_size(size)
        is_sound(page)
    if before:
        page.set_viewport_size(before)
