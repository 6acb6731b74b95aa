"""What this machine has for the tests, and what is left out without it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

POSTGRES = os.environ.get("KEYTURN_TEST_DATABASE_URL", "")
BROKERS = {
    "redis": os.environ.get("KEYTURN_TEST_REDIS_URL", ""),
    "rabbitmq": os.environ.get("KEYTURN_TEST_AMQP_URL", ""),
}
# The shell draws the same pages without a window of its own, which takes more of a processor than they do.
_BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser")
CHROMIUM = os.environ.get("KEYTURN_CHROMIUM") or next(filter(None, map(shutil.which, _BROWSERS)), None)
PDFTOTEXT = shutil.which("pdftotext")
SHARED = Path(os.environ.get("KEYTURN_SHARED", Path(__file__).parents[2] / "shared"))


def left_out() -> list[str]:
    """A line for each part of the suite that this run leaves out, and what would bring it in."""
    lines = []
    if not POSTGRES:
        lines.append("Left out: PostgreSQL; set KEYTURN_TEST_DATABASE_URL=postgresql://… to run all tests on it.")
    missing = [
        f"{name} ({setting})"
        for name, setting in (("redis", "KEYTURN_TEST_REDIS_URL"), ("rabbitmq", "KEYTURN_TEST_AMQP_URL"))
        if not BROKERS[name]
    ]
    if missing or not POSTGRES:
        wanted = ", ".join([*missing, *([] if POSTGRES else ["PostgreSQL (KEYTURN_TEST_DATABASE_URL)"])])
        lines.append(f"Left out: several web and worker processes; set the address of {wanted}.")
    if not PDFTOTEXT:
        lines.append("Left out: reading the words of PDF papers; install pdftotext (Debian: poppler-utils).")
    if not CHROMIUM:
        lines.append("Left out: the browser tests; install Chromium (Debian: chromium and fonts-noto-cjk).")
    return lines
