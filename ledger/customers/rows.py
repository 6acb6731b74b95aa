"""Customers as lists show them: masked, with kinds and projects, in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from ledger.customers.masking import mask_id, mask_phone
from ledger.customers.models import Customer, CustomerKind, CustomerPhone, CustomerProject
from ledger.customers.phones import show_phone
from ledger.customers.sealing import keys_of, unseal


@dataclass(frozen=True)
class PhoneRow:
    """A phone, masked."""

    id: str
    masked: str
    main: bool
    label: str


@dataclass(frozen=True)
class ProjectRow:
    """A project that knows the customer and who looks after them there."""

    project_id: str
    path: str
    owner_id: str | None


@dataclass(frozen=True)
class CustomerRow:
    """A customer in a list. ``phone`` and ``id_no`` are masked; ``kinds`` are those that hold now."""

    id: str
    kind: str
    name: str
    id_type: str | None
    id_no: str | None
    phone: str | None
    phones: tuple[PhoneRow, ...]
    kinds: tuple[str, ...]
    projects: tuple[ProjectRow, ...]
    owner_id: str | None
    grade: str | None
    source: str | None
    contact_person: str | None
    language: str
    path: str
    revision: int


def rows_of(session: Session, customers: Sequence[Customer]) -> list[CustomerRow]:
    """The rows of several customers, in their order, in four queries however many there are."""
    ids = [customer.id for customer in customers]
    if not ids:
        return []
    keys = keys_of(session, ids)
    phones = _phones(session, ids, keys)
    kinds: dict[str, set[str]] = defaultdict(set)
    open_kinds = CustomerKind.customer_id.in_(ids) & CustomerKind.until.is_(None)
    for held in session.scalars(select(CustomerKind).where(open_kinds)):
        kinds[held.customer_id].add(held.kind)
    projects: dict[str, list[ProjectRow]] = defaultdict(list)
    known = select(CustomerProject).where(CustomerProject.customer_id.in_(ids)).order_by(CustomerProject.since)
    for link in session.scalars(known):
        projects[link.customer_id].append(ProjectRow(link.project_id, link.path, link.owner_id))
    return [
        _row(
            customer,
            unseal(session, keys.get(customer.id), customer.id_sealed),
            phones[customer.id],
            kinds[customer.id],
            projects[customer.id],
        )
        for customer in customers
    ]


def _phones(session: Session, ids: list[str], keys: dict[str, bytes | None]) -> dict[str, list[PhoneRow]]:
    phones: dict[str, list[PhoneRow]] = defaultdict(list)
    query = select(CustomerPhone).where(CustomerPhone.customer_id.in_(ids))
    for phone in session.scalars(query.order_by(CustomerPhone.main.desc(), CustomerPhone.id)):
        number = unseal(session, keys.get(phone.customer_id), phone.sealed)
        masked = mask_phone(show_phone(number)) if number else ""
        phones[phone.customer_id].append(PhoneRow(phone.id, masked, phone.main, phone.label))
    return phones


def _row(
    customer: Customer, id_no: str | None, phones: list[PhoneRow], kinds: set[str], projects: list[ProjectRow]
) -> CustomerRow:
    return CustomerRow(
        id=customer.id,
        kind=customer.kind,
        name=customer.name,
        id_type=customer.id_type,
        id_no=mask_id(id_no) if id_no else None,
        phone=next((phone.masked for phone in phones if phone.main), None),
        phones=tuple(phones),
        kinds=tuple(sorted(kinds)),
        projects=tuple(projects),
        owner_id=customer.owner_id,
        grade=customer.grade,
        source=customer.source,
        contact_person=customer.contact_person,
        language=customer.language,
        path=customer.path,
        revision=customer.revision,
    )
