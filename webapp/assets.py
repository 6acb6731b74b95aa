"""The built front end: addresses that change with the content, and icons from the sprite."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, url_for
from markupsafe import Markup, escape

DIST = Path(__file__).parent / "static" / "dist"
ONE_YEAR = 31_536_000


@cache
def fingerprint(name: str) -> str:
    """The beginning of a built file's SHA-256; raises FileNotFoundError for a file that was not built."""
    return hashlib.sha256((DIST / name).read_bytes()).hexdigest()[:12]


def asset(name: str) -> str:
    """The address of a built file, for ever cacheable because it carries the content's fingerprint."""
    return url_for("static", filename=f"dist/{name}", v=fingerprint(name))


def icon(name: str, *, small: bool = False, label: str | None = None) -> Markup:
    """An icon of the sprite; with ``label`` it speaks for itself, without it it is decoration."""
    size = " kt-icon-sm" if small else ""
    meaning = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    opening = Markup('<svg class="kt-icon{}" ').format(size) + Markup(meaning)  # noqa: S704 - escaped above.
    return opening + Markup('><use href="{}#{}"/></svg>').format(asset("icons.svg"), name)


def install(app: Flask) -> None:
    """Give the templates `asset` and `icon`."""
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = ONE_YEAR
    app.add_template_global(asset)
    app.add_template_global(icon)
