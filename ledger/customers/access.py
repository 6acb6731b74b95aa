"""Reaching one customer through a permission."""

from __future__ import annotations

from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.errors import NotAllowed
from ledger.customers.errors import CustomerMissing
from ledger.customers.models import Customer
from ledger.scope import scoped
from ledger.staff.permissions import Permission


def reach(session: Session, actor: Actor, customer_id: str, permission: Permission) -> Customer:
    """The customer, through a permission.

    Raises `CustomerMissing` for who may not even see them, `NotAllowed` for who sees but lacks the permission.
    """
    customer = _find(session, actor, customer_id, permission)
    if customer is not None:
        return customer
    if permission != Permission.CUSTOMERS_VIEW and _find(session, actor, customer_id, Permission.CUSTOMERS_VIEW):
        raise NotAllowed("permission_missing", permission=permission.value)
    raise CustomerMissing(id=customer_id)


def _find(session: Session, actor: Actor, customer_id: str, permission: Permission) -> Customer | None:
    return session.scalars(scoped(actor, Customer, permission).where(Customer.id == customer_id)).one_or_none()
