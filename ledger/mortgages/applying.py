"""Applying for a loan (申请贷款): bank and amount, the papers by the bank's list, and their submission."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from ledger.finance.parties import today_at
from ledger.mortgages.cases import lent_fen, lock_loan, note
from ledger.mortgages.errors import MortgageInvalid
from ledger.mortgages.kinds import LENDER_OF, Step
from ledger.mortgages.models import (
    MortgageBank,
    MortgageCase,
    MortgageLoan,
    MortgagePaper,
    MortgagePaperKind,
    MortgageProduct,
)
from ledger.mortgages.steps import late_through, papers_of
from ledger.organisation.parameters import LOAN_ROUNDING_FEN
from ledger.organisation.queries import parameter
from ledger.sales.models import Sale
from ledger.scope import paths_above

_WHOLE = 10_000
_LONGEST = 60


def apply_for(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    loan_id: str,
    product_id: str,
    amount_fen: int,
    months: int,
) -> MortgageLoan:
    """A bank is chosen; its list of papers begins. Raises `MortgageInvalid` naming the field.

    A loan is never above the price, what the plan lends or the product allows, and comes in steps of 10,000 yuan
    (DOMAIN §4, a parameter).
    """
    loan = lock_loan(session, actor, loan_id, Step.APPLY)
    product, bank = _product(session, loan, product_id)
    _check_amount(session, clock, loan, product, amount_fen)
    if not 0 < months <= product.max_months:
        raise MortgageInvalid("mortgage_months", field="months", most=product.max_months)
    today = today_at(session, clock, loan.project_id)
    loan.bank_id, loan.product_id, loan.amount_fen, loan.months = bank.id, product.id, amount_fen, months
    loan.attempt, loan.applied_on = loan.attempt + 1, today
    loan.papers_on = loan.submitted_on = loan.bank_no = loan.decided_on = loan.approved_fen = None
    loan.verdict = loan.route = loan.fault = loan.verdict_reason = None
    _copy_checklist(session, loan)
    case = session.get_one(MortgageCase, loan.case_id)
    case.clerk_id = case.clerk_id or actor.id
    details = {"bank": bank.name, "product": product.name, "amount_fen": amount_fen, "months": months}
    note(session, actor, clock, case, "applied", loan, details=details)
    session.flush()
    return loan


def _product(session: Session, loan: MortgageLoan, product_id: str) -> tuple[MortgageProduct, MortgageBank]:
    product = session.get(MortgageProduct, product_id)
    bank = session.get(MortgageBank, product.bank_id) if product else None
    if product is None or bank is None or not loan.path.startswith(bank.path):
        raise MortgageInvalid("mortgage_product_missing", field="product_id")
    if not product.active or not bank.active:
        raise MortgageInvalid("mortgage_product_ended", field="product_id", bank=bank.name)
    if bank.kind is not LENDER_OF[loan.kind]:
        raise MortgageInvalid("mortgage_wrong_lender", field="product_id", kind=f"mortgage_loan_kind.{loan.kind}")
    return product, bank


def _check_amount(
    session: Session, clock: Clock, loan: MortgageLoan, product: MortgageProduct, amount_fen: int
) -> None:
    field = "amount_fen"
    sale = session.get_one(Sale, loan.sale_id)
    price = sale.deal_price_fen or sale.list_price_fen
    planned, _ = lent_fen(session, loan.sale_id).get(loan.kind, (0, 0))
    require_step(session, clock, loan, amount_fen, field)
    if amount_fen > price:
        raise MortgageInvalid("mortgage_above_price", field=field, price_fen=price)
    if amount_fen > planned:
        raise MortgageInvalid("mortgage_above_receivable", field=field, receivable_fen=planned)
    most = price * product.max_share_bp // _WHOLE
    if product.max_fen is not None:
        most = min(most, product.max_fen)
    if amount_fen > most:
        raise MortgageInvalid("mortgage_above_product", field=field, most_fen=most, product=product.name)


def require_step(session: Session, clock: Clock, loan: MortgageLoan, amount_fen: int, field: str) -> None:
    """Raise `MortgageInvalid` unless an amount is a positive multiple of what loans are rounded to."""
    step = parameter(session, loan.path, LOAN_ROUNDING_FEN, today_at(session, clock, loan.project_id))
    if amount_fen <= 0 or (step and amount_fen % step):
        raise MortgageInvalid("mortgage_amount_step", field=field, step_fen=step)


def checklist(session: Session, bank_id: str, path: str) -> list[MortgagePaperKind]:
    """A bank's papers at a project: the lines of the project and of everything above it, in order."""
    query = select(MortgagePaperKind).where(
        MortgagePaperKind.bank_id == bank_id,
        MortgagePaperKind.active,
        MortgagePaperKind.path.in_(paths_above(path)),
    )
    return list(session.scalars(query.order_by(MortgagePaperKind.position, MortgagePaperKind.id)))


