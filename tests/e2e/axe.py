"""WCAG 2.2 AA as far as a machine can check it: axe-core over a page, with what it found in readable lines."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

SCRIPT = Path(__file__).parent / "vendor/axe-core/axe.min.js"
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
