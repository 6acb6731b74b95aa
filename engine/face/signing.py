"""The part of the engine's face for people who are added to a task (加签、会签)."""

from __future__ import annotations

from collections.abc import Sequence

from engine.commands.add_signers import AddSigners, OpenVote
from engine.commands.withdraw_signing import WithdrawSigning
from engine.face.commanding import Commanding
from engine.results.tasks import Task
from engine.signing.rule import Rule


class Signing(Commanding):
    """Add people to a task, and do without them."""

    def add_signers(self, task_id: str, people: Sequence[str], *, part: str, reason: str = "") -> Task:
        """Have people decide before one's own decision on a task, or ``part`` after it."""
        return AddSigners(task_id, tuple(people), part, reason).run(self.host)

    def open_vote(
        self, task_id: str, people: Sequence[str], *, rule: str = "all", number: int = 0, reason: str = ""
    ) -> Task:
        """Have several people decide a task together: all, any, ``number`` votes (count) or per cent of them."""
        return OpenVote(task_id, tuple(people), Rule(rule, number), reason).run(self.host)

    def withdraw_signing(self, task_id: str, *, reason: str) -> Task:
        """Do without the people added to a task who have not decided."""
        return WithdrawSigning(task_id, reason).run(self.host)
