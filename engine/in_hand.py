"""Which job a transaction carries out or which incident it retries: whatever fails in it is put down to that.

The step that fails may be another case's, which the job's own case told something, or a subscriber of a fact.
Without this the job would be due again at once, for ever, in front of all later ones; and a start that failed
twice would stand there twice, to be retried twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from engine.errors import StepFailed

_NOTED = "engine_job_in_hand"
_RETRIED = "engine_incident_in_hand"


def take_in_hand(session: Session, job_id: str) -> None:
    """This transaction carries out this job from now on."""
    session.info[_NOTED] = job_id


def retry_in_hand(session: Session, incident_id: str) -> None:
    """This transaction runs again what failed in this incident."""
    session.info[_RETRIED] = incident_id


def job_in_hand(info: Mapping[str, Any]) -> str | None:
    """The job that the session with this ``info`` carries out."""
    return info.get(_NOTED)


def put_down(failure: StepFailed, info: Mapping[str, Any]) -> StepFailed:
    """The failure, naming the job that it belongs to and the incident that it takes the place of."""
    failure.job_id = failure.job_id or job_in_hand(info)
    failure.retried = info.get(_RETRIED)
    return failure
