"""What happened to a step that buyers see, told before the commit; the handlers tell the buyers."""

from __future__ import annotations

from dataclasses import dataclass

from kernel.facts import Fact


@dataclass(frozen=True)
class StepFact(Fact):
    """The parent of all facts about one step."""

    step_id: str
    sale_id: str


@dataclass(frozen=True)
class StepBegun(StepFact):
    """A step began."""


@dataclass(frozen=True)
class StepDelayed(StepFact):
    """A step is later than its due date, or somebody said that it will be."""


@dataclass(frozen=True)
class StepEnded(StepFact):
    """A step ended; ``outcome`` is done or stopped."""

    outcome: str
