"""Correlation values as one canonical text, so that a message finds its receivers by an index."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from kernel.database import is_sqlite

_LONGEST = 400
OF_STARTS = ""  # What start events are found under: they take a message whatever its correlation.


def canonical(correlation: Mapping[str, Any]) -> str:
    """Equal for equal names and values, whatever their order; long ones are shortened by their digest."""
    written = json.dumps(dict(correlation), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    if len(written) <= _LONGEST:
        return written
    return "sha256:" + hashlib.sha256(written.encode()).hexdigest()


def hold_name(session: Session, name: str, correlation: str) -> None:
    """Until the commit nobody else keeps a message or begins to wait under this name and correlation.

    Otherwise one transaction could keep a message while another, unseen, begins to wait for it. SQLite has one
    writer at a time anyway.
    """
    if is_sqlite(session):
        return
    digest = hashlib.sha256(f"{name}\0{correlation}".encode()).digest()
    number = int.from_bytes(digest[:8], "big", signed=True)
    session.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})
