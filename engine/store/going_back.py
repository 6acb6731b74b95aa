"""The steps a case has passed and that still stand; returns and requests to withdraw as rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from engine.results.going_back import PassedStep, Return, Withdrawal
from engine.store.journal import TABLE as HISTORY
from engine.store.tasks import TABLE as TASKS
from engine.tables.columns import AnyRow, table_of
from engine.tables.going_back import ReturnRow, WithdrawalRow
from kernel.actor import SYSTEM

RETURNS = table_of(ReturnRow)
WITHDRAWALS = table_of(WithdrawalRow)
WENT_BACK = ("task_returned", "task_withdrawn", "withdrawal_granted")
_PASSED = ("task_completed", "task_passed")
_SIGNED = ("signer_decided_before", "signer_decided_after", "signer_decided_vote")
_TASK = (
    TASKS.c.id, TASKS.c.element_id, TASKS.c.name, TASKS.c.name_labels, TASKS.c.completed_by, TASKS.c.on_behalf_of,
    TASKS.c.completed_at, TASKS.c.form_key, TASKS.c.candidates, TASKS.c.draft, TASKS.c.turn, TASKS.c.scope_token,
    TASKS.c.facts,
)  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """A passed step with the number of the history event at which it was passed."""

    seq: int
    scope_token: int | None
    step: PassedStep


def standing_steps(session: Session, instance_id: str) -> list[Standing]:
    """What a case has passed, in order, without what it went back before; one statement."""
    codes = HISTORY.c.code.in_((*_PASSED, *WENT_BACK))
    query = (
        select(HISTORY.c.seq, HISTORY.c.code, HISTORY.c.params, *_TASK)
        .select_from(HISTORY.join(TASKS, TASKS.c.id == HISTORY.c.task_id))
        .where(HISTORY.c.instance_id == instance_id, codes)
        .order_by(HISTORY.c.seq)
    )
    found: list[Standing] = []
    for row in session.execute(query):
        if row.code in _PASSED:
            found.append(_standing(row))
        else:
            found = _before(found, str(row.params.get("to_task")))
    return found


def steps_of(session: Session, task_ids: list[str]) -> list[Standing]:
    """Passed tasks by id, in the order in which they were passed, whether they still stand or not."""
    query = (
        select(HISTORY.c.seq, HISTORY.c.code, HISTORY.c.params, *_TASK)
        .select_from(HISTORY.join(TASKS, TASKS.c.id == HISTORY.c.task_id))
        .where(HISTORY.c.code.in_((*_PASSED, *_SIGNED)), TASKS.c.id.in_(task_ids))
        .order_by(HISTORY.c.seq)
    )
    return [_standing(row) for row in session.execute(query)]


def _before(steps: list[Standing], task_id: str) -> list[Standing]:
    """Without a step and what its scope, and scopes begun inside it, passed later."""
    target = next((one for one in steps if one.step.task_id == task_id), None)
    if target is None:
        return steps
    inner = [one for one in steps if (one.scope_token or 0) >= (target.scope_token or 0)]
    return [one for one in steps if one.seq < target.seq or one not in inner]


def _standing(row: AnyRow) -> Standing:
    is_passed = row.completed_by == SYSTEM.id and row.code == "task_passed"
    roles = (entry.partition("@")[0] for entry in row.candidates if not entry.startswith("user:"))
    step = PassedStep(
        task_id=row.id,
        element_id=row.element_id,
        name=row.name,
        labels=dict(row.name_labels),
        by=(row.on_behalf_of if is_passed else row.completed_by) or "",
        on_behalf_of=None if is_passed else row.on_behalf_of,
        at=row.completed_at,
        form_key=row.form_key,
        roles=tuple(dict.fromkeys(roles)),
        answers=dict(row.draft),
        turn=row.turn,
        passed=is_passed,
        facts=dict(row.facts),
        added=row.code in _SIGNED,
    )
    return Standing(row.seq, row.scope_token, step)


def place_of(session: Session, task_id: str) -> tuple[int | None, dict[str, Any] | None]:
    """The scope a task stands in and what belongs to its turn."""
    row = session.execute(select(TASKS.c.scope_token, TASKS.c.turn).where(TASKS.c.id == task_id)).one()
    return row.scope_token, row.turn


def elements_done(session: Session, instance_id: str, since: int) -> list[str]:
    """The elements other than tasks of persons that were done after an event of the history."""
    done = (HISTORY.c.instance_id == instance_id) & (HISTORY.c.seq > since) & (HISTORY.c.code == "element_done")
    return list(session.execute(select(HISTORY.c.element_id).where(done).order_by(HISTORY.c.seq)).scalars())


_RETURN = tuple(RETURNS.c[name] for name in Return.__annotations__)
_WITHDRAWAL = tuple(WITHDRAWALS.c[name] for name in Withdrawal.__annotations__)


def insert_return(session: Session, values: dict[str, Any]) -> None:
    """Write a return; earlier ones of the same scope are over."""
    same = (RETURNS.c.instance_id == values["instance_id"]) & (RETURNS.c.scope_token == values["scope_token"])
    session.execute(update(RETURNS).where(same, RETURNS.c.state == "open").values(state="done"))
    session.execute(insert(RETURNS).values(values))


def find_returns(session: Session, instance_id: str) -> list[Return]:
    """All returns of a case, oldest first."""
    query = select(*_RETURN).where(RETURNS.c.instance_id == instance_id).order_by(RETURNS.c.at, RETURNS.c.id)
    return [Return(*row) for row in session.execute(query)]


def open_returns(session: Session, instance_id: str) -> list[AnyRow]:
    """The returns that are to go straight back and have not come back yet."""
    where = (RETURNS.c.instance_id == instance_id) & (RETURNS.c.state == "open") & (RETURNS.c.way == "straight")
    return list(session.execute(select(RETURNS).where(where)).all())


def end_return(session: Session, return_id: str) -> None:
    """The case has come back to who returned it."""
    session.execute(update(RETURNS).where(RETURNS.c.id == return_id).values(state="done"))


def find_withdrawals(session: Session, instance_id: str, *, state: str | None = None) -> list[Withdrawal]:
    """Requests to withdraw in a case, oldest first."""
    query = select(*_WITHDRAWAL).where(WITHDRAWALS.c.instance_id == instance_id)
    if state is not None:
        query = query.where(WITHDRAWALS.c.state == state)
    return [Withdrawal(*row) for row in session.execute(query.order_by(WITHDRAWALS.c.at, WITHDRAWALS.c.id))]
