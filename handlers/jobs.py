"""The outgoing jobs of the handlers and who carries them out.

Handlers order deliveries and papers inside their transaction. What carries them out afterwards needs channels and
units of work, which belong above this room: the house hands it in once with `use_office`.
"""

from __future__ import annotations

from typing import Any, Protocol

from engine.api import JobContext, job_kind

DELIVER = "messages.deliver"
PAPERS = "papers.issue"
MAKE_PAPER = "papers.make"
ARREARS = "arrears.work"
MOVE_IN = "move_in.notices"
LATE_STEPS = "progress.look"
BUILDINGS = "buildings.work"
STATEMENTS = "statements.work"
APPROVAL_SHEET = "approval.sheet"


class Office(Protocol):
    """Carries out jobs after the commit, at least once each, in units of work of its own."""

    def deliver_message(self, message_id: str, *, key: str) -> None:
        """Send a queued message on its channel. Raises when it shall be tried again."""
        ...

    def issue_paper(self, kind: str, subject_id: str, *, actor_id: str, key: str) -> None:
        """Make a paper about a subject and store it, once."""
        ...

    def make_paper(self, paper_id: str, *, key: str) -> None:
        """Set a paper that was ordered and store it, once."""
        ...

    def work_arrears(self, run_id: str, *, key: str) -> None:
        """Bring an arrears run on for a while, and order its next portion."""
        ...

    def work_move_in(self, batch_id: str, *, key: str) -> None:
        """Send the notices of a building for a while, and order the next portion."""
        ...

    def look_for_late_steps(self, path: str, *, key: str) -> None:
        """Mark the steps at or below a path whose day is over, and let their buyers be told."""
        ...

    def work_building(self, run_id: str, *, key: str) -> None:
        """Bring a run over the sales of a building on for a while, and order its next portion."""
        ...

    def work_statements(self, run_id: str, *, key: str) -> None:
        """Bring a run of customer statements on for a while, and order its next portion."""
        ...

    def keep_approval_sheet(self, ended: dict[str, Any], *, key: str) -> None:
        """Make and store the sheet of an approval that has ended, once.

        ``ended`` has its ``instance_id``, the ``outcome``, the instant ``at`` (ISO), what approvers have ``seen``.
        """
        ...


class OfficeMissing(RuntimeError):
    """Jobs are run before the house has said who carries them out."""


_office: list[Office] = []


def use_office(office: Office) -> None:
    """From now on this office carries the jobs of this process out."""
    _office[:] = [office]


def _present() -> Office:
    if not _office:
        raise OfficeMissing("call handlers.jobs.use_office before jobs are run")
    return _office[0]


@job_kind(DELIVER)
def deliver_message(payload: dict[str, Any], ctx: JobContext) -> None:
    """Send a queued message."""
    _present().deliver_message(payload["message_id"], key=ctx.idempotency_key)


@job_kind(PAPERS)
def issue_paper(payload: dict[str, Any], ctx: JobContext) -> None:
    """Make and store a paper of a sale; only for what was ordered before papers had templates."""
    _present().issue_paper(
        payload["kind"], payload["subject_id"], actor_id=payload["actor_id"], key=ctx.idempotency_key
    )


@job_kind(MAKE_PAPER)
def make_paper(payload: dict[str, Any], ctx: JobContext) -> None:
    """Set and store a paper that was ordered."""
    _present().make_paper(payload["paper_id"], key=ctx.idempotency_key)


@job_kind(MOVE_IN)
def work_move_in(payload: dict[str, Any], ctx: JobContext) -> None:
    """Bring the notices of a building on."""
    _present().work_move_in(payload["batch_id"], key=ctx.idempotency_key)


@job_kind(ARREARS)
def work_arrears(payload: dict[str, Any], ctx: JobContext) -> None:
    """Bring a daily arrears run or a sending on."""
    _present().work_arrears(payload["run_id"], key=ctx.idempotency_key)


@job_kind(LATE_STEPS)
def look_for_late_steps(payload: dict[str, Any], ctx: JobContext) -> None:
    """Find the steps whose day is over."""
    _present().look_for_late_steps(payload["path"], key=ctx.idempotency_key)


@job_kind(BUILDINGS)
def work_building(payload: dict[str, Any], ctx: JobContext) -> None:
    """Bring a run over the sales of a building on."""
    _present().work_building(payload["run_id"], key=ctx.idempotency_key)


@job_kind(STATEMENTS)
def work_statements(payload: dict[str, Any], ctx: JobContext) -> None:
    """Bring a run of customer statements on."""
    _present().work_statements(payload["run_id"], key=ctx.idempotency_key)


@job_kind(APPROVAL_SHEET)
def keep_approval_sheet(payload: dict[str, Any], ctx: JobContext) -> None:
    """Make and store the sheet of an approval that has ended."""
    _present().keep_approval_sheet(payload, key=ctx.idempotency_key)
