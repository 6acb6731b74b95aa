"""What went to whom while a post was vacant, for the to-do that asks to fill it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from engine.api import Task
from kernel.actor import Actor
from ledger.staff.permissions import Permission
from ledger.staff.vacancies import get_vacancy, turns_of
from webapp.inbox.people import names_of
from webapp.inbox.rows import name_of
from webapp.inbox.vacant import people_among, told

_MOST = 50
_PROCESS = "vacant_post"


@dataclass(frozen=True)
class TurnShown:
    """A task that went to somebody else; ``case`` leads to it."""

    case: str
    task: str
    about: str
    to: str
    at: datetime


def turns_shown(session: Session, actor: Actor, task: Task, data: Mapping[str, Any]) -> list[TurnShown] | None:
    """The tasks since the post became vacant, the latest first; None for any other task."""
    vacancy_id = data.get("vacancy_id")
    if task.definition_key != _PROCESS or not isinstance(vacancy_id, str):
        return None
    vacancy = get_vacancy(session, vacancy_id)
    if not actor.may(Permission.STAFF_MANAGE, vacancy.path):
        return None
    turns = turns_of(session, vacancy, _MOST)
    names = names_of(session, {person for turn in turns for person in people_among(turn.instead)})
    return [
        TurnShown(
            turn.instance_id, name_of(turn.labels, turn.task), turn.about, told(turn.instead, names), turn.at
        )
        for turn in turns
    ]
