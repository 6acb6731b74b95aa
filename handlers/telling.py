"""Messages that processes send: queued in the transaction, delivered by the worker after the commit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from engine.api import Context
from handlers.jobs import DELIVER
from kernel.clock import business_date
from ledger.customers.models import Customer
from ledger.messages.operations import queue_message
from ledger.staff.models import Staff
from ledger.staff.queries import holders


def tell_customers(
    ctx: Context, template: str, customer_ids: Iterable[str], path: str, params: Mapping[str, object]
) -> None:
    """A message to each customer, addressed by name, once however often the step is retried."""
    for customer_id in customer_ids:
        customer = ctx.session.get_one(Customer, customer_id)
        _queue(ctx, template, "customer", customer_id, path, {**params, "customer": customer.name}, "")


def tell_staff(
    ctx: Context, template: str, role: str, path: str, params: Mapping[str, object], *, part: str = ""
) -> None:
    """A note to everybody who holds a role at a node or at the nearest above; ``part`` tells steps apart."""
    for staff_id in holders(ctx.session, role, path, business_date(ctx.clock)):
        _queue(ctx, template, "staff", staff_id, path, params, part)


def tell_person(ctx: Context, template: str, staff_id: str, path: str, params: Mapping[str, object]) -> None:
    """A note to one member of staff; somebody who is not, such as the system itself, gets none."""
    if ctx.session.get(Staff, staff_id) is not None:
        _queue(ctx, template, "staff", staff_id, path, params, "")


def _queue(
    ctx: Context,
    template: str,
    kind: Literal["customer", "staff"],
    recipient_id: str,
    path: str,
    params: Mapping[str, object],
    part: str,
) -> None:
    message = queue_message(
        ctx.session,
        ctx.ledger_actor,
        ctx.clock,
        template=template,
        recipient_kind=kind,
        recipient_id=recipient_id,
        params=params,
        path=path,
        key=f"{template}:{ctx.idempotency_key}:{part}:{recipient_id}",
    )
    if message.channel != "in_app":
        ctx.send(DELIVER, {"message_id": message.id}, key=f"{DELIVER}:{message.id}")
