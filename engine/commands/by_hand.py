"""What changes by hand have in common: they run the case and may be taken back whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select

from engine.changing.migration import against
from engine.commands.publish import deliver_thrown
from engine.errors import KeyturnError, StepFailed
from engine.findings import ERROR, Finding
from engine.host import Host
from engine.running.run import Run
from engine.store.instances import InstanceRecord
from engine.store.journal import TABLE as HISTORY

_DONE = ("element_done", "task_completed")


def gone_on(run: Run) -> list[Finding]:
    """Let the case run; a step that fails speaks against the change and leaves no incident behind."""
    try:
        with run.step(deliver_thrown):
            pass
    except StepFailed as failed:
        reason, params = failed.message_code, dict(failed.message_params)
        told = {"element": failed.element_name, "reason": reason, "reason_params": params}
        return [Finding("change_step_failed", ERROR, failed.element_id, failed.element_name, None, told)]
    except KeyturnError as refused:
        at = run.case.at
        told = {"reason": refused.code, "reason_params": dict(refused.params)}
        if at is None:
            return [Finding("change_step_failed", ERROR, params={"element": "", **told})]
        return [against("change_step_failed", at, **told)]
    return []


def steps_after(host: Host, row: InstanceRecord, first: int) -> tuple[str, ...]:
    """The elements that were done after an event of the history."""
    done = (HISTORY.c.instance_id == row.id) & (HISTORY.c.seq > first) & HISTORY.c.code.in_(_DONE)
    query = select(HISTORY.c.element_id).where(done, HISTORY.c.element_id.is_not(None)).order_by(HISTORY.c.seq)
    return tuple(host.session.execute(query).scalars())


@contextmanager
def taken_back(host: Host) -> Iterator[None]:
    """Whatever the block does is undone, facts that were told and wake-ups that were noted included."""
    session = host.session
    kept = {name: list(value) if isinstance(value, list) else value for name, value in session.info.items()}
    nested = session.begin_nested()
    try:
        yield
    finally:
        nested.rollback()
        session.info.clear()
        session.info.update(kept)
