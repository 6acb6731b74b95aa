"""Issuing papers out of number ranges, voiding them (作废), exchanging receipts for an invoice (换票)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock
from kernel.ids import new_id
from ledger.accounting.periods import booking_day
from ledger.documents.operations import void_document
from ledger.documents.queries import find_documents
from ledger.finance.accounts import home_of, is_usable
from ledger.finance.kinds import EventKind, TodoKind
from ledger.finance.models import MoneyTodo, Receipt, ReceiptEvent
from ledger.finance.parties import today_at
from ledger.finance.receipt_queries import allocations_of
from ledger.finance.receipt_rows import event_of, lock_receipt
from ledger.finance.sale_labels import label_sales
from ledger.finance.todos import add_todo, close_todo, completes, open_todos_of, void_todo
from ledger.locking import locked
from ledger.papers.errors import PaperMissing, PaperRefused, PaperTaken
from ledger.papers.kinds import PaperKind
from ledger.papers.models import Paper, PaperExchange, PaperRange, PaperVoid
from ledger.papers.queries import is_exchanged, is_void, live_paper_of
from ledger.papers.ranges import keeps_ranges, required_reason, take_number
from ledger.scope import scoped
from ledger.staff.permissions import Permission

SUBJECT = "paper"
CREDIT = "credit"
MOST_EXCHANGED = 200


def issue_paper(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    receipt_id: str,
    kind: PaperKind | str = PaperKind.RECEIPT,
    range_id: str | None = None,
) -> Paper:
    """Acknowledge a confirmed receipt by the next paper of a range; who has one already keeps it.

    The house's own receipt, if it was printed before, is void: one payment has one paper.

    Raises `ReceiptMissing`, `PaperRefused` for money that is not confirmed or was taken back, `NoNumberLeft`.
    """
    receipt = lock_receipt(session, actor, Permission.PAPERS_ISSUE, receipt_id)
    if existing := live_paper_of(session, receipt_id):
        _close_todos(session, actor, clock, receipt_id)
        return existing
    if not is_usable(session, receipt):
        raise PaperRefused("paper_needs_confirmed_money", field="receipt_id")
    if kind not in list(PaperKind):
        raise PaperRefused("paper_kind_unknown", field="kind")
    received, number = take_number(session, actor, receipt.project_id, PaperKind(kind), range_id)
    paper = _paper(session, actor, clock, received, number)
    confirmed = event_of(session, receipt, EventKind.CONFIRMED)
    paper.receipt_id, paper.amount_fen, paper.payer = receipt.id, receipt.amount_fen, receipt.payer
    paper.receipt_number = confirmed.number if confirmed else None
    paper.sale_id, paper.customer_id, paper.method = home_of(session, receipt), receipt.customer_id, receipt.method
    paper.home, paper.items = _home(session, paper.sale_id), _items(session, receipt)
    _write(session, actor, clock, paper, "issue")
    _void_documents(session, actor, clock, "receipt", receipt_id, paper.label)
    _close_todos(session, actor, clock, receipt_id)
    return paper


def _void_documents(
    session: Session, actor: Actor, clock: Clock, subject: str, subject_id: str, reason: str
) -> None:
    """What was printed is void: a paper of this number, or the house's own receipt that a number replaces."""
    for document in find_documents(session, actor, subject=subject, subject_ids=[subject_id]):
        void_document(session, actor, clock, document_id=document.id, reason=reason)


def _paper(session: Session, actor: Actor, clock: Clock, received: PaperRange, number: int) -> Paper:
    """A paper with its number and nothing on it."""
    today = today_at(session, clock, received.project_id)
    return Paper(
        id=new_id(),
        range_id=received.id,
        kind=received.kind,
        project_id=received.project_id,
        path=received.path,
        number=number,
        label=received.label(number),
        blank=False,
        on_date=booking_day(session, received.project_id, today),
        at=clock.now(),
        by=actor.id,
    )


def _home(session: Session, sale_id: str | None) -> str:
    label = label_sales(session, [sale_id]).get(sale_id) if sale_id else None
    return label.unit_label if label else ""


def _items(session: Session, receipt: Receipt) -> list[Any]:
    """What the money was for when the paper was issued, by kind; what is not allocated is credit."""
    by_kind: dict[str, int] = {}
    for part in allocations_of(session, receipt.id):
        by_kind[part.kind.value] = by_kind.get(part.kind.value, 0) + part.amount_fen
    if left := receipt.amount_fen - sum(by_kind.values()):
        by_kind[CREDIT] = left
    return [{"kind": kind, "amount_fen": fen} for kind, fen in by_kind.items()]


