"""What can go wrong in the engine, as types that say what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.findings import ChangeRefused, DefinitionError
from kernel.errors import AnswersInvalid, Invalid, KeyturnError, Missing, NotAllowed, Stale

__all__ = [
    "AnswersInvalid",
    "BusinessError",
    "CannotGoOn",
    "ChangeRefused",
    "DefinitionError",
    "Invalid",
    "KeyturnError",
    "Missing",
    "NotAllowed",
    "Stale",
    "StateFormatUnknown",
    "StepFailed",
]


class BusinessError(KeyturnError):
    """A modelled fault: it goes to the error boundary event of the very task that raised it.

    ``code`` is the handler's name plus a reason and equals the ``errorCode`` in the diagram. Nobody catching it
    is a fault of the diagram and becomes an incident.
    """

    code = "business_error"

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code, field=None, **params)


class StepFailed(KeyturnError):
    """A step failed technically: everything it did is rolled back and an incident is recorded.

    ``message_code`` words the reason; ``command`` is what to run again on retry (None when the act belongs to a
    larger one that the person repeats); ``job_id`` names the job when one was running. ``read`` is what the step
    worked with, ``trace`` where in the program it failed: files and lines, no values. ``retry_after`` is how many
    seconds another system asked to wait at least. ``retried`` is the incident that was retried in vain, or None.
    """

    code = "step_failed"

    def __init__(
        self,
        *,
        instance_id: str | None,
        element_id: str,
        element_name: str,
        error_type: str,
        message_code: str,
        message_params: Mapping[str, object] | None = None,
        definition_key: str = "",
        scope: str = "/",
        job_id: str | None = None,
        command: Mapping[str, Any] | None = None,
        read: Mapping[str, Any] | None = None,
        trace: tuple[str, ...] = (),
        retry_after: int | None = None,
    ) -> None:
        self.instance_id = instance_id
        self.element_id = element_id
        self.element_name = element_name
        self.error_type = error_type
        self.message_code = message_code
        self.message_params = dict(message_params or {})
        self.definition_key = definition_key
        self.scope = scope
        self.job_id = job_id
        self.command = dict(command) if command is not None else None
        self.read = dict(read or {})
        self.trace = trace
        self.retry_after = retry_after
        self.retried: str | None = None
        super().__init__(
            instance_id=instance_id, element_id=element_id, error_type=error_type, message_code=message_code
        )


class CannotGoOn(Exception):
    """A step cannot go on for a reason that lies in the diagram or its data; it becomes a `StepFailed`."""

    def __init__(self, code: str, **params: object) -> None:
        self.code = code
        self.params = params
        super().__init__(code)


class StateFormatUnknown(KeyturnError):
    """A stored instance carries a state format that this release does not read; upgrade or restore a backup."""

    code = "state_format_unknown"
