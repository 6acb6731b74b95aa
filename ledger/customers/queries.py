"""Reading customers: one, many, by name, as lists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from kernel.actor import ROOT, Actor
from ledger.customers.access import reach
from ledger.customers.masking import mask_address, mask_email, mask_name
from ledger.customers.models import Customer, CustomerKind
from ledger.customers.rows import CustomerRow, rows_of
from ledger.customers.sealing import keys_of, unseal
from ledger.customers.search import search
from ledger.customers.timeline import timeline
from ledger.scope import scoped
from ledger.staff.permissions import Permission

__all__ = [
    "find_customers",
    "get_customer",
    "get_profile",
    "list_customers",
    "list_kinds",
    "names",
    "names_seen",
    "search",
    "timeline",
]


def get_customer(session: Session, actor: Actor, customer_id: str) -> CustomerRow:
    """A customer, masked. Raises `CustomerMissing`."""
    return rows_of(session, [reach(session, actor, customer_id, Permission.CUSTOMERS_VIEW)])[0]


def get_profile(session: Session, actor: Actor, customer_id: str) -> dict[str, Any]:
    """What the ledger's head shows beside the row: masked e-mail and address, birthday's year, consents, times."""
    customer = reach(session, actor, customer_id, Permission.CUSTOMERS_VIEW)
    wrapped = keys_of(session, [customer.id]).get(customer.id)
    email = unseal(session, wrapped, customer.email_sealed)
    address = unseal(session, wrapped, customer.address_sealed)
    born = unseal(session, wrapped, customer.birth_sealed)
    return {
        "email": mask_email(email) if email else None,
        "address": mask_address(address) if address else None,
        "birth_year": date.fromisoformat(born).year if born else None,
        "consents": customer.consents,
        "created_at": customer.created_at,
        "created_by": customer.created_by,
        "changed_at": customer.changed_at,
        "changed_by": customer.changed_by,
    }


def find_customers(session: Session, actor: Actor, ids: Iterable[str]) -> dict[str, CustomerRow]:
    """Several customers by id, masked; those outside the scope are left out."""
    query = scoped(actor, Customer, Permission.CUSTOMERS_VIEW).where(Customer.id.in_(set(ids)))
    return {row.id: row for row in rows_of(session, list(session.scalars(query)))}


def list_customers(
    session: Session,
    actor: Actor,
    *,
    kind: str | None = None,
    owner_id: str | None = None,
    path: str = ROOT,
    after: tuple[str, str] | None = None,
    limit: int = 50,
) -> list[CustomerRow]:
    """Customers by name, each once, optionally of a kind that holds now, of a consultant, at a place.

    ``after`` is (name, id) of the last one already seen.
    """
    query: Select[Customer] = scoped(actor, Customer, Permission.CUSTOMERS_VIEW)
    if path != ROOT or owner_id is not None:
        query = query.where(Customer.in_scope(path, owner_id))
    if kind is not None:
        held = CustomerKind.until.is_(None) & (CustomerKind.kind == kind)
        query = query.where(Customer.id.in_(select(CustomerKind.customer_id).where(held)))
    if after is not None:
        name, last = after
        query = query.where((Customer.name > name) | ((Customer.name == name) & (Customer.id > last)))
    return rows_of(session, list(session.scalars(query.order_by(Customer.name, Customer.id).limit(limit))))


def list_kinds(session: Session, actor: Actor, customer_id: str) -> list[CustomerKind]:
    """Every kind the customer has or had, oldest first. Raises `CustomerMissing`."""
    reach(session, actor, customer_id, Permission.CUSTOMERS_VIEW)
    rule = CustomerKind.customer_id == customer_id
    return list(session.scalars(select(CustomerKind).where(rule).order_by(CustomerKind.since, CustomerKind.id)))


def names(session: Session, ids: Iterable[str]) -> dict[str, str]:
    """The names of several customers in one query, for papers and messages of rows the actor already reached."""
    wanted = set(ids)
    if not wanted:
        return {}
    rows = session.execute(select(Customer.id, Customer.name).where(Customer.id.in_(wanted)))
    return {row.id: row.name for row in rows}


def names_seen(session: Session, actor: Actor, ids: Sequence[str]) -> dict[str, str]:
    """Names of customers, shortened to ``张*`` for those outside the actor's scope (candidates of a warning)."""
    everyone = names(session, ids)
    query = scoped(actor, Customer, Permission.CUSTOMERS_VIEW).where(Customer.id.in_(everyone))
    seen = set(session.scalars(query.with_only_columns(Customer.id)))
    return {id_: name if id_ in seen else mask_name(name) for id_, name in everyone.items()}
