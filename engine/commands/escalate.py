"""What a diagram wants done with a task that is late or about to be (超时升级), once for each stage."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definitions.model import Escalation
from engine.host import Host
from engine.lateness import TaskLate
from engine.ports import candidate_roles
from engine.results.tasks import Task
from engine.running.run import Run
from engine.store.instances import save_instance
from engine.store.tasks import access_of, change_task, get_task, replace_candidates
from engine.tables.columns import AnyRow
from kernel.facts import tell


def escalate(run: Run, job: AnyRow) -> None:
    """Act at the stage that a job stands for, and note it in the history; nothing when its task is done."""
    host, stage = run.host, job.name
    task = get_task(host.session, job.payload["task_id"])
    if task.state != "open" or not run.case.has(job.token):
        return
    settings = run.case.token(job.token).task_spec.node.task
    wanted = [one for one in (settings.escalations if settings else ()) if one.at == stage]
    if not wanted:
        return
    run.journal.note(
        f"task_{'warned' if stage == 'warning' else 'overdue'}",
        element_id=task.element_id, element_name=task.name, task_id=task.id,
        due=task.due_at.isoformat() if task.due_at else None,
    )  # fmt: skip
    # Who is told are those whose task it was, also when it is handed on now.
    _tell(run, task, stage, wanted)
    for one in wanted:
        task = _raise_priority(run, task, one)
        task = _hand_on(run, task, one)
    save_instance(host.session, host.clock, run.record)
    run.journal.write(host.session)


def _tell(run: Run, task: Task, stage: str, wanted: list[Escalation]) -> None:
    names = dict.fromkeys(name for one in wanted for name in one.notify)
    people = tuple(dict.fromkeys(person for name in names for person in _people(run.host, task, name)))
    if not people:
        return
    tell(run.host.session, TaskLate(stage, task, people, f"{task.id}:{stage}"))
    _note(run, task, "task_told", count=len(people))


def _people(host: Host, task: Task, name: str) -> Iterator[str]:
    if name == "assignee" and task.assignee:
        yield task.assignee
    elif name == "owner" and task.owner:
        yield task.owner
    elif name.startswith("role:"):
        yield from host.directory.holders(name.removeprefix("role:"), task.path)
    elif name == "manager" and task.assignee and (boss := host.directory.manager(task.assignee, 1)):
        yield boss
    elif name == "manager":
        for role, path in candidate_roles(access_of(task)):
            above = host.directory.above(role, path)
            yield from host.directory.holders(above, path) if above is not None else ()
    elif name == "candidates":
        yield from (entry.removeprefix("user:") for entry in task.candidates if entry.startswith("user:"))
        for role, path in candidate_roles(access_of(task)):
            yield from host.directory.holders(role, path)


def _raise_priority(run: Run, task: Task, one: Escalation) -> Task:
    wanted = int(one.priority) if one.priority is not None else 0
    if wanted <= task.priority:
        return task
    _note(run, task, "task_priority_raised", before=task.priority, after=wanted)
    return change_task(run.host.session, task, priority=wanted)


def _hand_on(run: Run, task: Task, one: Escalation) -> Task:
    """To a role, unless nobody who may do it holds it: a task must not become nobody's."""
    if one.hand_to is None:
        return task
    able = set(run.host.directory.holders(one.hand_to, task.path)) - set(task.excluded)
    _note(run, task, "task_handed_to_role" if able else "task_handed_to_nobody", role=one.hand_to)
    return replace_candidates(run.host.session, task, [f"{one.hand_to}@{task.path}"]) if able else task


def _note(run: Run, task: Task, code: str, **params: object) -> None:
    run.journal.note(code, element_id=task.element_id, element_name=task.name, task_id=task.id, **params)
