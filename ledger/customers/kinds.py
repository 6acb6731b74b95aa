"""What a customer is (A1): prospect 潜在客户, visitor 来访客户, subscriber 认购客户, owner 业主, member 会员.

Several hold at once, each for a project (membership for the whole house) and with its time; buying ends what came
before it at the same project.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock
from kernel.facts import tell
from ledger.customers.access import reach
from ledger.customers.errors import CustomerInvalid
from ledger.customers.facts import CustomerKindChanged
from ledger.customers.models import Customer, CustomerKind
from ledger.customers.projects import make_known
from ledger.staff.permissions import Permission

KINDS = ("prospect", "visitor", "subscriber", "owner", "member")
_ENDED_BY = {"subscriber": ("prospect", "visitor"), "owner": ("prospect", "visitor", "subscriber")}


def mark_kind(
    session: Session, actor: Actor, clock: Clock, *, customer_id: str, kind: str, project_id: str | None = None
) -> CustomerKind:
    """From now on the customer is of this kind, at a project or (None) in general; again changes nothing.

    A project that did not know the customer knows them by this. Subscribing ends prospect and visitor at the
    project, owning ends the subscription too.
    Raises `CustomerInvalid` for an unknown kind, `CustomerMissing`.
    """
    customer = _changeable(session, actor, customer_id, kind)
    path = make_known(session, actor, clock, customer, project_id)
    held = _held(session, customer_id, kind, project_id)
    if held is not None:
        return held
    for earlier in _ENDED_BY.get(kind, ()):
        _end(session, actor, clock, customer, earlier, project_id, path)
    held = CustomerKind(customer_id=customer_id, kind=kind, project_id=project_id, since=clock.now())
    session.add(held)
    session.flush()  # A second mark in this transaction finds the first.
    _note(session, actor, clock, customer, kind, project_id, path, held=True)
    return held


def end_kind(
    session: Session, actor: Actor, clock: Clock, *, customer_id: str, kind: str, project_id: str | None = None
) -> None:
    """The customer is no longer of this kind; ending what is not held changes nothing."""
    customer = _changeable(session, actor, customer_id, kind)
    _end(session, actor, clock, customer, kind, project_id, customer.path)


def _changeable(session: Session, actor: Actor, customer_id: str, kind: str) -> Customer:
    if kind not in KINDS:
        raise CustomerInvalid("customer_kind_unknown", field="kind", kind=kind, kinds=list(KINDS))
    return reach(session, actor, customer_id, Permission.CUSTOMERS_EDIT)


def _held(session: Session, customer_id: str, kind: str, project_id: str | None) -> CustomerKind | None:
    query = select(CustomerKind).where(
        CustomerKind.customer_id == customer_id,
        CustomerKind.kind == kind,
        CustomerKind.project_id.is_(None) if project_id is None else CustomerKind.project_id == project_id,
        CustomerKind.until.is_(None),
    )
    return session.scalars(query).one_or_none()


def _end(
    session: Session,
    actor: Actor,
    clock: Clock,
    customer: Customer,
    kind: str,
    project_id: str | None,
    path: str,
) -> None:
    held = _held(session, customer.id, kind, project_id)
    if held is not None:
        held.until = clock.now()
        session.flush()  # The kind may be marked again in this transaction.
        _note(session, actor, clock, customer, kind, project_id, path, held=False)


def _note(
    session: Session,
    actor: Actor,
    clock: Clock,
    customer: Customer,
    kind: str,
    project_id: str | None,
    path: str,
    *,
    held: bool,
) -> None:
    after = {"kind": kind, "held": held, "project_id": project_id}
    audit.record(session, actor, clock, "customers:mark_kind", "customer", customer.id, path=path, after=after)
    tell(session, CustomerKindChanged(customer.id, kind, project_id, held))
