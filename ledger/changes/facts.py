"""What change orders tell their subscribers; each names the order and the sale."""

from __future__ import annotations

from dataclasses import dataclass

from kernel.facts import Fact


@dataclass(frozen=True)
class ChangeFact(Fact):
    """The parent of the facts about one order; ``instance_id`` is the case that runs it, if it knows it."""

    order_id: str
    sale_id: str
    kind: str
    path: str
    instance_id: str | None


@dataclass(frozen=True)
class ChangeOpened(ChangeFact):
    """A change of the sale is asked for: whoever builds on what stands waits."""


@dataclass(frozen=True)
class ChangeExecuted(ChangeFact):
    """The change took effect."""


@dataclass(frozen=True)
class ChangeEnded(ChangeFact):
    """The order is over without effect; ``state`` is rejected, withdrawn, expired or failed."""

    state: str