def _copy_checklist(session: Session, loan: MortgageLoan) -> None:
    for position, line in enumerate(checklist(session, loan.bank_id or "", loan.path), start=1):
        session.add(
            MortgagePaper(
                loan_id=loan.id,
                attempt=loan.attempt,
                position=position,
                labels=dict(line.labels),
                brought_by=line.brought_by,
                required=line.required,
            )
        )


def receive_papers(
    session: Session, actor: Actor, clock: Clock, *, loan_id: str, paper_ids: list[str], received_on: date
) -> None:
    """Papers are there from a day on; those of the loan that are not named are not there.

    Raises `MortgageInvalid` for a day to come or before the application.
    """
    loan = lock_loan(session, actor, loan_id, Step.PAPERS)
    require_day(session, clock, loan, received_on, "received_on", loan.applied_on)
    changed = {}
    for paper in papers_of(session, loan):
        there = paper.id in paper_ids
        if there == (paper.received_on is not None):
            continue
        paper.received_on, paper.received_by = (received_on, actor.id) if there else (None, None)
        changed[str(paper.position)] = there
    if changed:
        if loan.late_on is not None:
            loan.late_through = late_through(session, loan)
        case = session.get_one(MortgageCase, loan.case_id)
        note(
            session, actor, clock, case, "papers", loan, details={"received": changed, "received_on": received_on}
        )


def complete_papers(session: Session, actor: Actor, clock: Clock, *, loan_id: str, complete_on: date) -> None:
    """All papers that must be there are there. Raises `MortgageInvalid` naming those that are missing."""
    loan = lock_loan(session, actor, loan_id, Step.PAPERS)
    require_day(session, clock, loan, complete_on, "complete_on", loan.applied_on)
    missing = [paper for paper in papers_of(session, loan) if paper.required and paper.received_on is None]
    if missing:
        names = [str(paper.labels.get("zh") or paper.labels.get("en")) for paper in missing]
        raise MortgageInvalid("mortgage_papers_missing", field="complete_on", papers=names)
    loan.papers_on = complete_on
    note(session, actor, clock, session.get_one(MortgageCase, loan.case_id), "papers_complete", loan)


def submit(
    session: Session, actor: Actor, clock: Clock, *, loan_id: str, submitted_on: date, bank_no: str = ""
) -> None:
    """The papers went to the bank (送审)."""
    loan = lock_loan(session, actor, loan_id, Step.SUBMIT)
    require_day(session, clock, loan, submitted_on, "submitted_on", loan.papers_on)
    loan.submitted_on, loan.bank_no = submitted_on, bank_no.strip()[:_LONGEST] or None
    details = {"submitted_on": submitted_on, "number": loan.bank_no}
    note(session, actor, clock, session.get_one(MortgageCase, loan.case_id), "submitted", loan, details=details)


def require_day(
    session: Session, clock: Clock, loan: MortgageLoan, day: date, field: str, earliest: date | None
) -> None:
    """Raise `MortgageInvalid` for a day to come, or before what came before it."""
    today = today_at(session, clock, loan.project_id)
    if day > today or (earliest is not None and day < earliest):
        first = earliest.isoformat() if earliest else ""
        code = "mortgage_day" if earliest else "mortgage_day_to_come"
        raise MortgageInvalid(code, field=field, earliest=first, latest=today.isoformat())
