"""Letting cases go back: returned to an earlier step (退回), or withdrawn by who took it (撤回).

Part of `engine.api.Engine`. Whoever is not allowed, or too late, is told; what cannot be undone is refused.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.commands.return_task import ReturnTask
from engine.commands.withdraw import (
    AnswerWithdrawal,
    AskToWithdraw,
    AskToWithdrawRequest,
    Withdraw,
    WithdrawRequest,
)
from engine.face.commanding import Commanding
from engine.queries import going_back
from engine.results.going_back import PassedStep, Return, Withdrawal, WithdrawalRights
from engine.results.instances import Instance
from engine.results.tasks import Task


class GoingBack(Commanding):
    """Commands and queries about going back."""

    def return_to(
        self, task_id: str, to_task: str, *, way: str, reason: str, revision: int | None = None
    ) -> Instance:
        """Return a case to a passed step; ``way`` is ``straight`` back here afterwards, or ``again`` through all.

        Raises `Missing`, `NotAllowed`, `Stale`, `Invalid`, `ChangeRefused` with what stands against it.
        """
        return ReturnTask(task_id, to_task, way, reason, revision).run(self.host)

    def return_choices(self, task_id: str) -> list[PassedStep]:
        """The steps to which the actor can return a case from an open task; raises `Missing`."""
        return going_back.return_choices(self.host, task_id)

    def returns(self, instance_id: str) -> list[Return]:
        """All returns of a case, oldest first; raises `Missing`."""
        return going_back.returns(self.host, instance_id)

    def steps(self, instance_id: str) -> list[PassedStep]:
        """All tasks that were ever passed in a case, in order, those it went back before as well."""
        return going_back.steps(self.host, instance_id)

    def withdraw(self, task_id: str, reason: str) -> Instance:
        """Take one's completed task back while nobody has acted on what follows.

        Raises `Missing`, `NotAllowed`, `Stale` with who has acted, `Invalid`, `ChangeRefused`.
        """
        return Withdraw(task_id, reason).run(self.host)

    def ask_to_withdraw(self, task_id: str, reason: str) -> Withdrawal:
        """Ask whoever holds the case for one's task back."""
        return AskToWithdraw(task_id, reason).run(self.host)

    def withdraw_request(self, instance_id: str, reason: str) -> Instance:
        """End a case that one began while nobody has acted in it, and undo what it did.

        Raises `Missing`, `NotAllowed`, `Stale` with who has acted, `Invalid` naming one's task to take back
        instead, `ChangeRefused` with what cannot be undone.
        """
        return WithdrawRequest(instance_id, reason).run(self.host)

    def ask_to_withdraw_request(self, instance_id: str, reason: str) -> Withdrawal:
        """Ask whoever holds a case that one began to let it end."""
        return AskToWithdrawRequest(instance_id, reason).run(self.host)

    def answer_withdrawal(self, withdrawal_id: str, *, grant: bool, answer: str = "") -> Withdrawal:
        """Grant a request, which goes back at once, or refuse it with a reason; for who holds what would end."""
        return AnswerWithdrawal(withdrawal_id, grant, answer).run(self.host)

    def withdrawal_rights(self, task_id: str) -> WithdrawalRights:
        """What the actor can do to take a task back; raises `Missing`."""
        return going_back.withdrawal_rights(self.host, task_id)

    def request_rights(self, instance_id: str) -> WithdrawalRights:
        """What the actor can do to take back what he began, or his last task in it; raises `Missing`."""
        return going_back.request_rights(self.host, instance_id)

    def waiting_for_consent(self, tasks: Sequence[Task]) -> set[str]:
        """The ids of those among the tasks of a page that somebody asks to end; one statement."""
        return going_back.waiting_for_consent(self.host, tasks)

    def withdrawals_to_answer(self, task_id: str) -> list[Withdrawal]:
        """The requests that the actor can answer as holder of an open task; raises `Missing`."""
        return going_back.withdrawals_to_answer(self.host, task_id)
