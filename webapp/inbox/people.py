"""Names of the people on a page, asked for in one query."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask import g
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from engine.api import Task
from kernel.actor import SYSTEM, Actor
from ledger.staff.permissions import Permission
from ledger.staff.queries import list_staff, names
from webapp.wording import state_name


def names_of(session: Session, ids: Iterable[str | None]) -> dict[str, str]:
    """Display names by id; the system has one, a person who is gone keeps the id. Sentences use them too."""
    wanted = {person for person in ids if person}
    found = {person: person for person in wanted} | names(session, wanted - {SYSTEM.id})
    found[SYSTEM.id] = _("Keyturn")
    g.setdefault("staff_names", {}).update(found)
    return found


def candidates_named(task: Task, names: Mapping[str, str]) -> list[str]:
    """Who may take a task, as people read it: the roles and the people whom it names."""
    return [*(state_name(f"role.{role}") for role in task.roles), *(names.get(one, one) for one in task.people)]


def colleagues(session: Session, actor: Actor) -> list[tuple[str, str]]:
    """Whom somebody who may give tasks to others can choose from, as (id, name); nobody for everybody else."""
    if not any(map(actor.may_anywhere, (Permission.ENGINE_OPERATE, Permission.TASKS_OVERSEE))):
        return []
    return [(staff.id, staff.display_name) for staff in list_staff(session, actor)]
