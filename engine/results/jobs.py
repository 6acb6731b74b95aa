"""What the engine answers about jobs, and which of them are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Job:
    """Something that is due at an instant without a person: a timer, a delivery or an external step.

    ``state`` is waiting, failed, done or cancelled; ``attempts`` of ``max_attempts`` have been made.
    ``last_error`` is a code. Until ``locked_until`` a worker holds it.
    """

    id: str
    kind: str
    name: str
    instance_id: str | None
    definition_key: str | None
    business_key: str | None
    facts: dict[str, Any] | None
    path: str | None
    element_id: str | None
    due_at: datetime
    state: str
    suspended: bool
    attempts: int
    max_attempts: int
    last_error: str | None
    created_at: datetime
    locked_until: datetime | None


@dataclass(frozen=True)
class JobFilter:
    """Which jobs; what is left out does not narrow. ``due_from`` is included, ``due_before`` is not.

    ``kinds`` are timer, message_out, external and what else is registered; ``states`` waiting, failed, done and
    cancelled.
    """

    states: tuple[str, ...] = ("waiting", "failed")
    kinds: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    instance_id: str | None = None
    definition_keys: tuple[str, ...] = ()
    element_ids: tuple[str, ...] = ()
    business_key: str | None = None
    path: str | None = None
    due_from: datetime | None = None
    due_before: datetime | None = None
    suspended: bool | None = None
