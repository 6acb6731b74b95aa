"""What the buyers of a sale are told of a step: when it begins, when it is late, when it ends.

Each buyer once, in the buyer's language, outside of the quiet hours, unless the buyer has said no. A message names
the project, the home and the step, and nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock, business_date
from ledger.customers.consents import PROGRESS, wants
from ledger.customers.models import Customer, CustomerPhone
from ledger.inventory.models import Building, Unit
from ledger.messages.models import Message
from ledger.messages.operations import queue_message
from ledger.organisation.models import Project
from ledger.organisation.parameters import CUSTOMER_QUIET_FROM, CUSTOMER_QUIET_TO
from ledger.organisation.queries import parameter
from ledger.progress.kinds import FAMILIES
from ledger.progress.models import ProgressStep
from ledger.sales.models import Sale, SaleBuyer

Happened = Literal["begun", "delayed", "done", "stopped"]


@dataclass(frozen=True)
class Outgoing:
    """A message that waits; it may be sent at ``due_at`` and not before."""

    message: Message
    due_at: datetime


def tell_buyers_of_step(
    session: Session, actor: Actor, clock: Clock, step: ProgressStep, happened: Happened
) -> list[Outgoing]:
    """Queue what is told of a step to every buyer who has not said no."""
    dated = step.due_on is not None and happened in ("begun", "delayed")
    template = f"progress_{happened}_due" if dated else f"progress_{happened}"
    buyers = buyers_of_sale(session, step.sale_id)
    found = []
    for buyer in buyers:
        params: dict[str, Any] = {
            "family": _in(buyer, dict(zip(("en", "zh"), FAMILIES[step.family], strict=True))),
            "step": _in(buyer, step.labels),
        }
        if dated and step.due_on is not None:
            params["due_on"] = step.due_on.isoformat()
        key = f"{template}:{step.id}:{step.due_on if happened == 'delayed' else ''}:{buyer.id}"
        found += write_to(session, actor, clock, [buyer], template, params, key=key, sale_id=step.sale_id)
    return found


def write_to(
    session: Session,
    actor: Actor,
    clock: Clock,
    buyers: Iterable[Customer],
    template: str,
    params: dict[str, Any],
    *,
    key: str,
    sale_id: str,
    asked: bool = False,
) -> list[Outgoing]:
    """Queue a message about a sale to buyers; ``asked`` for one that was asked for: at once, whatever was said."""
    sale = session.get_one(Sale, sale_id)
    project = session.get_one(Project, sale.project_id)
    params = {"project": project.name, "unit": _unit(session, sale), **params}
    due_at = clock.now() if asked else after_quiet(session, clock, project)
    found = []
    for buyer in buyers:
        channel = channel_to(session, buyer)
        if channel is None or not (asked or wants(buyer, PROGRESS)):
            continue
        message = queue_message(
            session,
            actor,
            clock,
            template=template,
            recipient_kind="customer",
            recipient_id=buyer.id,
            params=params,
            key=key,
            path=sale.path,
            channel=channel,
        )
        found.append(Outgoing(message, due_at))
    return found


def buyers_of_sale(session: Session, sale_id: str) -> list[Customer]:
    """The buyers in force, in their order, or the customer while there are none."""
    query = (
        select(Customer)
        .select_from(Sale)
        .outerjoin(SaleBuyer, (SaleBuyer.sale_id == Sale.id) & (SaleBuyer.version == Sale.terms_version))
        .join(Customer, Customer.id == func.coalesce(SaleBuyer.customer_id, Sale.customer_id))
        .where(Sale.id == sale_id)
        .order_by(SaleBuyer.position)
    )
    return list(session.scalars(query))


def channel_to(session: Session, buyer: Customer) -> Literal["sms", "mail"] | None:
    """How a buyer is reached: by text message, else by e-mail, else not at all."""
    phone = select(CustomerPhone.id).where(CustomerPhone.customer_id == buyer.id, CustomerPhone.main)
    if session.scalar(phone.limit(1)) is not None:
        return "sms"
    return "mail" if buyer.email_sealed is not None else None


def after_quiet(session: Session, clock: Clock, project: Project) -> datetime:
    """Now, or when the quiet hours (免打扰时段) of the project's customers are over; they may pass midnight."""
    on = business_date(clock, project.zone)
    begin = parameter(session, project.path, CUSTOMER_QUIET_FROM, on)
    end = parameter(session, project.path, CUSTOMER_QUIET_TO, on)
    now = clock.now().astimezone(ZoneInfo(project.zone))
    quiet = begin <= now.hour < end if begin < end else (now.hour >= begin or now.hour < end)
    if begin == end or not quiet:
        return clock.now()
    day = now.date() if now.hour < end else now.date() + timedelta(days=1)
    return datetime.combine(day, time(end), tzinfo=now.tzinfo)


def _unit(session: Session, sale: Sale) -> str:
    query = select(Building.name, Unit.unit_no).join(Building).where(Unit.id == sale.unit_id)
    building, unit_no = session.execute(query).one()
    return f"{building}-{unit_no}"


def _in(buyer: Customer, labels: dict[str, str]) -> str:
    return labels.get(buyer.language) or labels.get("en") or next(iter(labels.values()))
