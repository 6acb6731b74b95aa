"""A discount for a sale that is subscribed or signed (折扣): price and unpaid lines rebuilt (DOMAIN §6, D2).

What is granted comes on top of the discounts in force, in the order given. The grant is bound to the order's sale
and lapses with the order; a list price that has changed since does not matter: the sale keeps its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ledger.changes.charges import charge_lines
from ledger.changes.errors import ChangeRefused
from ledger.changes.kind import Execution, MoneyLine, Preview, Route, Standing, Values
from ledger.changes.money import lines_after, money_of, planned_anew, price_lines
from ledger.changes.registry import change_kind
from ledger.changes.seals import seal_changed
from ledger.changes.supplements import sign_supplement
from ledger.finance.errors import PlanInvalid
from ledger.finance.replanning import Replanned
from ledger.organisation.models import Project
from ledger.organisation.parameters import DISCOUNT_STACKING
from ledger.organisation.queries import parameter
from ledger.sales.acts import Act
from ledger.sales.offer_models import DiscountOffer
from ledger.sales.offers import check_offers, discount_of
from ledger.sales.pricing import Discount, Quote, price_quote
from ledger.sales.terms import terms_in_force


@change_kind
class DiscountGranted:
    """Wanted: ``discounts``, rows of ``kind`` offer, rate or amount with their values."""

    kind = "discount"
    stages = ("subscribed", "signed", "filed")

    def guard(self, standing: Standing, wanted: Values) -> None:
        """The rows are discounts, offers are valid, and the price stays above what is paid."""
        quote = self._quote(standing, wanted)
        project = standing.session.get_one(Project, standing.sale.project_id)
        agreed = len(terms_in_force(standing.session, standing.sale).quote.lines)
        check_offers(
            standing.session, standing.clock, project, [line.discount for line in quote.lines], agreed=agreed
        )
        deposit = standing.subscription.deposit_fen if standing.subscription else 0
        if quote.deal_price_fen < deposit:
            raise ChangeRefused("change_below_paid", field="discounts", deal_price_fen=quote.deal_price_fen)
        try:
            self._anew(standing, quote)
        except PlanInvalid as refused:
            raise ChangeRefused(
                "change_below_paid", field="discounts", deal_price_fen=quote.deal_price_fen
            ) from refused

    def preview(self, standing: Standing, wanted: Values) -> Preview:
        """Price, discounts and lines before and after; the floor price itself stays secret."""
        quote = self._quote(standing, wanted)
        anew = self._anew(standing, quote)
        former = terms_in_force(standing.session, standing.sale).quote
        before, after = _side(former), _side(quote)
        off = former.deal_price_fen - quote.deal_price_fen
        money: tuple[MoneyLine, ...] = (MoneyLine("ends", "price", off),)
        if standing.signed:
            before["lines"] = price_lines(standing.session, standing.sale.id)
            after["lines"] = lines_after(anew, dated=True)
            money = (*money_of(standing, anew), *charge_lines(standing, quote.deal_price_fen))
        route = Route("discount", quote.effective_discount_bp, quote.below_floor)
        return Preview(before, after, money, route)

    def execute(self, standing: Standing, wanted: Values, execution: Execution) -> Mapping[str, Any]:
        """Seal the price; a signed contract's total changes by a supplement."""
        former = terms_in_force(standing.session, standing.sale)
        terms = replace(former, quote=self._quote(standing, wanted))
        if not standing.signed:
            act = Act(standing.session, standing.actor, standing.clock)
            seal = seal_changed(
                act, standing.sale, terms, approvers=execution.approvers, reference=execution.order_no
            )
            return {"terms_version": seal.version, "deal_price_fen": seal.deal_price_fen}
        supplement = sign_supplement(
            standing.session,
            standing.actor,
            standing.clock,
            sale_id=standing.sale.id,
            terms=terms,
            reason=execution.reason,
            signed_on=execution.signed_on,
            change_order_id=execution.order_id,
            approvers=execution.approvers,
        )
        return {
            "terms_version": supplement.terms_after,
            "deal_price_fen": supplement.total_after_fen,
            "supplement_no": supplement.no,
        }

    def _quote(self, standing: Standing, wanted: Values) -> Quote:
        """The sale's own list price with the discounts in force and those wanted."""
        former = terms_in_force(standing.session, standing.sale).quote
        rows = wanted.get("discounts") or []
        if not rows:
            raise ChangeRefused("change_without_discount", field="discounts")
        stacking = parameter(standing.session, standing.sale.path, DISCOUNT_STACKING, standing.today)
        granted = [self._discount(standing, row, n, stacking) for n, row in enumerate(rows)]
        return price_quote(
            former.list_price_fen,
            [*(line.discount for line in former.lines), *granted],
            floor_price_fen=former.floor_price_fen,
        )

    def _discount(self, standing: Standing, row: Mapping[str, Any], position: int, stacking: str) -> Discount:
        if row.get("kind") == "offer":
            offer = standing.session.get(DiscountOffer, str(row.get("offer_id") or ""))
            if offer is None or offer.project_id != standing.sale.project_id:
                raise ChangeRefused("change_offer_unknown", field=f"discounts.{position}.offer_id")
            return discount_of(offer)
        kind = "amount" if row.get("kind") == "amount" else "rate"
        of = "list" if stacking == "add" and kind == "rate" else "running"
        return Discount(
            str(row.get("name") or ""),
            "amount" if kind == "amount" else "rate",
            row.get("basis_points") if kind == "rate" else None,
            row.get("amount_fen") if kind == "amount" else None,
            "list" if of == "list" else "running",
        )

    def _anew(self, standing: Standing, quote: Quote) -> Replanned:
        plan_id = standing.terms.plan_id
        if plan_id is None:
            raise ChangeRefused("change_plan_unusable", field="discounts")
        return planned_anew(standing, plan_id=plan_id, deal_price_fen=quote.deal_price_fen)


def _side(quote: Quote) -> dict[str, Any]:
    return {
        "list_price_fen": quote.list_price_fen,
        "discounts": [{"name": line.discount.name, "taken_off_fen": line.taken_off_fen} for line in quote.lines],
        "deal_price_fen": quote.deal_price_fen,
        "effective_discount_bp": quote.effective_discount_bp,
        "below_floor": quote.below_floor,
    }
