"""Registering customers and changing them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock, business_date
from kernel.facts import tell
from ledger.customers.access import reach
from ledger.customers.details import Details, check_email, check_grade, check_name, check_paper
from ledger.customers.duplicates import find_duplicates, refuse_duplicates
from ledger.customers.errors import CustomerInvalid, CustomerStale
from ledger.customers.facts import CustomerRegistered
from ledger.customers.kinds import mark_kind
from ledger.customers.models import Customer, CustomerNameTerm, CustomerProject
from ledger.customers.phones import normalise_phone
from ledger.customers.pinyin import name_terms
from ledger.customers.projects import choose_owner
from ledger.customers.revisions import id_text, note_revision
from ledger.customers.sealing import keys_of, new_key, new_phone, put_birth, put_id, seal, unseal
from ledger.organisation.models import Project
from ledger.reviews.marks import require_customer_unmarked
from ledger.scope import get_scoped
from ledger.staff.permissions import Permission


@dataclass(frozen=True)
class _Checked:
    """What was typed about a new customer, normalised."""

    name: str
    numbers: tuple[str, ...]
    id_type: str | None
    number: str | None
    born: date | None


def register_customer(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    name: str,
    project_id: str,
    phones: Sequence[str] = (),
    kind: str = "person",
    first_kind: str = "prospect",
    id_type: str | None = None,
    id_no: str | None = None,
    birth_date: date | None = None,
    email: str | None = None,
    address: str | None = None,
    contact_person: str | None = None,
    source: str | None = None,
    grade: str | None = None,
    language: str = "zh",
    owner_id: str | None = None,
    consents: Mapping[str, bool] | None = None,
    confirmed: bool = False,
) -> Customer:
    """Register a person or firm that a project meets for the first time, with at least a phone or an ID number.

    The first phone is the main one. The actor looks after the customer unless ``owner_id`` names another.
    ``first_kind`` is prospect or visitor. Raises `DuplicateCustomer` when they seem to be known already
    (``confirmed`` overrides likeness, never the same ID), `IdentityInvalid`, `PhoneInvalid`, `CustomerInvalid`.
    """
    project = get_scoped(session, actor, Project, Permission.CUSTOMERS_EDIT, project_id)
    email = check_email(email)
    checked = _check_new(session, actor, clock, project, kind, name, phones, id_type, id_no, birth_date, confirmed)
    customer = Customer(
        kind=kind,
        name=checked.name,
        contact_person=contact_person,
        language=language,
        grade=check_grade(grade),
        source=source,
        consents={purpose: _consent(given, clock) for purpose, given in (consents or {}).items()},
        owner_id=choose_owner(actor, project.path, owner_id),
    )
    _store_new(session, actor, clock, customer, project)
    _seal_new(session, customer, checked, email=email, address=address)
    _first_history(session, actor, clock, customer, checked)
    mark_kind(session, actor, clock, customer_id=customer.id, kind=first_kind, project_id=project.id)
    tell(session, CustomerRegistered(customer.id, project.id))
    return customer


def _check_new(
    session: Session,
    actor: Actor,
    clock: Clock,
    project: Project,
    kind: str,
    name: str,
    phones: Sequence[str],
    id_type: str | None,
    id_no: str | None,
    birth_date: date | None,
    confirmed: bool,
) -> _Checked:
    if kind not in ("person", "firm"):
        raise CustomerInvalid("customer_sort_unknown", field="kind", kind=kind)
    name = check_name(name)
    numbers = tuple(dict.fromkeys(normalise_phone(phone, field="phones") for phone in phones))
    number, born = check_paper(
        id_type, id_no, kind=kind, born=birth_date, today=business_date(clock, project.zone)
    )
    if not numbers and number is None:
        raise CustomerInvalid("phone_or_id_needed", field="phones")
    likely = find_duplicates(
        session, actor, name=name, phones=numbers, id_type=id_type, id_no=number, birth_date=born
    )
    refuse_duplicates(likely, confirmed=confirmed)
    return _Checked(name, numbers, id_type, number, born)


def _seal_new(
    session: Session, customer: Customer, checked: _Checked, *, email: str | None, address: str | None
) -> None:
    put_id(session, customer, checked.id_type, checked.number)
    put_birth(session, customer, checked.born)
    customer.email_sealed = seal(session, customer.id, email)
    customer.address_sealed = seal(session, customer.id, address)
    for place, number in enumerate(checked.numbers):
        session.add(new_phone(session, customer.id, number, main=place == 0, label=""))
    _flush_unique(session)


def _store_new(session: Session, actor: Actor, clock: Clock, customer: Customer, project: Project) -> None:
    """The row, its key, its name's spellings, and the project that knows it."""
    customer.project_id, customer.path = project.id, project.path
    customer.created_at = customer.changed_at = clock.now()
    customer.created_by = customer.changed_by = actor.id
    session.add(customer)
    session.flush()  # Key, terms and project refer to the id.
    new_key(session, customer.id)
    _put_terms(session, customer)
    session.add(
        CustomerProject(
            customer_id=customer.id,
            project_id=project.id,
            path=project.path,
            owner_id=customer.owner_id,
            since=customer.created_at,
        )
    )


