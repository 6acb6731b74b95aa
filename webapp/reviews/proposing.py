"""Proposing a change from the form of a marked record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from kernel.actor import Actor
from ledger.reviews.operations import propose_change
from webapp.acting import clock


def proposed(
    session: Session,
    actor: Actor,
    kind: str,
    record_id: str,
    values: Mapping[str, Any],
    reason: str | None,
    *,
    confirmed: bool = False,
) -> str:
    """Propose a change; returns the address of its page."""
    change = propose_change(
        session,
        actor,
        clock(),
        kind=kind,
        record_id=record_id,
        values=values,
        reason=reason,
        confirmed=confirmed,
    )
    return url_for("reviews.show", change_id=change.id)


def is_change(address: str) -> bool:
    """Whether what a form led to is the page of a proposed change."""
    return address.startswith(url_for("reviews.index"))
