"""Runs over many (日催缴, 批量发送): begun once, counted as they go, stopped and begun again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock, business_date
from ledger.arrears.banking import waiting_lines
from ledger.arrears.errors import ArrearsInvalid, ProposalMissing, RunMissing
from ledger.arrears.kinds import ProposalState, RunKind, RunState
from ledger.arrears.models import ArrearsCase, ArrearsProposal, ArrearsRun, ArrearsRunItem
from ledger.organisation.parameters import ARREARS_UNMATCHED
from ledger.organisation.queries import parameter
from ledger.scope import scoped
from ledger.staff.permissions import Permission
from ledger.worklists import Worklist

MOST = 10_000
PROPOSALS = Worklist(ArrearsRun, ArrearsRunItem, of="run_id", subject="subject_id")
"""The proposals of a sending."""


def begin_run(session: Session, actor: Actor, clock: Clock, *, path: str, on: date) -> tuple[ArrearsRun, bool]:
    """Begin a daily run at a node; one that runs there already is returned instead. The flag says that it is new.

    While bank lines wait unmatched it is refused or warned of, as the parameter says: money that has come must not
    be chased.
    """
    actor.require(Permission.FINANCE_CHASE, path)
    going = session.scalars(
        select(ArrearsRun).where(
            ArrearsRun.kind == RunKind.LEVELS, ArrearsRun.path == path, ArrearsRun.state == RunState.RUNNING
        )
    ).one_or_none()
    if going is not None:
        return going, False
    waiting = waiting_lines(session, actor, path, on)
    refuses = bool(waiting) and parameter(session, path, ARREARS_UNMATCHED, on) == "refuse"
    run = _begin(session, actor, clock, RunKind.LEVELS, path, on)
    if waiting:
        run.waiting_lines, run.note = waiting, "bank_lines_wait"
    if refuses:
        run.state, run.ended_at = RunState.REFUSED, clock.now()
    session.flush()  # The unique running run must speak now.
    return run, not refuses


def begin_sending(
    session: Session, actor: Actor, clock: Clock, *, proposal_ids: Iterable[str], on: date
) -> ArrearsRun:
    """Order that proposals be sent, one unit of work each.

    Raises `ArrearsInvalid` when none is ticked that waits, `ProposalMissing` and `NotAllowed`.
    """
    wanted = list(dict.fromkeys(proposal_ids))
    if not wanted or len(wanted) > MOST:
        raise ArrearsInvalid("nothing_ticked", field="ids", most=MOST)
    query = scoped(actor, ArrearsProposal, Permission.FINANCE_VIEW).where(ArrearsProposal.id.in_(wanted))
    seen = list(session.scalars(query))
    if not seen:
        raise ProposalMissing(id=wanted[0])
    for path in sorted({proposal.path for proposal in seen}):
        actor.require(Permission.FINANCE_CHASE, path)
    found = {proposal.id: proposal for proposal in seen if proposal.state is ProposalState.OPEN}
    if not found:
        raise ArrearsInvalid("nothing_ticked", field="ids", most=MOST)
    path = _common([proposal.path for proposal in found.values()])
    run = _begin(session, actor, clock, RunKind.SENDING, path, on)
    run.total = len(found)
    session.flush()  # The items refer to the id.
    for position, proposal_id in enumerate((known for known in wanted if known in found), start=1):
        session.add(ArrearsRunItem(run_id=run.id, subject_id=proposal_id, position=position, state="waiting"))
    session.flush()  # The first portion may be taken in this very transaction.
    return run


def _begin(session: Session, actor: Actor, clock: Clock, kind: RunKind, path: str, on: date) -> ArrearsRun:
    run = ArrearsRun(
        kind=kind,
        path=path,
        on_date=on,
        state=RunState.RUNNING,
        begun_at=clock.now(),
        begun_by=actor.id,
    )
    session.add(run)
    session.flush()  # The audit row names it.
    audit.record(session, actor, clock, f"arrears:run_{kind}", "arrears_run", run.id, path=path)
    return run


def stop_run(session: Session, actor: Actor, clock: Clock, *, run_id: str) -> None:
    """Begin with no further case; what is done stays done. A run that has ended stays as it is."""
    run = get_run(session, actor, run_id)
    actor.require(Permission.FINANCE_CHASE, run.path)
    if run.state is RunState.RUNNING:
        run.state, run.ended_at = RunState.STOPPED, clock.now()
        audit.record(session, actor, clock, "arrears:stop", "arrears_run", run.id, path=run.path)


def get_run(session: Session, actor: Actor, run_id: str) -> ArrearsRun:
    """A run in the actor's scope. Raises `RunMissing`."""
    query = scoped(actor, ArrearsRun, Permission.FINANCE_VIEW).where(ArrearsRun.id == run_id)
    run = session.scalars(query).one_or_none()
    if run is None:
        raise RunMissing(id=run_id)
    return run


def note_progress(session: Session, run_id: str, *, done: int = 0, failed: int = 0) -> None:
    """Count what was done of a run."""
    run = session.get_one(ArrearsRun, run_id)
    run.done, run.failed = run.done + done, run.failed + failed


def note_failed(session: Session, run_id: str, subject_id: str, code: str) -> None:
    """Something of a run failed: it stays listed with why, and the run goes on with the next."""
    item = session.get(ArrearsRunItem, (run_id, subject_id))
    if item is None:
        count = session.scalar(select(func.count()).where(ArrearsRunItem.run_id == run_id)) or 0
        item = ArrearsRunItem(run_id=run_id, subject_id=subject_id, position=count + 1, state="failed")
        session.add(item)
    item.state, item.code = "failed", code[:60]
    note_progress(session, run_id, failed=1)


def failed_items(session: Session, run_id: str, *, limit: int = 200) -> list[ArrearsRunItem]:
    """What failed in a run, with the codes why."""
    query = select(ArrearsRunItem).where(ArrearsRunItem.run_id == run_id, ArrearsRunItem.state == "failed")
    return list(session.scalars(query.order_by(ArrearsRunItem.position).limit(limit)))


def list_runs(session: Session, actor: Actor, *, limit: int = 10) -> list[ArrearsRun]:
    """The latest runs in the actor's scope."""
    query = scoped(actor, ArrearsRun, Permission.FINANCE_VIEW)
    return list(session.scalars(query.order_by(ArrearsRun.begun_at.desc(), ArrearsRun.id.desc()).limit(limit)))


def _common(paths: list[str]) -> str:
    parts = [path.strip("/").split("/") for path in paths]
    shared: list[str] = []
    for level in zip(*parts, strict=False):
        if len(set(level)) > 1:
            break
        shared.append(level[0])
    return "/" + "".join(f"{part}/" for part in shared)


def today_of(clock: Clock) -> date:
    """The business date that a run judges by."""
    return business_date(clock)


def label_items(session: Session, run: ArrearsRun, items: Iterable[ArrearsRunItem]) -> dict[str, str]:
    """The sale that each item of a run is about."""
    ids = [item.subject_id for item in items]
    if run.kind is RunKind.SENDING:
        query = (
            select(ArrearsProposal.id, ArrearsCase.sale_id)
            .join(ArrearsCase, ArrearsCase.id == ArrearsProposal.case_id)
            .where(ArrearsProposal.id.in_(ids))
        )
        return {row.id: row.sale_id for row in session.execute(query)}
    known = select(ArrearsCase.id, ArrearsCase.sale_id).where(ArrearsCase.id.in_(ids))
    cases = {row.id: row.sale_id for row in session.execute(known)}
    return {subject_id: cases.get(subject_id, subject_id) for subject_id in ids}
