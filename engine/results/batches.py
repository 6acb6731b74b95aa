"""What the engine answers about acts on many cases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.findings import Finding


@dataclass(frozen=True)
class Batch:
    """An act on many cases. ``state`` is running, stopped or ended; ``undoes`` names the batch it takes back.

    Of ``total`` items ``succeeded`` and ``failed`` are over, ``waiting`` are to come.
    """

    id: str
    kind: str
    state: str
    params: dict[str, Any]
    reason: str
    scope: str
    total: int
    succeeded: int
    failed: int
    undoes: str | None
    started_by: str
    created_at: datetime
    ended_at: datetime | None

    @property
    def waiting(self) -> int:
        """How many items are to come."""
        return self.total - self.succeeded - self.failed


@dataclass(frozen=True)
class BatchItem:
    """One case or incident of a batch. ``state`` is waiting, done or failed.

    ``code`` with ``params`` says why it failed, ``findings`` which elements of the diagram stood against it.
    """

    position: int
    subject_id: str
    state: str
    result: dict[str, Any]
    code: str | None
    params: dict[str, Any]
    findings: tuple[Finding, ...]
    at: datetime | None
