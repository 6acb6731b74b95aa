"""The outside: told at least once, always under the same key with the same content, and of nothing that is not so."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.tables.instances import InstanceRow
from engine.tables.work import JobRow
from ledger.documents.models import Document
from ledger.messages.models import Message
from tests.faults import relay
from tests.faults.gateway import Gateway


def never_ordered(session: Session, delivered: set[str]) -> list[str]:
    """Deliveries that nothing committed has ordered."""
    ordered = set(session.scalars(select(Message.key))) | set(session.scalars(select(JobRow.idempotency_key)))
    return [f"{key} was delivered, but nobody had ordered it" for key in delivered - ordered]


def undelivered(session: Session, gateway: Gateway) -> list[str]:
    """Messages and papers that were ordered and never came."""
    outgoing = select(Message.key, Message.state).where(Message.channel == "sms")
    wrong = [f"message {key} is {state}" for key, state in session.execute(outgoing) if state != "sent"]
    wrong += [f"message {key} never came" for key, _ in session.execute(outgoing) if key not in gateway.bodies]
    papers = select(JobRow.payload).where(JobRow.name == "papers.issue")
    ordered = Counter((payload["kind"], payload["subject_id"]) for payload in session.scalars(papers))
    issued = select(Document.kind, Document.subject_id, func.count()).group_by(Document.kind, Document.subject_id)
    stored = Counter({(kind, subject): number for kind, subject, number in session.execute(issued)})
    return wrong + [f"paper {paper} is there {stored[paper]} times" for paper in ordered if stored[paper] != 1]


def unpaired(session: Session, gateway: Gateway) -> list[str]:
    """Relays whose last word did not come out once, with what they asked and heard."""
    relays = select(InstanceRow.variables).where(InstanceRow.definition_key == relay.KEY)
    numbers = sorted(variables["number"] for variables in session.scalars(relays))
    told = gateway.told()
    wrong = [] if [number for number, *_ in told] == numbers else [f"relays {numbers} told {told}"]
    return wrong + [f"relay {number} heard {word}" for number, _, word in told if word != f"word {number}"]
