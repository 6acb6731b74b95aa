"""What the engine answers about what cases wait for, and until when."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Waiting:
    """What an instance waits for: kind user, timer, message, signal or external."""

    kind: str
    element_id: str
    element_name: str
    task_id: str | None = None
    due_at: datetime | None = None
    name: str | None = None
    correlation: dict[str, Any] = field(default_factory=dict)
    job_id: str | None = None


@dataclass(frozen=True)
class DueReason:
    """Why something is due at ``due_at``: it began at ``begin``, from where ``rule`` was counted ``times`` times.

    ``rule`` is a text such as ``8 working hours``, ``P2WD``, ``P1D`` or an instant; None when a person has set the
    time. ``warn_rule`` is how long before it a warning comes. Time counts as at the node ``scope``. ``may_change``
    says whether the actor may set another time.
    """

    instance_id: str
    element_id: str
    element_name: str
    scope: str
    begin: datetime
    due_at: datetime | None
    rule: str | None
    times: int = 1
    warn_rule: str | None = None
    warn_at: datetime | None = None
    task_id: str | None = None
    may_change: bool = False
