"""The paper of a number (票据) as PDF: made and stored with its hash at the first print, then marked (补打).

A paper says what it said when it was issued, so a reprint differs from the first print in its mark alone.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from channels.papers import Letterhead, RangePaperData, ReceiptItem, issue
from channels.papers.render import Language
from kernel.actor import Actor
from kernel.clock import Clock, business_date
from ledger.documents.models import Document
from ledger.documents.operations import print_document, store_document
from ledger.documents.queries import find_documents
from ledger.organisation.models import Project
from ledger.organisation.parameters import LANGUAGE
from ledger.organisation.queries import parameter
from ledger.papers.issuing import CREDIT, SUBJECT
from ledger.papers.queries import PaperDetail, get_paper
from ledger.sales.models import Sale
from ledger.staff.permissions import Permission
from ledger.staff.queries import names
from ledger.templates import words
from webapp.paperwork.printed import Printed

_TEMPLATE = "range_paper"


def print_paper(session: Session, actor: Actor, clock: Clock, paper_id: str) -> Printed:
    """The paper to hand out; raises `PaperMissing`, `DocumentVoid` for a void one, `NotAllowed`."""
    detail = get_paper(session, actor, paper_id)
    actor.require(Permission.PAPERS_ISSUE, detail.row.paper.path)
    stored = find_documents(session, actor, subject=SUBJECT, subject_ids=[paper_id])
    document = stored[0] if stored else _store(session, actor, clock, detail)
    printing = print_document(session, actor, clock, document_id=document.id)
    label = detail.row.paper.label
    if not printing.reprint:
        return Printed(label, printing.content, 0)
    language: Language = "en" if document.language == "en" else "zh"
    again = issue(_data(session, detail, language, printing.reprint), language=language)
    return Printed(label, again.pdf, printing.reprint)


def _store(session: Session, actor: Actor, clock: Clock, detail: PaperDetail) -> Document:
    paper = detail.row.paper
    project = session.get_one(Project, paper.project_id)
    today = business_date(clock, project.zone)
    language: Language = "en" if parameter(session, paper.path, LANGUAGE, today) == "en" else "zh"
    return store_document(
        session,
        actor,
        clock,
        kind=f"{SUBJECT}_{paper.kind}",
        subject=SUBJECT,
        subject_id=paper.id,
        number=None,
        pdf=issue(_data(session, detail, language, 0), language=language).pdf,
        path=paper.path,
        filename=f"{paper.label}.pdf",
        template=_TEMPLATE,
        language=language,
    )


def _data(session: Session, detail: PaperDetail, language: Language, reprint: int) -> RangePaperData:
    paper = detail.row.paper
    project = session.get_one(Project, paper.project_id)
    sale_no = session.scalar(select(Sale.no).where(Sale.id == paper.sale_id)) if paper.sale_id else None
    kinds = {**words.RECEIVABLES, CREDIT: words.CREDIT}
    return RangePaperData(
        kind=paper.kind,
        number=paper.label,
        issued_on=paper.on_date.isoformat(),
        letterhead=Letterhead(
            company=project.developer or project.name, project=project.name, address=project.address
        ),
        payer=paper.payer,
        home=f"{project.name} {paper.home}".strip(),
        items=tuple(
            ReceiptItem(name=words.named(kinds, item["kind"], language), amount_fen=item["amount_fen"])
            for item in paper.items
        ),
        cashier=names(session, [paper.by]).get(paper.by, "") or "Keyturn",
        method=words.named(words.METHODS, paper.method, language) if paper.method else "",
        receipt_no=paper.receipt_number or "",
        sale_no=sale_no or "",
        exchanged=tuple(old.label for old in detail.made_of),
        reprint=reprint,
    )
