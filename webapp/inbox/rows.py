"""Tasks as the list shows them: named in the reader's language, with their business facts in columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.api import Definition, Task
from kernel.actor import Actor
from ledger.staff.permissions import Permission
from webapp.language import current_language
from webapp.process_data import without_customers
from webapp.wording import state_name


@dataclass(frozen=True)
class Row:
    """A line of the list. ``off_bp`` is the effective discount in basis points off the list price.

    ``step`` is what the diagram calls the task; ``follow_up_at`` is until when it is or was snoozed.
    """

    id: str
    name: str
    process: str
    subject: str
    project: str | None
    unit: str | None
    customer: str | None
    amount_fen: int | None
    off_bp: int | None
    below_floor: bool
    due_at: datetime | None
    created_at: datetime
    completed_at: datetime | None
    state: str
    assignee: str | None
    instance_id: str
    step: str
    number: str | None
    priority: int
    follow_up_at: datetime | None
    owner: str | None
    delegation: str | None
    revision: int
    acting_for: str | None
    warn_at: datetime | None


def name_of(labels: Mapping[str, str], name: str) -> str:
    """An analyst's own word in the reader's language."""
    return labels.get(current_language()) or name


def process_names(definitions: list[Definition]) -> dict[str, str]:
    """Processes by key in the reader's language."""
    return {d.key: name_of(d.labels, d.name) for d in definitions if d.kind == "process"}


def task_name(task: Task) -> str:
    """The task's name, for an approval with what is asked for, for a vacancy with the post."""
    name = name_of(task.labels, task.name)
    if task.part is not None:
        name = f"{name} ({state_name(f'signing_part.{task.part}')})"
    kind, post = task.facts.get("kind"), task.facts.get("vacant_role")
    if isinstance(post, str):
        return f"{name} · {state_name(f'role.{post}')}"
    return f"{name} · {state_name(f'approval_kind.{kind}')}" if isinstance(kind, str) else name


def row_of(task: Task, processes: Mapping[str, str], actor: Actor) -> Row:
    """A task as a line of the list, without what the reader may not see: the floor, the customer."""
    facts = without_customers(actor, task.facts, task.path)
    sees_floor = actor.may(Permission.UNITS_VIEW_FLOOR_PRICE, task.path)
    subject = facts.get("sale_no") or facts.get("subject") or task.business_key or ""
    return Row(
        id=task.id,
        name=task_name(task),
        process=processes.get(task.definition_key, task.definition_key),
        subject=str(subject) if subject != facts.get("unit") else "",
        project=_text(facts, "project"),
        unit=_text(facts, "unit"),
        customer=_text(facts, "customer"),
        amount_fen=_number(facts, "amount_fen"),
        off_bp=_number(facts, "effective_discount_bp"),
        below_floor=sees_floor and facts.get("below_floor") is True,
        due_at=task.due_at,
        created_at=task.created_at,
        completed_at=task.completed_at,
        state=task.state,
        assignee=task.assignee,
        instance_id=task.instance_id,
        step=name_of(task.labels, task.name),
        number=task.business_key,
        priority=task.priority,
        follow_up_at=None if task.held in ("before", "after", "vote") else task.follow_up_at,
        owner=task.owner,
        delegation=task.delegation,
        revision=task.revision,
        acting_for=task.acting_for,
        warn_at=task.warn_at,
    )


def _text(facts: Mapping[str, Any], name: str) -> str | None:
    value = facts.get(name)
    return value if isinstance(value, str) else None


def _number(facts: Mapping[str, Any], name: str) -> int | None:
    value = facts.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
