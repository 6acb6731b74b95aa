"""What the engine answers about people who were added to a task."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Signer:
    """Somebody who was added to a task. ``state`` is planned, open, completed, or cancelled without a decision."""

    person: str
    state: str
    decision: str | None = None
    opinion: str | None = None
    at: datetime | None = None
    task_id: str | None = None
    on_behalf_of: str | None = None


@dataclass(frozen=True)
class SigningTally:
    """Of ``people``, ``needed`` must agree."""

    people: int
    needed: int
    agreed: int
    against: int


@dataclass(frozen=True)
class SigningState:
    """People who decide before, after or together with (``part`` vote) the holder of a task.

    ``state`` is planned, open, decided or withdrawn; ``rule`` all, any, count or percent with its ``number``.
    ``answers`` is what its holder answered while those after him are still to decide.
    """

    part: str
    rule: str
    number: int
    state: str
    outcome: str | None
    holder: str
    reason: str | None
    opened_at: datetime
    over_at: datetime | None
    tally: SigningTally
    signers: tuple[Signer, ...]
    answers: dict[str, Any]
