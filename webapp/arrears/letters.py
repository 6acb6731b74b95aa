"""Letters of arrears (催款函): of the project's text for the level, numbered without gaps, stored with hash."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from ledger.arrears.cases import note_event
from ledger.arrears.finding import Line
from ledger.arrears.kinds import EventKind
from ledger.arrears.models import ArrearsCase, ArrearsStep
from ledger.documents.models import Document
from ledger.finance.models import Receivable
from ledger.organisation.parameters import ARREARS_PAY_WITHIN
from ledger.organisation.queries import parameter
from ledger.templates import words
from ledger.templates.kinds import Language
from ledger.templates.letters import letter_kind
from ledger.templates.making import Order, order_paper
from ledger.templates.sale_papers import sale_paper_values
from ledger.templates.sale_values import language_of
from webapp.paperwork.made import make_at_once

SUBJECT = "arrears_step"


def store_letter(
    session: Session,
    actor: Actor,
    clock: Clock,
    case: ArrearsCase,
    step: ArrearsStep,
    lines: Sequence[Line],
) -> Document:
    """Make the letter of a level that was just sent, and store it.

    Raises `PaperError` for what cannot be set, `TextRefused` by line for what the project's text needs and nobody
    knows.
    """
    order = _order(session, actor, clock, case, step, lines)
    document = make_at_once(session, actor, clock, order_paper(session, actor, clock, order))
    details = {"number": document.number, "document_id": document.id, "sha256": document.sha256}
    note_event(
        session,
        actor,
        clock,
        case,
        EventKind.LETTER_MADE,
        key=f"letter:{step.id}",
        subject_id=step.id,
        details=details,
    )
    return document


def _order(
    session: Session,
    actor: Actor,
    clock: Clock,
    case: ArrearsCase,
    step: ArrearsStep,
    lines: Sequence[Line],
) -> Order:
    kind, language = letter_kind(step.template), language_of(session, case.path, step.on_date)
    late = late_values(session, lines, step.on_date, language)
    pay_by = step.on_date + timedelta(days=parameter(session, case.path, ARREARS_PAY_WITHIN, step.on_date))
    late |= {"pay_by": pay_by.isoformat(), "interest": step.interest_fen or None}
    told, _language, gathered = sale_paper_values(session, actor, clock, kind, case.sale_id, None, late, language)
    return Order(
        kind=kind,
        key=f"letter:{step.id}",
        subject=SUBJECT,
        subject_id=step.id,
        path=case.path,
        issued_on=step.on_date,
        language=language,
        values=told,
        owner_id=case.owner_id,
        customer_id=gathered.sale.customer_id,
    )


def late_values(session: Session, lines: Sequence[Line], on: date, language: Language) -> dict[str, Any]:
    """What is late on a day, line by line, and its sum."""
    ids = [line.receivable_id for line in lines]
    query = select(Receivable.id, Receivable.amount_fen).where(Receivable.id.in_(ids))
    amounts = {row.id: row.amount_fen for row in session.execute(query)}
    return {
        "overdue": [
            {
                "name": words.named(words.RECEIVABLES, line.kind, language),
                "due": line.due_on.isoformat(),
                "days": max((on - line.due_on).days, 0),
                "amount": amounts[line.receivable_id],
                "open": line.open_fen,
            }
            for line in lines
        ],
        "total": sum(line.open_fen for line in lines),
    }
