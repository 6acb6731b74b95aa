"""The paper of a receipt (收据): issued once, stored with its hash; every further print is marked as such."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock, business_date
from kernel.errors import Invalid, Missing
from ledger.documents.models import Document
from ledger.documents.operations import void_document
from ledger.documents.queries import find_documents
from ledger.finance.models import Receipt
from ledger.finance.queries import ReceiptDetail, ReceiptRow, get_receipt
from ledger.finance.receipt_queries import allocations_of
from ledger.finance.sale_labels import label_sales
from ledger.organisation.models import Project
from ledger.papers.queries import live_paper_of
from ledger.sales.models import Sale
from ledger.staff.queries import names
from ledger.templates import words
from ledger.templates.kinds import Language
from ledger.templates.making import Order, order_paper
from ledger.templates.models import MadePaper
from ledger.templates.sale_values import language_of
from webapp.paperwork.made import make_at_once, print_made
from webapp.paperwork.printed import Printed

KIND, SUBJECT = "receipt", "receipt"


def print_receipt(session: Session, actor: Actor, clock: Clock, receipt_id: str) -> Printed:
    """The paper of a confirmed receipt, issued at the first print.

    Raises `Missing` for a receipt that is not confirmed or was reversed, `Invalid` for one that a numbered paper
    acknowledges already, `DocumentVoid`, `NotAllowed`.
    """
    detail = get_receipt(session, actor, receipt_id)
    number = detail.row.number
    if not detail.usable or number is None:
        raise Missing("receipt_has_no_paper", id=receipt_id)
    if numbered := live_paper_of(session, receipt_id):
        raise Invalid("receipt_has_numbered_paper", number=numbered.label)
    document = _issued(session, actor, receipt_id) or _issue(session, actor, clock, detail, number)
    return print_made(session, actor, clock, document.id)


def void_receipt_paper(session: Session, actor: Actor, clock: Clock, receipt_id: str, *, reason: str) -> None:
    """Declare the paper of a reversed receipt void, if it was ever issued."""
    document = _issued(session, actor, receipt_id)
    if document is not None:
        void_document(session, actor, clock, document_id=document.id, reason=reason)


def _issued(session: Session, actor: Actor, receipt_id: str) -> Document | None:
    papers = find_documents(session, actor, subject=SUBJECT, subject_ids=[receipt_id])
    return next((paper for paper in papers if paper.kind == KIND), None)


def _issue(session: Session, actor: Actor, clock: Clock, detail: ReceiptDetail, number: str) -> Document:
    return make_at_once(session, actor, clock, _order(session, actor, clock, detail, number))


def _order(session: Session, actor: Actor, clock: Clock, detail: ReceiptDetail, number: str) -> MadePaper:
    row, project, at = detail.row, _project(session, detail), clock.now()
    today = business_date(clock, project.zone)
    language = language_of(session, row.path, today)
    sale = session.get(Sale, row.sale_id) if row.sale_id else None
    order = Order(
        kind=KIND,
        key=f"{KIND}:{row.id}",
        subject=SUBJECT,
        subject_id=row.id,
        number=number,
        path=row.path,
        issued_on=today,
        language=language,
        values=receipt_values(session, row, project, actor.id, at, language),
        owner_id=sale.owner_id if sale else None,
    )
    return order_paper(session, actor, clock, order)


def receipt_values(
    session: Session, row: ReceiptRow, project: Project, cashier_id: str, at: datetime, language: Language
) -> dict[str, Any]:
    """What the paper of a receipt says at an instant."""
    sale = label_sales(session, [row.sale_id]).get(row.sale_id) if row.sale_id else None
    cashier = names(session, [cashier_id]).get(cashier_id) or "Keyturn"
    return {
        "company": project.developer or project.name,
        "project": project.name,
        "project_address": project.address,
        "author": cashier,
        "cashier": cashier,
        "payer": row.payer,
        "home": f"{project.name} {sale.unit_label}" if sale else project.name,
        "method": words.named(words.METHODS, row.method, language),
        "account": words.named(words.ACCOUNTS, row.account, language),
        "sale_no": sale.no if sale else None,
        "item": _items(session, row, at, language),
        "total": row.amount_fen,
    }


def _items(session: Session, row: ReceiptRow, at: datetime, language: Language) -> list[dict[str, Any]]:
    settled = allocations_of(session, row.id, until=at)
    items = [
        {"name": words.named(words.RECEIVABLES, part.kind, language), "amount": part.amount_fen}
        for part in settled
    ]
    if left := row.amount_fen - sum(part.amount_fen for part in settled):
        items.append({"name": words.say(words.CREDIT, language), "amount": left})
    return items


def _project(session: Session, detail: ReceiptDetail) -> Project:
    return session.get_one(Project, session.get_one(Receipt, detail.row.id).project_id)
