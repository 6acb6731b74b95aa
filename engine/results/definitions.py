"""What the engine answers about deployed processes and decisions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Definition:
    """A deployed process (``kind`` process) or decision (``kind`` decision)."""

    key: str
    version: int
    kind: str
    id: str = ""
    name: str = ""
    labels: dict[str, str] = field(default_factory=dict)
    start_form: str | None = None
    start_permission: str | None = None
    deployed_at: datetime | None = None
    deployed_by: str = ""
    note: str = ""
    resource: str = ""


@dataclass(frozen=True)
class Turn:
    """A scheduled turn of a process: ``act`` is suspend or activate."""

    act: str
    at: datetime


@dataclass(frozen=True)
class DefinitionControl:
    """What operators decided about all versions of a process.

    While it is ``suspended`` nothing new is started; ``kept_starts`` are to be started once it is activated.
    Finished cases stay ``history_days``, for ever without.
    """

    key: str
    suspended: bool
    suspended_at: datetime | None
    suspended_by: str | None
    reason: str | None
    until: datetime | None
    history_days: int | None
    kept_starts: int
    scheduled: tuple[Turn, ...]


@dataclass(frozen=True)
class Usage:
    """A version of a process that uses something at some elements, with how many cases of it are open."""

    key: str
    version: int
    newest: bool
    elements: tuple[str, ...]
    open_cases: int
