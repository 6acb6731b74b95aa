"""The one paper with all loans that are submitted together (送审清单)."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.jobs import order_delivery
from handlers.jobs import MAKE_PAPER
from kernel.actor import Actor
from kernel.clock import Clock
from ledger.documents.models import Document
from ledger.finance.sale_labels import label_sales
from ledger.mortgages.models import MortgageBank, MortgageSubmission
from ledger.mortgages.submissions import loans_in
from ledger.organisation.models import Project
from ledger.organisation.parameters import LANGUAGE
from ledger.organisation.queries import parameter
from ledger.templates.making import Order, order_paper
from ledger.templates.models import MadePaper

KIND = SUBJECT = "mortgage_submission"


def order_list(session: Session, actor: Actor, clock: Clock, row: MortgageSubmission) -> str:
    """Order the list of a submission; returns the id of the paper, which is its document's."""
    loans = loans_in(session, row.id)
    labels = label_sales(session, [loan.sale_id for loan in loans])
    project = session.get_one(Project, loans[0].project_id)
    bank = session.get_one(MortgageBank, row.bank_id)
    language: Literal["zh", "en"] = (
        "en" if parameter(session, project.path, LANGUAGE, row.submitted_on) == "en" else "zh"
    )
    rows = [
        {
            "home": labels[loan.sale_id].unit_label,
            "sale_no": labels[loan.sale_id].no,
            "buyers": "、".join(labels[loan.sale_id].buyer_names),
            "months": loan.months,
            "amount": loan.amount_fen,
        }
        for loan in loans
    ]
    values = {
        "company": project.developer or project.name,
        "project": project.name,
        "project_address": project.address,
        "author": actor.name,
        "bank": bank.name,
        "submitted_on": row.submitted_on.isoformat(),
        "count": len(rows),
        "total": sum(loan.amount_fen for loan in loans),
        "loan": rows,
    }
    order = Order(
        kind=KIND,
        key=f"{KIND}:{row.id}",
        subject=SUBJECT,
        subject_id=row.id,
        path=project.path,
        issued_on=row.submitted_on,
        language=language,
        values=values,
        owner_id=actor.id,
    )
    paper = order_paper(session, actor, clock, order)
    order_delivery(session, clock.now(), MAKE_PAPER, {"paper_id": paper.id}, key=f"{MAKE_PAPER}:{paper.id}")
    return paper.id


def paper_of(session: Session, submission_id: str) -> str | None:
    """The list of a submission once it is set and stored."""
    query = select(MadePaper.id).join(Document, Document.id == MadePaper.id)
    return session.scalar(query.where(MadePaper.subject == SUBJECT, MadePaper.subject_id == submission_id))
