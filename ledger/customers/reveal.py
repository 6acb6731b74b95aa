"""Reading sensitive values in the clear: always for a purpose, always logged (O4)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock
from kernel.errors import NotAllowed
from ledger.customers.access import reach
from ledger.customers.errors import CustomerInvalid, CustomerMissing, PhoneMissing
from ledger.customers.models import Customer, CustomerPhone
from ledger.customers.phones import show_phone
from ledger.customers.sealing import keys_of, unseal
from ledger.scope import scoped, visible
from ledger.staff.permissions import Permission

Field = Literal["id_no", "birth_date", "email", "address", "phone"]
FIELDS = ("id_no", "birth_date", "email", "address", "phone")


@dataclass(frozen=True)
class Identity:
    """A customer as a paper names them: everything in the clear."""

    customer_id: str
    kind: str
    name: str
    id_type: str | None
    id_no: str | None
    phone: str | None
    address: str | None
    contact_person: str | None


def reveal(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    customer_id: str,
    field: str,
    phone_id: str | None = None,
    reason: str | None = None,
) -> str | None:
    """One value in the clear, logged as this actor's. ``phone`` means the main one unless ``phone_id`` is given.

    Raises `NotAllowed` without ``customers:reveal`` for this customer, `CustomerMissing`, `PhoneMissing`.
    """
    customer = reach(session, actor, customer_id, Permission.CUSTOMERS_REVEAL)
    if field not in FIELDS:
        raise CustomerInvalid("field_unknown", field="field", fields=list(FIELDS))
    wrapped = keys_of(session, [customer.id]).get(customer.id)
    value = unseal(session, wrapped, _sealed(session, customer, field, phone_id))
    _log(session, actor, clock, customer, [field], reason)
    return show_phone(value) if field == "phone" and value is not None else value


def identities_for_paper(
    session: Session, actor: Actor, clock: Clock, *, customer_ids: Sequence[str], purpose: str
) -> dict[str, Identity]:
    """Several customers in the clear for a paper that must name them, in three queries; each is logged.

    Needs ``documents:issue`` or ``customers:reveal`` where the customer is seen. Raises `CustomerMissing`.
    """
    wanted = list(dict.fromkeys(customer_ids))
    query = scoped(actor, Customer, Permission.CUSTOMERS_VIEW).where(Customer.id.in_(wanted))
    found = {customer.id: customer for customer in session.scalars(query)}
    for customer_id in wanted:
        if customer_id not in found:
            raise CustomerMissing(id=customer_id)
    _require_paper(session, actor, found)
    keys = keys_of(session, wanted)
    phones = _main_phones(session, wanted)
    papers = {}
    for customer_id in wanted:
        customer, wrapped = found[customer_id], keys.get(customer_id)
        phone = unseal(session, wrapped, phones.get(customer_id))
        papers[customer_id] = Identity(
            customer_id=customer_id,
            kind=customer.kind,
            name=customer.name,
            id_type=customer.id_type,
            id_no=unseal(session, wrapped, customer.id_sealed),
            phone=show_phone(phone) if phone else None,
            address=unseal(session, wrapped, customer.address_sealed),
            contact_person=customer.contact_person,
        )
        _log(session, actor, clock, customer, ["id_no", "phone", "address"], purpose)
    return papers


def _require_paper(session: Session, actor: Actor, wanted: Collection[str]) -> None:
    """Raise `NotAllowed` unless one of both rights reaches each customer, at any project that knows them."""
    rights = (Permission.DOCUMENTS_ISSUE, Permission.CUSTOMERS_REVEAL)
    reached = or_(*(visible(actor, Customer, right) for right in rights))
    query = select(Customer.id).where(Customer.id.in_(wanted), reached)
    if set(wanted) - set(session.scalars(query)):
        raise NotAllowed("permission_missing", permission=Permission.DOCUMENTS_ISSUE.value)


def address_of(session: Session, customer_id: str, channel: Literal["mail", "sms"]) -> str | None:
    """Where a message goes, in the clear (phones in E.164 form): for the delivery alone, whose row is the log."""
    customer = session.get(Customer, customer_id)
    if customer is None:
        return None
    wrapped = keys_of(session, [customer_id]).get(customer_id)
    if channel == "mail":
        return unseal(session, wrapped, customer.email_sealed)
    return unseal(session, wrapped, _main_phones(session, [customer_id]).get(customer_id))


def _sealed(session: Session, customer: Customer, field: str, phone_id: str | None) -> bytes | None:
    if field != "phone":
        name = {"id_no": "id_sealed", "birth_date": "birth_sealed", "email": "email_sealed"}.get(field)
        sealed: bytes | None = getattr(customer, name or "address_sealed")
        return sealed
    if phone_id is None:
        return _main_phones(session, [customer.id]).get(customer.id)
    phone = session.get(CustomerPhone, phone_id)
    if phone is None or phone.customer_id != customer.id:
        raise PhoneMissing(id=phone_id)
    return phone.sealed


def _main_phones(session: Session, customer_ids: list[str]) -> dict[str, bytes]:
    rule = CustomerPhone.customer_id.in_(customer_ids) & CustomerPhone.main
    rows = session.execute(select(CustomerPhone.customer_id, CustomerPhone.sealed).where(rule))
    return {row.customer_id: row.sealed for row in rows}


def _log(
    session: Session, actor: Actor, clock: Clock, customer: Customer, fields: list[str], reason: str | None
) -> None:
    audit.record(
        session,
        actor,
        clock,
        "customers:reveal",
        "customer",
        customer.id,
        path=customer.path,
        after={"fields": fields},
        reason=reason,
    )