def _write(session: Session, actor: Actor, clock: Clock, paper: Paper, act: str) -> None:
    try:
        session.add(paper)
        session.flush()  # The rules of the database have their say.
    except DBAPIError as refusal:
        for code in ("receipt_has_paper", "paper_out_of_order", "paper_sum"):
            if code in str(refusal.orig):
                raise PaperTaken from refusal
        raise
    after = {"kind": paper.kind, "number": paper.label, "amount_fen": paper.amount_fen}
    audit.record(session, actor, clock, f"papers:{act}", "paper", paper.id, path=paper.path, after=after)


def _close_todos(session: Session, actor: Actor, clock: Clock, receipt_id: str) -> None:
    for todo in open_todos_of(session, TodoKind.ISSUE_PAPER, receipt_id=receipt_id):
        close_todo(session, actor, clock, todo)


def exchange_papers(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    paper_ids: Sequence[str],
    payer: str | None = None,
    range_id: str | None = None,
) -> Paper:
    """Take receipts in and issue one invoice over their sum (换票).

    They must be of one sale (or of one customer before there is a sale); where they name several payers, ``payer``
    says whom the invoice is made out to. Raises `PaperMissing`, `PaperRefused` by the fields ``paper_ids`` and
    ``payer``, `PaperTaken`, `NoNumberLeft`.
    """
    papers = _locked_papers(session, actor, paper_ids)
    name = _common(session, papers, payer)
    received, number = take_number(session, actor, papers[0].project_id, PaperKind.INVOICE, range_id)
    invoice = _paper(session, actor, clock, received, number)
    invoice.sale_id, invoice.customer_id = papers[0].sale_id, papers[0].customer_id
    invoice.amount_fen, invoice.payer = sum(paper.amount_fen for paper in papers), name
    invoice.home, invoice.items = papers[0].home, _summed(papers)
    try:
        session.add_all([PaperExchange(old_id=paper.id, new_id=invoice.id) for paper in papers])
        session.flush()  # The invoice comes last: its insertion checks the sum.
    except DBAPIError as refusal:
        if "paper_taken" in str(refusal.orig):
            raise PaperTaken from refusal
        raise
    _write(session, actor, clock, invoice, "exchange")
    return invoice


def _locked_papers(session: Session, actor: Actor, paper_ids: Sequence[str]) -> list[Paper]:
    wanted = list(dict.fromkeys(paper_ids))
    if not 1 <= len(wanted) <= MOST_EXCHANGED:
        raise PaperRefused("exchange_of_how_many", field="paper_ids", most=MOST_EXCHANGED)
    query = scoped(actor, Paper, Permission.PAPERS_ISSUE).where(Paper.id.in_(wanted)).order_by(Paper.id)
    papers = list(session.scalars(locked(query, Paper)))
    if len(papers) != len(wanted):
        raise PaperMissing(field="paper_ids")
    return papers


def _common(session: Session, papers: list[Paper], payer: str | None) -> str:
    """The payer of an invoice, when the papers can be exchanged for one at all."""
    for paper in papers:
        if paper.kind != PaperKind.RECEIPT or paper.blank:
            raise PaperRefused("exchange_of_receipts_only", field="paper_ids", number=paper.label)
        if is_void(session, paper.id) or is_exchanged(session, paper.id):
            raise PaperRefused("paper_not_live", field="paper_ids", number=paper.label)
    if len({(paper.project_id, paper.sale_id or paper.customer_id) for paper in papers}) > 1:
        raise PaperRefused("exchange_of_several_sales", field="paper_ids")
    name, names = (payer or "").strip()[:200], {paper.payer for paper in papers}
    if not name and len(names) > 1:
        raise PaperRefused("exchange_payer_missing", field="payer", count=len(names))
    return name or names.pop()


def _summed(papers: list[Paper]) -> list[Any]:
    by_kind: dict[str, int] = {}
    for paper in papers:
        for item in paper.items:
            by_kind[item["kind"]] = by_kind.get(item["kind"], 0) + item["amount_fen"]
    return [{"kind": kind, "amount_fen": fen} for kind, fen in by_kind.items()]


