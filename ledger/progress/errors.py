"""What can be wrong with a step that buyers see."""

from __future__ import annotations

from kernel.errors import Invalid, Missing


class ProgressInvalid(Invalid):
    """A family, a step, an outcome or a date that the house does not know."""

    code = "progress_invalid"


class StepMissing(Missing):
    """No such step within the actor's scope."""

    code = "progress_step_missing"
