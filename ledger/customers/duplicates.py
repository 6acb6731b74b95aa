"""Finding out whether a customer is known already (判重), before a second row is made (A3, A10)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from ledger.customers.errors import Candidate, DuplicateCustomer, Reason
from ledger.customers.models import Customer, CustomerPhone
from ledger.customers.sealing import birth_index, id_index, phone_index
from ledger.scope import scoped
from ledger.staff.permissions import Permission


def find_duplicates(
    session: Session,
    actor: Actor,
    *,
    name: str,
    phones: Sequence[str] = (),
    id_type: str | None = None,
    id_no: str | None = None,
    birth_date: date | None = None,
    but: str | None = None,
) -> list[Candidate]:
    """Customers with the same ID number, phone, or name and birthday, in the whole house, surest reason first.

    Numbers come normalised. ``but`` is a customer to leave out: the one being edited. A candidate outside the
    actor's scope is told of, so that no second row is made, but marked as not visible.
    """
    likenesses: list[tuple[Reason, Select[str]]] = []
    if id_type and id_no:
        index = id_index(session, id_type, id_no)
        likenesses.append(("id", select(Customer.id).where(Customer.id_index == index)))
    if phones:
        indexes = [phone_index(session, phone) for phone in phones]
        likenesses.append(("phone", select(CustomerPhone.customer_id).where(CustomerPhone.index.in_(indexes))))
    if birth_date is not None:
        same = (Customer.name == name) & (Customer.birth_index == birth_index(session, birth_date))
        likenesses.append(("name_and_birthday", select(Customer.id).where(same)))
    found: dict[str, Reason] = {}
    for reason, query in likenesses:
        for customer_id in sorted(session.scalars(query)):
            found.setdefault(customer_id, reason)
    found.pop(but or "", None)
    visible = _visible(session, actor, list(found))
    return [Candidate(customer_id, reason, customer_id in visible) for customer_id, reason in found.items()]


def refuse_duplicates(candidates: Sequence[Candidate], *, confirmed: bool) -> None:
    """Raise `DuplicateCustomer` for the same ID always, for other likenesses unless confirmed."""
    same = [one for one in candidates if one.reason == "id"]
    if same:
        raise DuplicateCustomer(same, field="id_no")
    if candidates and not confirmed:
        field = "phones" if any(one.reason == "phone" for one in candidates) else "name"
        raise DuplicateCustomer(candidates, field=field)


def _visible(session: Session, actor: Actor, ids: list[str]) -> set[str]:
    if not ids:
        return set()
    query = scoped(actor, Customer, Permission.CUSTOMERS_VIEW).where(Customer.id.in_(ids))
    return set(session.scalars(query.with_only_columns(Customer.id)))
