"""The part of the engine's face for who has a task, or may take it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.commands.by_link import AnswerByLink, CompleteByLink, ReadByLink
from engine.commands.claim_task import ClaimTask, UnclaimTask
from engine.commands.complete_task import CompleteTask
from engine.commands.delegate_task import DelegateTask, ResolveTask
from engine.commands.hand_over import HandOver
from engine.commands.save_draft import SaveDraft
from engine.commands.set_task import SetFollowUp
from engine.face.commanding import Commanding
from engine.queries.copies import Copy
from engine.results.going_back import Withdrawal
from engine.results.instances import Instance
from engine.results.tasks import Draft, Task


class Working(Commanding):
    """Commands of who works on tasks."""

    def claim(self, task_id: str) -> Task:
        """Take a group's task; raises `Stale` with who has it when somebody was faster."""
        return ClaimTask(task_id).run(self.host)

    def unclaim(self, task_id: str) -> Task:
        """Give a task back to its group."""
        return UnclaimTask(task_id).run(self.host)

    def save_draft(self, task_id: str, answers: Mapping[str, Any]) -> Draft:
        """Keep a half-filled form of one's own; empty answers drop it. It is no step of the case."""
        return SaveDraft(task_id, dict(answers)).run(self.host)

    def complete(self, task_id: str, answers: Mapping[str, Any], *, revision: int | None = None) -> Instance:
        """Complete a user task with its form's answers.

        Raises `NotAllowed`, `Missing`, `Stale` (``params`` say who and when), `AnswersInvalid`, `StepFailed`.
        """
        return CompleteTask(task_id, dict(answers), revision).run(self.host)

    def delegate(self, task_id: str, delegate_id: str) -> Task:
        """Let somebody prepare a task; the owner keeps it and completes it."""
        return DelegateTask(task_id, delegate_id).run(self.host)

    def resolve(self, task_id: str, answers: Mapping[str, Any] | None = None) -> Task:
        """Hand a delegated task back to its owner with a prepared form."""
        return ResolveTask(task_id, dict(answers or {})).run(self.host)

    def hand_over(self, task_id: str, to: str, *, reason: str = "") -> Task:
        """Give one's task to somebody else for good; needs a reason for who lacks the role or had it before."""
        return HandOver(task_id, to, reason).run(self.host)

    def set_follow_up(self, task_id: str, follow_up_at: datetime | None) -> Task:
        """Hide a task from its holder's list until an instant; a group's task from the actor's own list alone."""
        return SetFollowUp(task_id, follow_up_at).run(self.host)

    # By a one-time link

    def complete_by_link(
        self, task_id: str, answers: Mapping[str, Any], *, revision: int, channel: str
    ) -> Instance:
        """Complete a task by a one-time link that came by ``channel``; raises what `complete` does."""
        return CompleteByLink(task_id, dict(answers), revision, channel).run(self.host)

    def answer_by_link(self, withdrawal_id: str, *, grant: bool, answer: str, channel: str) -> Withdrawal:
        """Answer who wants a task back by a one-time link; raises what `answer_withdrawal` does."""
        return AnswerByLink(withdrawal_id, grant, answer, channel).run(self.host)

    def read_by_link(self, copy_id: str, *, channel: str) -> Copy:
        """Say by a one-time link that the actor has read a copy; raises `Missing`."""
        return ReadByLink(copy_id, channel).run(self.host)
