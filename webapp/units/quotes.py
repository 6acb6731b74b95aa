"""The price calculator of a unit: discounts and ways to pay, answered while the consultant types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from flask import render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import business_date
from kernel.errors import AnswersInvalid, Invalid
from ledger.documents.queries import find_documents
from ledger.finance.charges import Estimate, estimated_charges
from ledger.finance.models import PaymentPlanTemplate
from ledger.finance.templates import list_plans
from ledger.inventory import queries as inventory
from ledger.organisation import parameters as known
from ledger.organisation.models import Project
from ledger.organisation.queries import parameter
from ledger.sales import queries as sales
from ledger.sales.offer_models import DiscountOffer
from ledger.sales.offers import check_offers, discount_of, list_offers
from ledger.sales.pricing import Of, Quote, price_quote
from ledger.sales.queries import SaleFilter
from ledger.staff import queries as staff
from webapp.acting import clock, reading
from webapp.errors import worded_errors
from webapp.units.desk import pages
from webapp.units.offer import MOST_PLANS, OfferColumn, Terms, columns, read_terms
from webapp.units.unit import Opened, opened, rights
from webapp.wording import word


@dataclass(frozen=True)
class Offer:
    """An offer worked out, or what was wrong with what was typed."""

    about: Opened
    on: date
    plans: Sequence[PaymentPlanTemplate]
    chosen: Sequence[str]
    terms: Terms | None = None
    quote: Quote | None = None
    columns: tuple[OfferColumn, ...] = ()
    deposit_fen: int = 0
    charges: tuple[Estimate, ...] = ()
    given: Sequence[DiscountOffer] = ()
    errors: Mapping[str, str] = field(default_factory=dict)


def work_out(
    session: Session,
    actor: Actor,
    about: Opened,
    typed: Mapping[str, str],
    chosen: Sequence[str],
    named: Sequence[str] = (),
) -> Offer:
    """The offer for a unit as typed, with the discount offers ``named``; what is wrong stands in ``errors``."""
    on = business_date(clock(), about.project.zone)
    plans = list_plans(session, actor, project_id=about.project.id)
    picked = [plan for plan in plans if plan.id in chosen] or list(plans[:MOST_PLANS])
    given = list_offers(session, actor, about.project.id, on=on)
    blank = Offer(about, on, plans, [plan.id for plan in picked[:MOST_PLANS]], given=given)
    if about.cell.list_price_fen is None:
        return blank
    try:
        return _worked_out(session, actor, blank, typed, picked, about.cell.list_price_fen, named)
    except AnswersInvalid as error:
        errors = {name: " ".join(texts) for name, texts in worded_errors(error).items()}
    except Invalid as error:
        errors = {error.field or "": word(error.code, error.params)}
    return replace(blank, errors=errors)


def _worked_out(
    session: Session,
    actor: Actor,
    blank: Offer,
    typed: Mapping[str, str],
    picked: Sequence[PaymentPlanTemplate],
    list_price_fen: int,
    named: Sequence[str],
) -> Offer:
    about, on = blank.about, blank.on
    path = about.project.path
    terms = read_terms(
        typed,
        name=_("Discount"),
        of=_stacking(session, about.project, on),
        loan_rate_bp=parameter(session, path, known.LOAN_RATE, on),
        fund_rate_bp=parameter(session, path, known.FUND_RATE, on),
    )
    named_first = tuple(discount_of(one) for one in blank.given if one.id in named)
    terms = replace(terms, discounts=named_first + terms.discounts)
    check_offers(session, clock(), about.project, terms.discounts)
    quote = price_quote(list_price_fen, terms.discounts, floor_price_fen=about.cell.floor_price_fen)
    usual = parameter(session, path, known.DEPOSIT_FEN, on)
    deposit = min(usual, quote.deal_price_fen) if terms.deposit_fen is None else terms.deposit_fen
    ways = columns(session, actor, picked, quote, terms, deposit_fen=deposit, on=on)
    area = about.cell.building_area_hundredths
    charges = estimated_charges(session, path, on=on, price_fen=quote.deal_price_fen, area_hundredths=area)
    return replace(blank, terms=terms, quote=quote, columns=ways, deposit_fen=deposit, charges=charges)


def _stacking(session: Session, project: Project, on: date) -> Of:
    stacking = parameter(session, project.path, known.DISCOUNT_STACKING, on)
    return "list" if stacking == "add" else "running"


@pages.get("/<unit_id>/offer")
def offer(unit_id: str) -> str:
    """The calculator's answer to what is typed at the moment."""
    with reading() as (session, actor):
        about = opened(session, actor, unit_id)
        worked = work_out(
            session, actor, about, request.args, request.args.getlist("plan"), request.args.getlist("offer")
        )
        return render_template(
            "units/offer_answer.html", offer=worked, about=about, may_here=rights(actor, about.project.path)
        )


@pages.get("/<unit_id>")
def show(unit_id: str) -> str:
    """The page of a unit."""
    with reading() as (session, actor):
        about = opened(session, actor, unit_id)
        events = inventory.unit_history(session, actor, unit_id, limit=100)
        prices = inventory.price_history(session, actor, unit_id)
        return render_template(
            "units/show.html",
            about=about,
            may_here=rights(actor, about.project.path),
            prices=prices,
            offer=work_out(session, actor, about, {}, ()),
            earlier=sales.find_sales(session, actor, SaleFilter(unit_id=unit_id, state="closed"), limit=20),
            events=events,
            documents=find_documents(session, actor, subject="unit", subject_ids=[unit_id]),
            names=staff.names(session, {event.actor_id for event in events}),
        )
