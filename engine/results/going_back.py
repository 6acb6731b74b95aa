"""What the engine answers about cases that go back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

STRAIGHT, AGAIN = "straight", "again"
WAYS = (STRAIGHT, AGAIN)


@dataclass(frozen=True)
class PassedStep:
    """A task that its case has passed and that still stands; ``passed`` says that nobody was asked.

    ``by`` is who did it, ``answers`` what was answered, ``facts`` the business facts as he saw them. ``added``
    says that he was added to a task (加签、会签).
    """

    task_id: str
    element_id: str
    name: str
    labels: dict[str, str]
    by: str
    on_behalf_of: str | None
    at: datetime
    form_key: str | None
    roles: tuple[str, ...]
    answers: dict[str, Any]
    turn: dict[str, Any] | None
    passed: bool
    facts: dict[str, Any]
    added: bool = False


@dataclass(frozen=True)
class Return:
    """A task that sent its case back (退回); ``way`` is straight or again, ``state`` open until it came back."""

    id: str
    from_task: str
    from_element: str
    to_task: str
    to_element: str
    way: str
    reason: str
    state: str
    at: datetime
    by: str
    on_behalf_of: str | None


@dataclass(frozen=True)
class Withdrawal:
    """Somebody asks for his task back (撤回), or without ``task_id`` for the whole request that he began.

    ``state`` is asked, granted or refused.
    """

    id: str
    instance_id: str
    task_id: str | None
    reason: str
    state: str
    at: datetime
    by: str
    on_behalf_of: str | None
    answered_at: datetime | None
    answered_by: str | None
    answered_for: str | None
    answer: str


@dataclass(frozen=True)
class WithdrawalRights:
    """Whether somebody may take a task or request back: ``act`` is withdraw, ask, asked (not answered) or none.

    ``task_id`` is the task that it goes back to; None where the request itself ends.
    """

    act: str
    asked: Withdrawal | None = None
    task_id: str | None = None
