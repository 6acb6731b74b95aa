"""Another way of paying (付款方式变更): paid lines are fixed, unpaid ones are superseded (DOMAIN §6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ledger.changes.errors import ChangeRefused
from ledger.changes.kind import Execution, Preview, Route, Standing, Values
from ledger.changes.money import lines_after, money_of, plan_words, planned_anew, price_lines
from ledger.changes.registry import change_kind
from ledger.changes.seals import seal_changed
from ledger.changes.supplements import sign_supplement
from ledger.finance.errors import PlanInvalid
from ledger.finance.models import PaymentPlanTemplate
from ledger.finance.replanning import Replanned
from ledger.sales.acts import Act
from ledger.sales.terms import terms_in_force


@change_kind
class PaymentPlanChange:
    """Wanted: ``plan_id``. Before signing the terms name another plan, after signing a supplement does."""

    kind = "payment_plan_change"
    stages = ("subscribed", "signed", "filed")

    def guard(self, standing: Standing, wanted: Values) -> None:
        """The plan is another, usable in the project, and carries what is paid already."""
        plan = standing.session.get(PaymentPlanTemplate, str(wanted.get("plan_id") or ""))
        if plan is None or plan.project_id != standing.sale.project_id or plan.state != "approved":
            raise ChangeRefused("change_plan_unusable", field="plan_id")
        if plan.id == standing.terms.plan_id:
            raise ChangeRefused("change_plan_same", field="plan_id")
        try:
            self._anew(standing, wanted)
        except PlanInvalid as refused:
            raise ChangeRefused("change_plan_above_paid", field="plan_id") from refused

    def preview(self, standing: Standing, wanted: Values) -> Preview:
        """Plan and lines before and after."""
        anew = self._anew(standing, wanted)
        before = self._side(standing, standing.terms.plan_id)
        after = self._side(standing, wanted["plan_id"])
        if standing.signed:
            before["lines"] = price_lines(standing.session, standing.sale.id)
            after["lines"] = lines_after(anew, dated=True)
        return Preview(before, after, money_of(standing, anew), Route("plan_change"))

    def execute(self, standing: Standing, wanted: Values, execution: Execution) -> Mapping[str, Any]:
        """Seal terms with the plan; a signed contract gets a supplement and its lines are planned anew."""
        act = Act(standing.session, standing.actor, standing.clock)
        if not standing.signed:
            terms = terms_in_force(standing.session, standing.sale)
            seal = seal_changed(act, standing.sale, terms, plan_id=wanted["plan_id"], reference=execution.order_no)
            return {"terms_version": seal.version}
        supplement = sign_supplement(
            standing.session,
            standing.actor,
            standing.clock,
            sale_id=standing.sale.id,
            plan_id=wanted["plan_id"],
            reason=execution.reason,
            signed_on=execution.signed_on,
            change_order_id=execution.order_id,
        )
        return {"terms_version": supplement.terms_after, "supplement_no": supplement.no}

    def _anew(self, standing: Standing, wanted: Values) -> Replanned:
        return planned_anew(standing, plan_id=wanted["plan_id"], deal_price_fen=standing.terms.deal_price_fen)

    def _side(self, standing: Standing, plan_id: str | None) -> dict[str, Any]:
        return {
            "plan_id": plan_id,
            "plan": plan_words(standing.session, plan_id),
            "deal_price_fen": standing.terms.deal_price_fen,
        }
