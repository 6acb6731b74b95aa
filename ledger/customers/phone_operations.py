"""Adding and removing a customer's phones, and choosing the main one."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock
from ledger.customers.access import reach
from ledger.customers.duplicates import find_duplicates, refuse_duplicates
from ledger.customers.errors import CustomerInvalid, PhoneMissing
from ledger.customers.models import Customer, CustomerPhone
from ledger.customers.phones import normalise_phone
from ledger.customers.revisions import note_revision
from ledger.customers.sealing import keys_of, new_phone, phone_index, unseal
from ledger.reviews.marks import require_customer_unmarked
from ledger.staff.permissions import Permission


def add_phone(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    customer_id: str,
    phone: str,
    main: bool = False,
    label: str = "",
    confirmed: bool = False,
) -> CustomerPhone:
    """Add a phone; the first one is the main one. A known number is returned, and made main if so asked.

    Raises `PhoneInvalid`, `ReviewNeeded` when phones are marked, and `DuplicateCustomer` when another customer has
    it, unless ``confirmed``.
    """
    customer = reach(session, actor, customer_id, Permission.CUSTOMERS_EDIT)
    number = normalise_phone(phone)
    rule = (CustomerPhone.customer_id == customer.id) & (CustomerPhone.index == phone_index(session, number))
    known = session.scalars(select(CustomerPhone).where(rule)).one_or_none()
    if known is None:
        likely = find_duplicates(session, actor, name=customer.name, phones=[number], but=customer.id)
        refuse_duplicates(likely, confirmed=confirmed)
        known = new_phone(session, customer.id, number, main=False, label=label.strip())
        session.add(known)
        session.flush()  # Choosing the main one looks at all of them.
        _note(session, actor, clock, customer, "customers:add_phone", known)
    if (main or _main_of(session, customer.id) is None) and not known.main:
        _make_main(session, actor, clock, customer, known, None)
    return known


def set_main_phone(
    session: Session, actor: Actor, clock: Clock, *, customer_id: str, phone_id: str, reason: str | None = None
) -> CustomerPhone:
    """Choose the phone that messages go to. Raises `PhoneMissing`, `ReviewNeeded`."""
    customer = reach(session, actor, customer_id, Permission.CUSTOMERS_EDIT)
    phone = _phone(session, customer, phone_id)
    if not phone.main:
        _make_main(session, actor, clock, customer, phone, reason)
    return phone


def remove_phone(session: Session, actor: Actor, clock: Clock, *, customer_id: str, phone_id: str) -> None:
    """Remove a phone that is not the main one.

    Raises `PhoneMissing`, `CustomerInvalid` for the main one, `ReviewNeeded` when phones are marked.
    """
    customer = reach(session, actor, customer_id, Permission.CUSTOMERS_EDIT)
    phone = _phone(session, customer, phone_id)
    if phone.main:
        raise CustomerInvalid("main_phone_stays", field="phone")
    session.delete(phone)
    session.flush()  # The same number may be added again in this transaction.
    _note(session, actor, clock, customer, "customers:remove_phone", phone)


def _phone(session: Session, customer: Customer, phone_id: str) -> CustomerPhone:
    phone = session.get(CustomerPhone, phone_id)
    if phone is None or phone.customer_id != customer.id:
        raise PhoneMissing(id=phone_id)
    return phone


def _main_of(session: Session, customer_id: str) -> CustomerPhone | None:
    rule = (CustomerPhone.customer_id == customer_id) & CustomerPhone.main
    return session.scalars(select(CustomerPhone).where(rule)).one_or_none()


def _make_main(
    session: Session, actor: Actor, clock: Clock, customer: Customer, phone: CustomerPhone, reason: str | None
) -> None:
    earlier = _main_of(session, customer.id)
    if earlier is not None:
        earlier.main = False
        session.flush()  # Only one may be main at a time.
    phone.main = True
    wrapped = keys_of(session, [customer.id]).get(customer.id)
    number = unseal(session, wrapped, phone.sealed)
    note_revision(session, actor, clock, customer.id, "main_phone", number, reason)
    _note(session, actor, clock, customer, "customers:set_main_phone", phone)


def _note(
    session: Session, actor: Actor, clock: Clock, customer: Customer, action: str, phone: CustomerPhone
) -> None:
    require_customer_unmarked(session, actor, clock, customer)
    customer.revision += 1
    customer.changed_at, customer.changed_by = clock.now(), actor.id
    after = {"phone_id": phone.id}
    audit.record(session, actor, clock, action, "customer", customer.id, path=customer.path, after=after)
