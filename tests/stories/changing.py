"""Changes of marked records in a company: proposing, reviewing, looking what stands."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from engine.api import Instance, Task, TaskFilter
from ledger.customers.kinds import mark_kind
from ledger.customers.models import Customer
from ledger.customers.reveal import reveal
from ledger.reviews.models import ProposedChange
from ledger.reviews.operations import propose_change
from tests.stories.company import Company

NEW_PHONE = "13700137009"


def make_buyer(company: Company, name: str = "lin") -> str:
    """A customer subscribes, so that the key data are marked; returns the id."""
    customer_id = company.customers[name]

    def mark(session: Any, actor: Any) -> None:
        mark_kind(
            session,
            actor,
            company.clock,
            customer_id=customer_id,
            kind="subscriber",
            project_id=company.project_id,
        )

    company.act("system", mark)
    return customer_id


def propose(
    company: Company, who: str, kind: str, record_id: str, /, reason: str = "Typed wrong", **values: Any
) -> str:
    """Somebody proposes a change; returns its id."""
    return company.act(
        who,
        lambda s, a: (
            propose_change(s, a, company.clock, kind=kind, record_id=record_id, values=values, reason=reason).id
        ),
    )


def change(company: Company, change_id: str) -> ProposedChange:
    """A change as it is kept."""
    return company.read(lambda s: s.get_one(ProposedChange, change_id))


def states(company: Company) -> list[str]:
    """The states of all changes, the oldest first."""
    query = select(ProposedChange.state).order_by(ProposedChange.proposed_at, ProposedChange.id)
    return list(company.read(lambda s: s.scalars(query).all()))


def task_of(company: Company, change_id: str) -> Task:
    """The open task of a change's review."""
    wanted = TaskFilter(box="all", instance_id=change(company, change_id).instance_id)
    rows = company.act("system", lambda s, a: company.engine(s, a).find_tasks(wanted)).rows
    return next(row for row in rows if row.state == "open")


def review(company: Company, change_id: str, name: str, decision: str = "approved", **more: str) -> Instance:
    """Somebody completes the task of a change's review."""
    task, answers = task_of(company, change_id), {"decision": decision, **more}
    return company.act(name, lambda s, a: company.engine(s, a).complete(task.id, answers))


def name_of(company: Company, customer_id: str) -> str:
    """What a customer is called now."""
    return company.read(lambda s: s.get_one(Customer, customer_id).name)


def phone_of(company: Company, customer_id: str) -> str | None:
    """A customer's main phone now, in the clear."""
    return company.act(
        "manager_2", lambda s, a: reveal(s, a, company.clock, customer_id=customer_id, field="phone")
    )
