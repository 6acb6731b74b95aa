"""What the engine answers about steps that failed, and which of them are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Incident:
    """A step that failed and waits for a person; ``retryable`` says whether `retry` can run it again."""

    id: str
    instance_id: str | None
    job_id: str | None
    definition_key: str
    element_id: str
    element_name: str
    error_type: str
    message_code: str
    params: dict[str, Any]
    state: str
    scope: str
    created_at: datetime
    resolved_at: datetime | None
    resolved_by: str | None
    retryable: bool
    note: str | None = None
    noted_by: str | None = None
    noted_at: datetime | None = None


@dataclass(frozen=True)
class IncidentDetail:
    """An incident with what its mender needs.

    ``input`` holds the values that the step read; those named in ``editable`` can be edited before a retry.
    ``trace`` tells where in the program it failed. ``runs_as`` is the person whose act a retry repeats.
    """

    incident: Incident
    input: dict[str, Any]
    editable: tuple[str, ...]
    trace: tuple[str, ...]
    runs_as: str | None


@dataclass(frozen=True)
class IncidentFilter:
    """Which incidents; what is left out does not narrow. ``since`` is included, ``until`` is not."""

    states: tuple[str, ...] = ("open",)
    incident_ids: tuple[str, ...] = ()
    instance_id: str | None = None
    definition_keys: tuple[str, ...] = ()
    element_ids: tuple[str, ...] = ()
    error_types: tuple[str, ...] = ()
    message_codes: tuple[str, ...] = ()
    path: str | None = None
    since: datetime | None = None
    until: datetime | None = None
