"""The paper of a number (票据) as PDF: of the project's text, stored with hash at the first print, then marked.

A paper says what it said when it was issued: a reprint (补打) differs from the first print in its mark alone.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock, business_date
from ledger.documents.models import Document
from ledger.documents.queries import find_documents
from ledger.finance.models import Receipt
from ledger.organisation.models import Project
from ledger.organisation.parameters import LANGUAGE
from ledger.organisation.queries import parameter
from ledger.papers.issuing import CREDIT, SUBJECT
from ledger.papers.queries import PaperDetail, get_paper
from ledger.sales.models import Sale
from ledger.staff.permissions import Permission
from ledger.staff.queries import names
from ledger.templates import words
from ledger.templates.kinds import Language
from ledger.templates.making import Order, order_paper
from webapp.paperwork.made import make_at_once, print_made
from webapp.paperwork.printed import Printed

_LONGEST_CODE = 20


def print_paper(session: Session, actor: Actor, clock: Clock, paper_id: str) -> Printed:
    """The paper to hand out; raises `PaperMissing`, `DocumentVoid` for a void one, `NotAllowed`."""
    detail = get_paper(session, actor, paper_id)
    actor.require(Permission.PAPERS_ISSUE, detail.row.paper.path)
    stored = find_documents(session, actor, subject=SUBJECT, subject_ids=[paper_id])
    document = stored[0] if stored else _store(session, actor, clock, detail)
    printed = print_made(session, actor, clock, document.id)
    return Printed(detail.row.paper.label, printed.pdf, printed.reprint)


def _store(session: Session, actor: Actor, clock: Clock, detail: PaperDetail) -> Document:
    paper = detail.row.paper
    project = session.get_one(Project, paper.project_id)
    own = parameter(session, paper.path, LANGUAGE, business_date(clock, project.zone))
    language: Language = "en" if own == "en" else "zh"
    sale = session.get(Sale, paper.sale_id) if paper.sale_id else None
    order = Order(
        kind=paper.kind,
        key=f"{SUBJECT}:{paper.id}",
        subject=SUBJECT,
        subject_id=paper.id,
        # Each project counts for itself, so the same number may stand on papers of two.
        number=f"{project.code[:_LONGEST_CODE]}:{paper.label}",
        shown=paper.label,
        path=paper.path,
        issued_on=paper.on_date,
        language=language,
        values=_values(session, detail, project, sale, language),
        customer_id=paper.customer_id or (sale.customer_id if sale else None),
    )
    return make_at_once(session, actor, clock, order_paper(session, actor, clock, order))


def _values(
    session: Session, detail: PaperDetail, project: Project, sale: Sale | None, language: Language
) -> dict[str, Any]:
    paper = detail.row.paper
    cashier = names(session, [paper.by]).get(paper.by) or "Keyturn"
    kinds = {**words.RECEIVABLES, CREDIT: words.CREDIT}
    account = session.scalar(select(Receipt.account).where(Receipt.id == paper.receipt_id))
    told = {
        "company": project.developer or project.name,
        "project": project.name,
        "project_address": project.address,
        "author": cashier,
        "cashier": cashier,
        "payer": paper.payer,
        "home": f"{project.name} {paper.home}".strip(),
        "method": words.named(words.METHODS, paper.method, language) if paper.method else None,
        "account": words.named(words.ACCOUNTS, account, language) if account else None,
        "receipt_no": paper.receipt_number,
        "sale_no": sale.no if sale else None,
        "item": [
            {"name": words.named(kinds, item["kind"], language), "amount": item["amount_fen"]}
            for item in paper.items
        ],
        "total": paper.amount_fen,
    }
    taken_in = words.say(("、", ", "), language).join(old.label for old in detail.made_of)
    return told | ({"exchanged": taken_in or None} if paper.kind == "invoice" else {})
