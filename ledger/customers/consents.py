"""Consent (同意) to being written to, by purpose: given or taken back, with its instant.

``marketing_sms`` needs consent before anything is sent (Personal Information Protection Law art. 13). ``progress``
messages follow from the contract, so they go out until the customer says no.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock
from ledger.customers.access import reach
from ledger.customers.errors import CustomerInvalid
from ledger.customers.models import Customer
from ledger.staff.permissions import Permission

MARKETING: Final = "marketing_sms"
PROGRESS: Final = "progress"
_UNLESS_REFUSED = frozenset({PROGRESS})


def wants(customer: Customer, purpose: str) -> bool:
    """Whether messages for a purpose may go to the customer."""
    said = customer.consents.get(purpose)
    return bool(said["given"]) if said else purpose in _UNLESS_REFUSED


def set_consent(
    session: Session, actor: Actor, clock: Clock, *, customer_id: str, purpose: str, given: bool
) -> bool:
    """Note what the customer said; returns whether it is new. Raises `CustomerMissing`, `CustomerInvalid`."""
    if purpose not in (MARKETING, PROGRESS):
        raise CustomerInvalid("consent_purpose_unknown", field="purpose")
    customer = reach(session, actor, customer_id, Permission.CUSTOMERS_EDIT)
    if wants(customer, purpose) == given:
        return False
    customer.consents = {**customer.consents, purpose: {"given": given, "at": clock.now().isoformat()}}
    audit.record(
        session,
        actor,
        clock,
        "customers:consent",
        "customer",
        customer.id,
        path=customer.path,
        after={"purpose": purpose, "given": given},
    )
    return True
