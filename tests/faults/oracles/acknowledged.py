"""Every acknowledged act is there exactly once, and no act is there twice, acknowledged or not."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.tables.instances import HistoryRow, InstanceRow
from engine.tables.tasks import TaskRow
from engine.tables.work import MessageRow
from ledger.customers.models import Customer
from ledger.finance.models import JournalTransaction, Receipt, ReceiptEvent
from ledger.sales.models import Sale
from tests.faults import relay
from tests.faults.client import Act
from webapp.request_sent import RequestSent


def missing_or_double(session: Session, acts: Iterable[Act]) -> list[str]:
    """Acts of the diary that are not there once, and acts of anybody that are there twice."""
    present = _present(session)
    wrong = []
    for act in acts:
        kind, _, named = act.kind.partition(":")
        times = present[kind][named or act.subject]
        if times != 1:
            wrong.append(f"{act.kind} {act.subject} was acknowledged and is there {times} times")
    wrong += [
        f"{kind} {subject} is there {n} times"
        for kind, of in present.items()
        for subject, n in of.items()
        if n > 1
    ]
    return wrong


def answers_lost(session: Session, acts: Iterable[Act]) -> list[str]:
    """Acts whose answer could not be given again to whoever sends the request again."""
    kept = {row.key.partition(":")[2]: row for row in session.scalars(select(RequestSent))}
    wrong = []
    for act in acts:
        if act.key not in kept or not 200 <= kept[act.key].status < 300:
            wrong.append(f"the answer to {act.kind} {act.key} is not kept")
        elif act.subject and json.loads(kept[act.key].body)["id"] != act.subject:
            wrong.append(f"{act.kind} {act.key} was answered differently")
    return wrong


def _present(session: Session) -> dict[str, Counter[str]]:
    count: Callable[..., Counter[str]] = lambda query: Counter(  # noqa: E731
        {str(subject): number for subject, number in session.execute(query)}
    )
    history = select(HistoryRow.instance_id, func.count()).group_by(HistoryRow.instance_id)
    tasks = (
        select(HistoryRow.task_id, func.count())
        .join(TaskRow, TaskRow.id == HistoryRow.task_id)
        .where(HistoryRow.code == "task_completed", TaskRow.state == "completed")
    )
    begun, told = _relays(session)
    return {
        "register": count(select(Customer.id, func.count()).group_by(Customer.id)),
        "customer of the name": count(select(Customer.name, func.count()).group_by(Customer.name)),
        "start": count(history.where(HistoryRow.code == "instance_started")),
        "sale of the case": count(select(Sale.instance_id, func.count()).group_by(Sale.instance_id)),
        "complete": count(tasks.group_by(HistoryRow.task_id)),
        "take": count(select(Receipt.id, func.count()).group_by(Receipt.id)),
        "deposit of the sale": count(select(Receipt.sale_id, func.count()).group_by(Receipt.sale_id)),
        "confirm": count(
            select(JournalTransaction.subject_id, func.count())
            .join(ReceiptEvent, (ReceiptEvent.receipt_id == JournalTransaction.subject_id))
            .where(JournalTransaction.kind == "receive", ReceiptEvent.kind == "confirmed")
            .group_by(JournalTransaction.subject_id)
        ),
        "begin_relay": begun,
        "tell_relay": told,
    }


def _relays(session: Session) -> tuple[Counter[str], Counter[str]]:
    """How often each relay was begun, and how often its word was kept or received."""
    query = select(InstanceRow.id, InstanceRow.variables).where(InstanceRow.definition_key == relay.KEY)
    numbers = {id_: str(variables["number"]) for id_, variables in session.execute(query)}
    told = Counter(
        str(json.loads(correlation)["number"])
        for correlation in session.scalars(select(MessageRow.correlation).where(MessageRow.name == relay.WORD))
    )
    heard = select(HistoryRow.instance_id).where(
        HistoryRow.code == "event_received", HistoryRow.element_id == "listen"
    )
    told.update(numbers[instance] for instance in session.scalars(heard))
    return Counter(numbers.values()), told
