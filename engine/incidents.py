"""Incidents: a step that failed for a technical reason, kept for a person to mend and retry."""

from __future__ import annotations

from sqlalchemy.orm import Session

from kernel.clock import Clock
from kernel.errors import KeyturnError


class StepFailed(KeyturnError):
    """A step failed technically: everything it did is rolled back and an incident is recorded."""

    code = "step_failed"


def record_incident(session: Session, clock: Clock, failure: StepFailed) -> None:
    """Write the incident of a failed step, in a transaction of its own."""
