"""What the engine answers about the acts of operators, and which of them are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Operation:
    """What somebody did as an operator; ``notes`` were added to it later."""

    id: str
    at: datetime
    action: str
    subject: str
    subject_id: str
    actor_id: str
    on_behalf_of: str | None
    scope: str
    reason: str | None
    before: dict[str, Any]
    after: dict[str, Any]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class OperationFilter:
    """Which acts; ``actor_id`` is who did it or for whom it was done. ``since`` is included, ``until`` is not."""

    actor_id: str | None = None
    action: str | None = None
    subject: str | None = None
    subject_id: str | None = None
    path: str | None = None
    since: datetime | None = None
    until: datetime | None = None
