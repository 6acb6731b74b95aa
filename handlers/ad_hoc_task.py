"""The verbs of a task given by hand (交办事项): note what is asked of whom, and tell who asked what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine.api import Context, Invalid, handler
from handlers.looking_up import known_customers, labels_of_unit
from handlers.telling import tell_person
from ledger.organisation.queries import project_at
from ledger.staff.models import Staff
from ledger.staff.queries import names


@dataclass(frozen=True)
class NoteIn:
    """What is asked, and of whom: a colleague, or whoever holds a role at the project. Money is fen."""

    title: str
    to: Literal["person", "role"]
    colleague_id: str | None = None
    role: str | None = None
    details: str | None = None
    unit_id: str | None = None
    customer_id: str | None = None
    amount_fen: int | None = None
    urgent: bool | None = None
    giver: str | None = None
    returned_because: str | None = None


@dataclass(frozen=True)
class NoteOut:
    """Who gives and who gets the task, and the words of its columns in the inbox."""

    giver: str
    giver_name: str
    assignee: str | None
    groups: list[str]
    project: str | None
    unit: str | None
    customer: str | None
    details: str | None
    amount_fen: int | None
    urgent: bool
    returned_because: str | None


@handler("ad_hoc_task.note", again=True)
def note(data: NoteIn, ctx: Context) -> NoteOut:
    """Name the task in the inbox. Raises `Invalid` for who has left and for a customer unknown here."""
    person = ctx.session.get(Staff, data.colleague_id) if data.to == "person" and data.colleague_id else None
    if data.to == "person" and (person is None or not person.active):
        raise Invalid("colleague_left", field="colleague_id")
    giver = data.giver or ctx.actor.id
    project = project_at(ctx.session, ctx.scope)
    return NoteOut(
        giver=giver,
        giver_name=names(ctx.session, [giver]).get(giver, ""),
        assignee=person.id if person else None,
        groups=[data.role] if data.to == "role" and data.role else [],
        project=project.name if project else None,
        unit=labels_of_unit(ctx, data.unit_id)[1] if data.unit_id else None,
        customer=_customer(data, ctx),
        details=data.details,
        amount_fen=data.amount_fen,
        urgent=bool(data.urgent),
        returned_because=data.returned_because,
    )


def _customer(data: NoteIn, ctx: Context) -> str | None:
    if not data.customer_id:
        return None
    known = known_customers(ctx, ctx.scope, [data.customer_id])
    if data.customer_id not in known:
        raise Invalid("customer_unknown_to_project", field="customer_id")
    return known[data.customer_id]


@dataclass(frozen=True)
class ReportIn:
    """What was done, and by whom."""

    giver: str
    title: str
    done_by: str
    result: str | None = None


@handler("ad_hoc_task.report")
def report(data: ReportIn, ctx: Context) -> None:
    """Tell who gave the task what came of it; who did his own task is told nothing."""
    if data.giver == data.done_by:
        return
    words = {
        "title": data.title,
        "who": names(ctx.session, [data.done_by]).get(data.done_by, ""),
        "result": data.result or "",
    }
    tell_person(ctx, "ad_hoc_task_done", data.giver, ctx.scope, words)
