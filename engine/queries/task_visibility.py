"""Whose task it is, in SQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select

from engine.queries.paths import within
from engine.store.instances import TABLE as INSTANCES
from engine.store.tasks import CANDIDATES
from engine.store.tasks import TABLE as TASKS
from kernel.actor import Actor


def people_of(viewer: Actor) -> list[str]:
    """The viewer and whom the viewer stands in for."""
    return [person for person in (viewer.id, viewer.on_behalf_of) if person]


def candidate_of(viewer: Actor) -> ColumnElement[bool]:
    """Whether the viewer is among a task's candidates, by name or by a role held at or above its node."""
    held = [and_(CANDIDATES.c.role == g.role, within(CANDIDATES.c.path, g.path)) for g in viewer.grants]
    if viewer.is_system:
        held.append(CANDIDATES.c.role.is_not(None))
    fits = or_(CANDIDATES.c.user_id.in_(people_of(viewer)), *held)
    return TASKS.c.id.in_(select(CANDIDATES.c.task_id).where(fits))


def takes_part(viewer: Actor, instance_id: Any) -> ColumnElement[bool]:
    """The same as `has_task_in`, and for who began it, of the case that a column names: for lists of few cases."""
    people = people_of(viewer)
    tasks = TASKS.alias("beside")
    held = [and_(CANDIDATES.c.role == g.role, within(CANDIDATES.c.path, g.path)) for g in viewer.grants]
    may_take = and_(CANDIDATES.c.task_id == tasks.c.id, or_(CANDIDATES.c.user_id.in_(people), *held))
    theirs = or_(
        tasks.c.assignee.in_(people),
        tasks.c.owner.in_(people),
        tasks.c.completed_by.in_(people),
        exists(select(CANDIDATES.c.task_id).where(may_take)),
    )
    began = and_(INSTANCES.c.id == instance_id, INSTANCES.c.started_by.in_(people))
    return or_(
        exists(select(tasks.c.id).where(tasks.c.instance_id == instance_id, theirs)),
        exists(select(INSTANCES.c.id).where(began)),
    )


def has_task_in(viewer: Actor) -> ColumnElement[bool]:
    """Whether the viewer works, worked or may work on a task of an instance."""
    people = people_of(viewer)
    theirs = or_(
        TASKS.c.assignee.in_(people),
        TASKS.c.owner.in_(people),
        TASKS.c.completed_by.in_(people),
        candidate_of(viewer),
    )
    return INSTANCES.c.id.in_(select(TASKS.c.instance_id).where(theirs))
