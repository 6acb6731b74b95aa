"""The purchase plan (置业计划书) as a paper: what the calculator says, numbered, stored and printed."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta

from flask import redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from channels.papers import DiscountLine, FeeLine, LoanLine, PlanColumn, PlanLine, PurchasePlanData, issue
from kernel.actor import Actor
from kernel.errors import Invalid
from ledger.documents.numbers import next_number
from ledger.documents.operations import store_document
from ledger.finance.loan import Method
from ledger.sales.pricing import Quote
from webapp.acting import acting, clock
from webapp.language import current_language
from webapp.once import once
from webapp.papers.facts import letterhead, plan_line, unit_facts, unit_price
from webapp.units.desk import pages
from webapp.units.offer import Loan, OfferColumn
from webapp.units.quotes import Offer, work_out
from webapp.units.unit import opened
from webapp.wording import state_name

VALID_DAYS = 7


@pages.post("/<unit_id>/purchase-plan")
def purchase_plan(unit_id: str) -> Response:
    """Issue the plan for a customer; the same content on the same day is the same paper."""
    typed = request.form.to_dict()
    with acting() as (session, actor):
        offer = work_out(
            session,
            actor,
            opened(session, actor, unit_id),
            typed,
            request.form.getlist("plan"),
            request.form.getlist("offer"),
        )
        customer = typed.get("customer", "").strip()
        _require_complete(offer, customer)

        def act() -> str:
            return _store(session, actor, offer, customer)

        return redirect(once(session, actor, clock(), act, key=_same(offer, customer)))


def _require_complete(offer: Offer, customer: str) -> None:
    if not customer:
        raise Invalid("required", field="customer")
    if offer.errors or offer.quote is None or not offer.columns:
        raise Invalid("offer_incomplete")


def _same(offer: Offer, customer: str) -> str:
    said = [offer.about.cell.unit_id, offer.on.isoformat(), customer, current_language(), repr(offer.terms)]
    said += [column.plan.id for column in offer.columns] + [str(offer.deposit_fen), repr(offer.quote)]
    return "plan:" + hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _store(session: Session, actor: Actor, offer: Offer, customer: str) -> str:
    project = offer.about.project
    language = current_language()
    number = next_number(session, "purchase_plan", project.path, offer.on)
    paper = issue(_data(session, actor, offer, customer, number), language="zh" if language == "zh" else "en")
    document = store_document(
        session,
        actor,
        clock(),
        kind="purchase_plan",
        subject="unit",
        subject_id=offer.about.cell.unit_id,
        number=number,
        pdf=paper.pdf,
        path=project.path,
        template="purchase_plan",
        language=language,
        owner_id=actor.id,
    )
    return url_for("documents.show", document_id=document.id)


def _data(session: Session, actor: Actor, offer: Offer, customer: str, number: str) -> PurchasePlanData:
    cell, quote = offer.about.cell, offer.quote
    assert quote is not None  # noqa: S101 - required above
    return PurchasePlanData(
        number=number,
        issued_on=offer.on.isoformat(),
        valid_until=(offer.on + timedelta(days=VALID_DAYS)).isoformat(),
        letterhead=letterhead(offer.about.project),
        customer=customer,
        consultant=actor.name,
        unit=unit_facts(session, cell.unit_id),
        list_unit_price_fen=cell.list_unit_price_fen or 0,
        plans=tuple(_column(offer, column, quote) for column in offer.columns),
    )


def _column(offer: Offer, column: OfferColumn, quote: Quote) -> PlanColumn:
    deposit = PlanLine(
        name=state_name("receivable_kind.deposit"), due=_("on subscription"), amount_fen=column.deposit_fen
    )
    return PlanColumn(
        name=plan_name(column.plan.labels),
        list_price_fen=quote.list_price_fen,
        discounts=tuple(
            DiscountLine(
                name=line.discount.name, amount_fen=line.taken_off_fen, basis_points=line.discount.basis_points
            )
            for line in quote.lines
        ),
        deal_price_fen=quote.deal_price_fen,
        deal_unit_price_fen=unit_price(quote.deal_price_fen, offer.about.cell.building_area_hundredths),
        effective_discount_basis_points=quote.effective_discount_bp,
        lines=((deposit,) if column.deposit_fen else ()) + tuple(plan_line(line) for line in column.lines),
        loans=tuple(_loan(loan) for loan in column.loans),
        fees=tuple(
            FeeLine(
                name=state_name(f"receivable_kind.{charge.kind}"),
                basis=_("estimate"),
                amount_fen=charge.amount_fen,
            )
            for charge in offer.charges
        ),
    )


def plan_name(labels: dict[str, str]) -> str:
    """A plan's name in the reader's language, else in any."""
    return labels.get(current_language()) or next(iter(labels.values()))


def _loan(loan: Loan) -> LoanLine:
    method = _("Equal payments") if loan.method is Method.EQUAL_PAYMENT else _("Equal principal")
    return LoanLine(
        kind=state_name(f"receivable_kind.{loan.kind}"),
        amount_fen=loan.amount_fen,
        months=loan.months,
        annual_rate_percent=f"{loan.rate_bp / 100:.2f}",
        method=method,
        monthly_payment_fen=loan.monthly_fen,
        total_interest_fen=loan.interest_fen,
        monthly_decrease_fen=loan.decrease_fen,
    )