def void_paper(session: Session, actor: Actor, clock: Clock, *, paper_id: str, reason: str) -> Paper:
    """Declare a paper void; its number stays used. Voiding it again changes nothing.

    Money that still stands asks for another paper. The receipts of a void invoice count again. Raises
    `PaperMissing`, `PaperRefused` for a receipt that was exchanged, `Invalid` without a reason.
    """
    query = scoped(actor, Paper, Permission.PAPERS_ISSUE).where(Paper.id == paper_id)
    paper = session.scalars(query).one_or_none()
    if paper is None:
        raise PaperMissing(id=paper_id)
    if paper.receipt_id is not None:  # Everybody locks the money before its paper.
        lock_receipt(session, actor, Permission.PAPERS_ISSUE, paper.receipt_id)
    session.scalars(locked(query, Paper)).one()
    if is_void(session, paper_id):
        return paper
    _void(session, actor, clock, paper, required_reason(reason))
    if paper.receipt_id is not None:
        receipt = session.get_one(Receipt, paper.receipt_id)
        if is_usable(session, receipt):
            ask_for_paper(session, actor, clock, receipt_id=receipt.id, after=paper.id)
    return paper


def _void(session: Session, actor: Actor, clock: Clock, paper: Paper, reason: str) -> None:
    if is_exchanged(session, paper.id):
        raise PaperRefused("paper_exchanged", field="paper_id", number=paper.label)
    today = booking_day(session, paper.project_id, today_at(session, clock, paper.project_id))
    session.add(PaperVoid(paper_id=paper.id, reason=reason, on_date=today, at=clock.now(), by=actor.id))
    session.flush()  # The rules of the database have their say.
    _void_documents(session, actor, clock, SUBJECT, paper.id, reason)
    after = {"kind": paper.kind, "number": paper.label}
    audit.record(
        session, actor, clock, "papers:void", "paper", paper.id, path=paper.path, after=after, reason=reason
    )


def void_papers_of(session: Session, actor: Actor, clock: Clock, *, receipt_id: str) -> None:
    """The money of a receipt was taken back: its paper is void, the invoice it was exchanged for too."""
    for todo in open_todos_of(session, TodoKind.ISSUE_PAPER, receipt_id=receipt_id):
        void_todo(session, actor, clock, todo, "receipt_reversed")
    paper = live_paper_of(session, receipt_id)
    if paper is None:
        return
    reversal = select(ReceiptEvent.reason).where(
        ReceiptEvent.receipt_id == receipt_id, ReceiptEvent.kind == EventKind.REVERSED
    )
    reason = session.scalar(reversal) or "reversed"
    invoices = select(PaperExchange.new_id).where(PaperExchange.old_id == paper.id)
    for invoice_id in session.scalars(invoices).all():
        if not is_void(session, invoice_id):
            _void(session, actor, clock, session.get_one(Paper, invoice_id), reason)
    _void(session, actor, clock, paper, reason)


def ask_for_paper(
    session: Session, actor: Actor, clock: Clock, *, receipt_id: str, after: str | None = None
) -> MoneyTodo | None:
    """Open the to-do to issue a paper for confirmed money where the project keeps number ranges, else nothing."""
    receipt = session.get_one(Receipt, receipt_id)
    if not keeps_ranges(session, receipt.project_id):
        return None
    todo = MoneyTodo(
        key=f"paper:{receipt_id}:after:{after}" if after else f"paper:{receipt_id}",
        kind=TodoKind.ISSUE_PAPER,
        project_id=receipt.project_id,
        path=receipt.path,
        sale_id=home_of(session, receipt),
        customer_id=receipt.customer_id,
        receipt_id=receipt_id,
        debtor=receipt.payer_role,
        amount_fen=receipt.amount_fen,
        due_on=today_at(session, clock, receipt.project_id),
        note="paper_voided" if after else "paper_due",
        created_at=clock.now(),
    )
    return add_todo(session, actor, clock, todo)


@completes(TodoKind.ISSUE_PAPER)
def issue_for_todo(session: Session, actor: Actor, clock: Clock, todo: MoneyTodo) -> None:
    """Completing the to-do issues the paper, where there are numbers to issue it by."""
    if todo.receipt_id is not None and keeps_ranges(session, todo.project_id):
        issue_paper(session, actor, clock, receipt_id=todo.receipt_id)
