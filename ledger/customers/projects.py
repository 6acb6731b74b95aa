"""Which projects know a customer, and the consultant who looks after them at each (A2, B4).

A customer is one record for the whole house. A project elsewhere that meets them is linked to the record instead
of making a second one; who cannot see the record has to show that he met the person, by the phone or ID number.
"""

from __future__ import annotations

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import SYSTEM, Actor
from kernel.clock import Clock
from kernel.errors import NotAllowed
from kernel.facts import tell
from ledger.customers.access import reach
from ledger.customers.errors import CustomerMissing
from ledger.customers.facts import CustomerReassigned
from ledger.customers.identity import normalise_id
from ledger.customers.models import Customer, CustomerPhone, CustomerProject
from ledger.customers.phones import find_normalised
from ledger.customers.sealing import id_index, phone_index
from ledger.organisation.models import Project
from ledger.scope import get_scoped, scoped
from ledger.staff.permissions import Permission


def link_project(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    customer_id: str,
    project_id: str,
    proof: str | None = None,
    owner_id: str | None = None,
) -> CustomerProject:
    """Make a customer known to another project, looked after by the actor unless ``owner_id`` names another.

    ``proof`` is a phone or ID number of the customer, needed where the actor cannot see the customer yet. A
    project that knows the customer keeps its consultant. Raises `CustomerMissing`, `Missing` for the project.
    """
    project = get_scoped(session, actor, Project, Permission.CUSTOMERS_EDIT, project_id)
    customer = session.get(Customer, customer_id)
    if customer is None or not (_sees(session, actor, customer) or _proves(session, customer, proof)):
        raise CustomerMissing(id=customer_id)
    known = session.get(CustomerProject, (customer.id, project.id))
    return known or _link(session, actor, clock, customer, project, owner_id)


def make_known(session: Session, actor: Actor, clock: Clock, customer: Customer, project_id: str | None) -> str:
    """The path of one of the customer's projects, by default the first; links a project that did not know them."""
    if project_id is None:
        return customer.path
    known = session.get(CustomerProject, (customer.id, project_id))
    if known is None:
        project = get_scoped(session, actor, Project, Permission.CUSTOMERS_EDIT, project_id)
        known = _link(session, actor, clock, customer, project, None)
    return known.path


def assign_owner(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    customer_id: str,
    project_id: str,
    owner_id: str,
    reason: str | None = None,
) -> CustomerProject:
    """Give a customer to another consultant at a project; one's own scope alone does not allow it."""
    customer = reach(session, actor, customer_id, Permission.CUSTOMERS_EDIT)
    known = session.get(CustomerProject, (customer.id, project_id))
    if known is None:
        raise CustomerMissing("customer_unknown_to_project", id=customer.id, project_id=project_id)
    actor.require(Permission.CUSTOMERS_EDIT, known.path)
    if actor.only_own(Permission.CUSTOMERS_EDIT, known.path):
        raise NotAllowed("own_customers_only", permission=Permission.CUSTOMERS_EDIT.value, path=known.path)
    if known.owner_id == owner_id:
        return known
    before, known.owner_id = known.owner_id, owner_id
    if customer.project_id == project_id:
        customer.owner_id = owner_id
    was, now = {"owner_id": before}, {"owner_id": owner_id}
    audit.record(
        session,
        actor,
        clock,
        "customers:assign",
        "customer",
        customer.id,
        path=known.path,
        before=was,
        after=now,
        reason=reason,
    )
    tell(session, CustomerReassigned(customer.id, project_id, owner_id))
    return known


def choose_owner(actor: Actor, path: str, owner_id: str | None) -> str | None:
    """Who looks after a customer: the one named, else the one who acts (or is acted for), never the system.

    Raises `NotAllowed` when somebody limited to his own customers names another.
    """
    oneself = None if actor.id == SYSTEM.id else actor.on_behalf_of or actor.id
    if owner_id not in (None, oneself) and actor.only_own(Permission.CUSTOMERS_EDIT, path):
        raise NotAllowed("own_customers_only", permission=Permission.CUSTOMERS_EDIT.value, path=path)
    return owner_id or oneself


def _link(
    session: Session, actor: Actor, clock: Clock, customer: Customer, project: Project, owner_id: str | None
) -> CustomerProject:
    link = CustomerProject(
        customer_id=customer.id,
        project_id=project.id,
        path=project.path,
        owner_id=choose_owner(actor, project.path, owner_id),
        since=clock.now(),
    )
    session.add(link)
    session.flush()  # The scope of later queries in this transaction depends on it.
    audit.record(session, actor, clock, "customers:link", "customer", customer.id, path=project.path)
    return link


def _sees(session: Session, actor: Actor, customer: Customer) -> bool:
    query = scoped(actor, Customer, Permission.CUSTOMERS_VIEW).where(Customer.id == customer.id)
    return session.scalars(query).one_or_none() is not None


def _proves(session: Session, customer: Customer, proof: str | None) -> bool:
    if not proof:
        return False
    if customer.id_type and customer.id_index == id_index(session, customer.id_type, normalise_id(proof)):
        return True
    phone = find_normalised(proof)
    if phone is None:
        return False
    rule = exists().where(
        CustomerPhone.customer_id == customer.id, CustomerPhone.index == phone_index(session, phone)
    )
    return bool(session.scalar(select(rule)))
