"""Messages that processes send: queued in the transaction, delivered by the worker after the commit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from ledger.messages.operations import queue_message

from engine.api import Context
from kernel.clock import business_date
from ledger.staff.queries import holders

DELIVER = "messages.deliver"


def tell_customers(
    ctx: Context, template: str, customer_ids: Iterable[str], path: str, params: Mapping[str, object]
) -> None:
    """A message to each customer, once however often the step is retried."""
    for customer_id in customer_ids:
        _queue(ctx, template, "customer", customer_id, path, params, "")


def tell_staff(
    ctx: Context, template: str, role: str, path: str, params: Mapping[str, object], *, part: str = ""
) -> None:
    """A message to everybody who holds a role at a node or at the nearest above; ``part`` tells steps apart."""
    for staff_id in holders(ctx.session, role, path, business_date(ctx.clock)):
        _queue(ctx, template, "staff", staff_id, path, params, part)


def _queue(
    ctx: Context,
    template: str,
    kind: Literal["customer", "staff"],
    recipient_id: str,
    path: str,
    params: Mapping[str, object],
    part: str,
) -> None:
    key = f"{template}:{ctx.idempotency_key}:{part}:{recipient_id}"
    message = queue_message(
        ctx.session,
        ctx.ledger_actor,
        ctx.clock,
        template=template,
        recipient_kind=kind,
        recipient_id=recipient_id,
        params=dict(params),
        path=path,
        key=key,
    )
    ctx.send(DELIVER, {"message_id": message.id}, key=f"{DELIVER}:{message.id}")
