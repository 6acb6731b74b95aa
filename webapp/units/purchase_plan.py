"""The purchase plan (置业计划书) as a paper: what the calculator says, numbered, stored and printed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from flask import redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from channels.papers import DiscountLine, FeeLine, LoanLine, PlanColumn, PlanLine
from kernel.actor import Actor
from kernel.errors import Invalid
from kernel.ids import new_id
from ledger.finance.charges import Estimate
from ledger.finance.loan import Method
from ledger.inventory.models import Unit
from ledger.sales.pricing import Quote
from ledger.templates.kinds import Language
from ledger.templates.making import Order, order_paper
from ledger.templates.sale_values import home_values
from webapp.acting import acting, clock
from webapp.formatting import percent, yuan
from webapp.language import current_language
from webapp.once import once
from webapp.papers.facts import plan_line, unit_price
from webapp.paperwork.made import make_at_once
from webapp.units.desk import pages
from webapp.units.offer import Loan, OfferColumn
from webapp.units.quotes import Offer, work_out
from webapp.units.unit import opened
from webapp.wording import state_name

KIND, VALID_DAYS = "purchase_plan", 7


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
    project, unit_id = offer.about.project, offer.about.cell.unit_id
    language: Language = "en" if current_language() == "en" else "zh"
    paper = order_paper(
        session,
        actor,
        clock(),
        Order(
            kind=KIND,
            key=f"{KIND}:{new_id()}",
            subject="unit",
            subject_id=unit_id,
            path=project.path,
            issued_on=offer.on,
            language=language,
            values=plan_values(session, actor, offer, customer, language),
            owner_id=actor.id,
        ),
    )
    return url_for("documents.show", document_id=make_at_once(session, actor, clock(), paper).id)


def plan_values(session: Session, actor: Actor, offer: Offer, customer: str, language: Language) -> dict[str, Any]:
    """What the plan says of an offer that is worked out."""
    cell, quote, project = offer.about.cell, offer.quote, offer.about.project
    assert quote is not None  # noqa: S101 - required above
    unit = session.get_one(Unit, cell.unit_id)
    return {
        "company": project.developer or project.name,
        "project": project.name,
        "project_address": project.address,
        "author": actor.name,
        **home_values(session, project, unit, language),
        "customer": customer,
        "consultant": actor.name,
        "valid_until": (offer.on + timedelta(days=VALID_DAYS)).isoformat(),
        "list_unit_price": cell.list_unit_price_fen or 0,
        "list_price": quote.list_price_fen,
        "plans": [asdict(_column(offer, column, quote)) for column in offer.columns],
    }


def _column(offer: Offer, column: OfferColumn, quote: Quote) -> PlanColumn:
    deposit = PlanLine(
        name=state_name("receivable_kind.deposit"), due=_("on subscription"), amount_fen=column.deposit_fen
    )
    return PlanColumn(
        name=plan_name(column.plan.labels),
        list_unit_price_fen=offer.about.cell.list_unit_price_fen or 0,
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
                basis=_basis(charge),
                amount_fen=charge.amount_fen,
            )
            for charge in offer.charges
        ),
    )


def _basis(charge: Estimate) -> str:
    """How a tax or fee is reckoned."""
    if charge.basis_points:
        return _("%(rate)s of the price", rate=percent(charge.basis_points))
    if charge.fen_per_m2:
        return _("%(yuan)s yuan per m²", yuan=yuan(charge.fen_per_m2))
    return _("per home")


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
