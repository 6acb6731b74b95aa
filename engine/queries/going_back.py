"""Where a case can go back to, where it went back, and who asks for his task back."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from engine.commands.on_task import may_see
from engine.commands.return_task import choices
from engine.commands.withdraw import request_rights as rights_in
from engine.commands.withdraw import rights, to_answer
from engine.errors import Missing
from engine.host import Host
from engine.queries import instances
from engine.results.going_back import PassedStep, Return, Withdrawal, WithdrawalRights
from engine.results.tasks import Task
from engine.seats import take_seat
from engine.store.going_back import WITHDRAWALS, find_returns, steps_of
from engine.store.tasks import TABLE, get_task


def return_choices(host: Host, task_id: str) -> list[PassedStep]:
    """None for a task that is not open."""
    task = _seen(host, task_id)
    return choices(host.session, task) if task.state == "open" else []


def returns(host: Host, instance_id: str) -> list[Return]:
    """Of a case that the actor may see."""
    instances.get(host, instance_id)
    return find_returns(host.session, instance_id)


def steps(host: Host, instance_id: str) -> list[PassedStep]:
    """Of a case that the actor may see."""
    instances.get(host, instance_id)
    done = (TABLE.c.instance_id == instance_id) & (TABLE.c.state == "completed")
    ids = list(host.session.execute(select(TABLE.c.id).where(done)).scalars())
    return [one.step for one in steps_of(host.session, ids)]


def withdrawal_rights(host: Host, task_id: str) -> WithdrawalRights:
    """Of a task that the actor may see."""
    return rights(host, _seen(host, task_id))


def request_rights(host: Host, instance_id: str) -> WithdrawalRights:
    """Of a case that the actor may see."""
    instances.get(host, instance_id)
    return rights_in(host, instance_id)


def waiting_for_consent(host: Host, tasks: Sequence[Task]) -> set[str]:
    """Among some tasks that were found before those that would end if a request to withdraw were granted."""
    open_tasks = [task for task in tasks if task.state == "open"]
    query = (
        select(WITHDRAWALS.c.instance_id, TABLE.c.completed_at)
        .outerjoin(TABLE, TABLE.c.id == WITHDRAWALS.c.task_id)
        .where(WITHDRAWALS.c.instance_id.in_({task.instance_id for task in open_tasks}))
        .where(WITHDRAWALS.c.state == "asked")
    )
    asked = host.session.execute(query).all()
    return {
        task.id
        for task in open_tasks
        for row in asked
        if row.instance_id == task.instance_id
        and (row.completed_at is None or task.created_at >= row.completed_at)
    }


def withdrawals_to_answer(host: Host, task_id: str) -> list[Withdrawal]:
    """Of a task that the actor may see."""
    return to_answer(host, _seen(host, task_id))


def _seen(host: Host, task_id: str) -> Task:
    task = get_task(host.session, task_id)
    take_seat(host, task)
    if not may_see(host, task):
        raise Missing("task_missing", task_id=task_id)
    return task