def _first_history(session: Session, actor: Actor, clock: Clock, customer: Customer, checked: _Checked) -> None:
    note_revision(session, actor, clock, customer.id, "name", customer.name)
    if checked.number is not None:
        note_revision(session, actor, clock, customer.id, "id", id_text(checked.id_type, checked.number))
    if checked.numbers:
        note_revision(session, actor, clock, customer.id, "main_phone", checked.numbers[0])
    after = {"kind": customer.kind, "owner_id": customer.owner_id, "id_type": customer.id_type}
    audit.record(
        session, actor, clock, "customers:register", "customer", customer.id, path=customer.path, after=after
    )


def edit_customer(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    customer_id: str,
    changes: Details,
    revision: int | None = None,
    reason: str | None = None,
    confirmed: bool = False,
) -> Customer:
    """Change fields of a customer. Name and ID paper keep their earlier values in the history.

    ``revision`` is the one the form was drawn from. Raises `CustomerStale` when somebody was faster,
    `ReviewNeeded` when name, ID paper or birth date are marked, and what `register_customer` raises for wrong
    values.
    """
    customer = reach(session, actor, customer_id, Permission.CUSTOMERS_EDIT)
    if revision is not None and revision != customer.revision:
        raise CustomerStale(id=customer.id, by=customer.changed_by, at=customer.changed_at)
    changed = _apply_name(session, actor, clock, customer, changes, reason)
    changed += _apply_paper(session, actor, clock, customer, changes, reason, confirmed)
    if changed:
        require_customer_unmarked(session, actor, clock, customer)
    changed += _apply_plain(session, customer, changes)
    if changed:
        customer.revision += 1
        customer.changed_at, customer.changed_by = clock.now(), actor.id
        after = {"fields": sorted(changed), "revision": customer.revision}
        audit.record(
            session,
            actor,
            clock,
            "customers:edit",
            "customer",
            customer.id,
            path=customer.path,
            after=after,
            reason=reason,
        )
    return customer


def _apply_name(
    session: Session, actor: Actor, clock: Clock, customer: Customer, changes: Details, reason: str | None
) -> list[str]:
    name = check_name(changes["name"]) if "name" in changes else customer.name
    if name == customer.name:
        return []
    customer.name = name
    _put_terms(session, customer)
    note_revision(session, actor, clock, customer.id, "name", name, reason)
    return ["name"]


def _apply_paper(
    session: Session,
    actor: Actor,
    clock: Clock,
    customer: Customer,
    changes: Details,
    reason: str | None,
    confirmed: bool,
) -> list[str]:
    if not changes.keys() & {"id_type", "id_no", "birth_date"}:
        return []
    wrapped = keys_of(session, [customer.id]).get(customer.id)
    number_now = unseal(session, wrapped, customer.id_sealed)
    born_now = unseal(session, wrapped, customer.birth_sealed)
    id_type = changes.get("id_type", customer.id_type)
    # A new number brings its own birth date; the old one's must not contradict it.
    kept = date.fromisoformat(born_now) if born_now and "id_no" not in changes else None
    number, born = check_paper(
        id_type,
        changes.get("id_no", number_now),
        kind=customer.kind,
        born=changes.get("birth_date", kept),
        today=business_date(clock),
    )
    if (number, id_type, born and born.isoformat()) == (number_now, customer.id_type, born_now):
        return []
    likely = find_duplicates(
        session, actor, name=customer.name, id_type=id_type, id_no=number, birth_date=born, but=customer.id
    )
    refuse_duplicates(likely, confirmed=confirmed)
    if (number, id_type) != (number_now, customer.id_type):
        note_revision(session, actor, clock, customer.id, "id", id_text(id_type, number), reason)
    put_id(session, customer, id_type, number)
    put_birth(session, customer, born)
    _flush_unique(session)
    return ["id_no", "birth_date"]


def _apply_plain(session: Session, customer: Customer, changes: Details) -> list[str]:
    """Fields without history. Encrypted ones count as changed whenever they are given."""
    changed = []
    if "email" in changes:
        customer.email_sealed = seal(session, customer.id, check_email(changes["email"]))
        changed.append("email")
    if "address" in changes:
        customer.address_sealed = seal(session, customer.id, changes["address"] or None)
        changed.append("address")
    check_grade(changes.get("grade"))
    plain: Mapping[str, Any] = changes
    for field in ("contact_person", "source", "grade", "language"):
        if field in plain and getattr(customer, field) != plain[field]:
            setattr(customer, field, plain[field])
            changed.append(field)
    return changed


def _consent(given: bool, clock: Clock) -> dict[str, Any]:
    return {"given": given, "at": clock.now().isoformat()}


def _put_terms(session: Session, customer: Customer) -> None:
    session.execute(delete(CustomerNameTerm).where(CustomerNameTerm.customer_id == customer.id))
    terms = name_terms(customer.name, kind=customer.kind)
    session.add_all(CustomerNameTerm(customer_id=customer.id, term=term) for term in sorted(terms))


def _flush_unique(session: Session) -> None:
    """Let the unique ID index speak now: somebody may have registered the same paper in the same moment."""
    try:
        session.flush()
    except IntegrityError as clash:
        raise CustomerStale("customer_registered_meanwhile") from clash
