"""What this machine has for the tests, and what is left out without it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

POSTGRES = os.environ.get("KEYTURN_TEST_DATABASE_URL", "")
CHROMIUM = os.environ.get("KEYTURN_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
SHARED = Path(os.environ.get("KEYTURN_SHARED", Path(__file__).parents[2] / "shared"))


def left_out() -> list[str]:
    """A line for each part of the suite that this run leaves out, and what would bring it in."""
    lines = []
    if not POSTGRES:
        lines.append("Left out: PostgreSQL; set KEYTURN_TEST_DATABASE_URL=postgresql://… to run all tests on it.")
    if not CHROMIUM:
        lines.append("Left out: the browser tests; install Chromium (Debian: chromium and fonts-noto-cjk).")
    return lines
