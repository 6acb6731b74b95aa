"""What the engine answers about history: what happened, what must stay, what goes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class HistoryEvent:
    """One thing that happened in an instance: a code with parameters, worded by the page."""

    seq: int
    at: datetime
    code: str
    element_id: str | None
    element_name: str | None
    task_id: str | None
    actor_id: str
    on_behalf_of: str | None
    params: dict[str, Any]


@dataclass(frozen=True)
class HistoryProgress:
    """The clean-up of history: cases erased so far, waiting for it and held; when it runs next."""

    erased: int
    to_go: int
    held: int
    next_at: datetime | None


@dataclass(frozen=True)
class LegalHold:
    """What must stay: one instance, or all with a business key."""

    id: str
    instance_id: str | None
    business_key: str | None
    reason: str
    placed_at: datetime
    placed_by: str
    lifted_at: datetime | None
    lifted_by: str | None
