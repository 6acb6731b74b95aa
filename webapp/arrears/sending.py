"""Sending one proposed level: as a letter that is stored, as messages that leave after the commit, as a call."""

from __future__ import annotations

from typing import Any, Literal

from sqlalchemy.orm import Session

from engine.jobs import order_delivery
from handlers.jobs import DELIVER
from kernel.actor import Actor
from kernel.clock import Clock
from ledger.arrears.errors import ArrearsInvalid
from ledger.arrears.kinds import Channel
from ledger.arrears.models import ArrearsCase, ArrearsProposal, ArrearsStep
from ledger.arrears.proposing import open_lines, send_proposal
from ledger.arrears.undelivered import KEY
from ledger.customers.models import Customer
from ledger.customers.reveal import address_of
from ledger.finance.parties import today_at
from ledger.finance.sale_labels import SaleLabel, label_sales
from ledger.messages.operations import queue_message
from ledger.sales.models import Sale
from ledger.sales.queries import buyers_of
from webapp.arrears.letters import store_letter
from webapp.db import Database

Outside = Literal["sms", "mail"]


def send(session: Session, database: Database, actor: Actor, proposal_id: str) -> ArrearsStep:
    """Send a proposal; whatever is refused leaves nothing behind."""
    clock = database.clock
    proposal = session.get_one(ArrearsProposal, proposal_id)
    case = session.get_one(ArrearsCase, proposal.case_id)
    # What is open is read before it is sent, because the letter and the text say it line by line.
    lines = open_lines(session, proposal, case, today_at(session, clock, case.project_id))
    step = send_proposal(session, actor, clock, proposal_id=proposal_id)
    if proposal.channel is Channel.LETTER:
        store_letter(session, actor, clock, case, step, lines)
    elif proposal.channel in (Channel.SMS, Channel.MAIL):
        sale = label_sales(session, [case.sale_id])[case.sale_id]
        due_on = min(line.due_on for line in lines).isoformat()
        _tell(session, actor, clock, case, step, sale, due_on)
    return step


def _tell(
    session: Session,
    actor: Actor,
    clock: Clock,
    case: ArrearsCase,
    step: ArrearsStep,
    sale: SaleLabel,
    due_on: str,
) -> None:
    channel: Outside = "sms" if step.channel is Channel.SMS else "mail"
    reached = 0
    buyers = buyers_of(session, [session.get_one(Sale, case.sale_id)]).get(case.sale_id, ())
    for customer_id in (buyer.customer_id for buyer in buyers):
        if address_of(session, customer_id, channel) is None:
            continue
        params: dict[str, Any] = {
            "customer": session.get_one(Customer, customer_id).name,
            "project": sale.project_name,
            "unit": sale.unit_label,
            "amount_fen": step.amount_fen,
            "due_on": due_on,
        }
        message = queue_message(
            session,
            actor,
            clock,
            template=f"arrears_{step.template}",
            recipient_kind="customer",
            recipient_id=customer_id,
            params=params,
            path=case.path,
            channel=channel,
            key=f"{KEY}{step.id}:{customer_id}",
        )
        order_delivery(session, clock.now(), DELIVER, {"message_id": message.id}, key=f"{DELIVER}:{message.id}")
        reached += 1
    if not reached:
        raise ArrearsInvalid("arrears_no_address", field="channel")
