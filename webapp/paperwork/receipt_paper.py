"""The paper of a receipt (收据): issued once, stored with its hash; every further print is marked as such.

A reprint says what the first print said, so it is made from the allocations as they stood when it was issued.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from channels.papers import Letterhead, ReceiptData, ReceiptItem, issue
from channels.papers.render import Language
from kernel.actor import Actor
from kernel.clock import Clock, business_date
from kernel.errors import Invalid, Missing
from ledger.documents.models import Document
from ledger.documents.operations import print_document, store_document, void_document
from ledger.documents.queries import find_documents
from ledger.finance.models import Receipt
from ledger.finance.queries import ReceiptDetail, ReceiptRow, get_receipt
from ledger.finance.receipt_queries import allocations_of
from ledger.finance.sale_labels import label_sales
from ledger.organisation.models import Project
from ledger.organisation.parameters import LANGUAGE
from ledger.organisation.queries import parameter
from ledger.papers.queries import live_paper_of
from ledger.sales.models import Sale
from ledger.staff.queries import names
from ledger.templates import words

KIND, SUBJECT = "receipt", "receipt"


@dataclass(frozen=True)
class Issue:
    """Who issued a paper and when; ``reprint`` is which print after the first this is."""

    by: str
    at: datetime
    reprint: int


@dataclass(frozen=True)
class Printed:
    """A paper to hand out; ``reprint`` counts the earlier prints."""

    number: str
    pdf: bytes
    reprint: int


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
    printing = print_document(session, actor, clock, document_id=document.id)
    if not printing.reprint:
        return Printed(number, printing.content, 0)
    language: Language = "en" if document.language == "en" else "zh"
    first = Issue(document.issued_by, document.issued_at, printing.reprint)
    return Printed(number, issue(_data(session, detail, first, language), language=language).pdf, printing.reprint)


def void_receipt_paper(session: Session, actor: Actor, clock: Clock, receipt_id: str, *, reason: str) -> None:
    """Declare the paper of a reversed receipt void, if it was ever issued."""
    document = _issued(session, actor, receipt_id)
    if document is not None:
        void_document(session, actor, clock, document_id=document.id, reason=reason)


def _issued(session: Session, actor: Actor, receipt_id: str) -> Document | None:
    papers = find_documents(session, actor, subject=SUBJECT, subject_ids=[receipt_id])
    return next((paper for paper in papers if paper.kind == KIND), None)


def _issue(session: Session, actor: Actor, clock: Clock, detail: ReceiptDetail, number: str) -> Document:
    path, sale_id = detail.row.path, detail.row.sale_id
    project = _project(session, detail)
    today = business_date(clock, project.zone)
    language: Language = "en" if parameter(session, path, LANGUAGE, today) == "en" else "zh"
    sale = session.get(Sale, sale_id) if sale_id else None
    data = _data(session, detail, Issue(actor.id, clock.now(), 0), language)
    return store_document(
        session,
        actor,
        clock,
        kind=KIND,
        subject=SUBJECT,
        subject_id=detail.row.id,
        number=number,
        pdf=issue(data, language=language).pdf,
        path=path,
        template=KIND,
        language=language,
        owner_id=sale.owner_id if sale else None,
    )


def _data(session: Session, detail: ReceiptDetail, first: Issue, language: Language) -> ReceiptData:
    row, project = detail.row, _project(session, detail)
    sale = label_sales(session, [row.sale_id]).get(row.sale_id) if row.sale_id else None
    issued_on = first.at.astimezone(ZoneInfo(project.zone)).date()
    return ReceiptData(
        number=row.number or "",
        issued_on=issued_on.isoformat(),
        letterhead=Letterhead(
            company=project.developer or project.name, project=project.name, address=project.address
        ),
        payer=row.payer,
        home=f"{project.name} {sale.unit_label}" if sale else project.name,
        method=words.named(words.METHODS, row.method, language),
        items=_items(session, row, first.at, language),
        cashier=names(session, [first.by]).get(first.by, ""),
        account=words.named(words.ACCOUNTS, row.account, language),
        sale_no=sale.no if sale else "",
        reprint=first.reprint,
    )


def _items(session: Session, row: ReceiptRow, at: datetime, language: Language) -> tuple[ReceiptItem, ...]:
    settled = allocations_of(session, row.id, until=at)
    items = [
        ReceiptItem(name=words.named(words.RECEIVABLES, part.kind, language), amount_fen=part.amount_fen)
        for part in settled
    ]
    if left := row.amount_fen - sum(part.amount_fen for part in settled):
        items.append(ReceiptItem(name=words.say(words.CREDIT, language), amount_fen=left))
    return tuple(items)


def _project(session: Session, detail: ReceiptDetail) -> Project:
    return session.get_one(Project, session.get_one(Receipt, detail.row.id).project_id)
