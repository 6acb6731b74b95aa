"""The end of a sale (退房): whose fault decides what is kept, given back and compensated (DOMAIN §4, 6, D4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from ledger.changes.errors import ChangeRefused
from ledger.changes.kind import Execution, MoneyLine, Preview, Route, Standing, Values
from ledger.changes.registry import change_kind
from ledger.finance.amounts import require_amount
from ledger.finance.compensation import ask_compensation
from ledger.finance.deposits import Fault
from ledger.finance.failed_preview import FailedPreview, preview_failed_sale
from ledger.finance.failed_sale import FailedSale, settle_failed_sale
from ledger.finance.fault_rules import Cause, Judged, judge
from ledger.finance.kinds import CompensationKind
from ledger.finance.payout_models import Compensation
from ledger.finance.room_change import require_confirmed_money
from ledger.inventory.models import Building, Unit
from ledger.mortgages.settling import Standing as Loans
from ledger.mortgages.settling import standing_of_loans
from ledger.sales.moving import MOVABLE
from ledger.sales.operations import cancel_sale
from ledger.surveys.queries import rescission_day

CAUSES = {
    Cause.BUYER_WITHDRAWS: ("the buyer withdraws", "买方违约"),
    Cause.DEVELOPER_BREAKS: ("we break the contract", "开发商违约"),
    Cause.LOAN_REFUSED: ("the loan was refused", "贷款未获批"),
    Cause.AREA_DIFFERENCE: ("the area differs by more than 3 %", "面积误差超过 3%"),
    Cause.AGREED: ("both sides agree", "协商解除"),
}
FAULTS = {
    Fault.BUYER: ("the buyer’s", "买方"),
    Fault.DEVELOPER: ("ours", "开发商"),
    Fault.NEITHER: ("nobody’s", "双方无过错"),
}
_ROUTES = {
    Fault.BUYER: "cancel_buyer_fault",
    Fault.DEVELOPER: "cancel_developer_fault",
    Fault.NEITHER: "cancel_no_fault",
}


@change_kind
class SaleCancellation:
    """Wanted: ``cause``; ``loan_fault`` of a refused loan; ``compensation_fen`` that we agreed, being at fault."""

    kind = "sale_cancellation"
    stages = MOVABLE

    def guard(self, standing: Standing, wanted: Values) -> None:
        """The cause is known, a refused loan says whose fault it is, and no money waits to be confirmed."""
        if wanted.get("cause") not in list(Cause):
            raise ChangeRefused("cancel_cause_unknown", field="cause")
        if wanted["cause"] == Cause.LOAN_REFUSED and wanted.get("loan_fault") not in list(Fault):
            raise ChangeRefused("cancel_loan_fault_missing", field="loan_fault")
        if compensation := wanted.get("compensation_fen"):
            require_amount(compensation, "compensation_fen")
            if self.judged(standing, wanted).fault is not Fault.DEVELOPER:
                raise ChangeRefused("cancel_compensation_without_fault", field="compensation_fen")
        require_confirmed_money(standing.session, standing.sale.id)

    def preview(self, standing: Standing, wanted: Values) -> Preview:
        """The whole split; late interest and interest on refunds grow by the day and are estimates."""
        found, judged = self._reckon(standing, wanted), self.judged(standing, wanted)
        unit = standing.session.get_one(Unit, standing.sale.unit_id)
        building = standing.session.get_one(Building, unit.building_id)
        before = {
            "unit": f"{building.name}-{unit.unit_no}",
            "deal_price_fen": standing.terms.deal_price_fen,
            "subscription_no": standing.subscription.no if standing.subscription else None,
            "contract_no": standing.contract.no if standing.contract else None,
            "sale": {"en": "live", "zh": "有效"},
        }
        after: dict[str, Any] = {
            "unit": None,
            "subscription_no": None,
            "contract_no": None,
            "sale": {"en": "ended", "zh": "已终止"},
            "cause": dict(zip(("en", "zh"), CAUSES[Cause(wanted["cause"])], strict=True)),
            "fault": dict(zip(("en", "zh"), FAULTS[judged.fault], strict=True)),
            "with_interest": judged.with_interest,
        }
        if last := self._back_by(standing, wanted):
            after["back_by"] = last.isoformat()
        agreed = int(wanted.get("compensation_fen") or 0)
        return Preview(before, after, _money(found, agreed), Route(_ROUTES[judged.fault]))

    def execute(self, standing: Standing, wanted: Values, execution: Execution) -> Mapping[str, Any]:
        """Settle the money, then close the sale with its papers; the unit is freed last (DOMAIN §10.7).

        Raises `ChangeRefused` while a loan is not settled (DOMAIN §6).
        """
        judged, reason = self.judged(standing, wanted), execution.reason[:200]
        if standing_of_loans(standing.session, standing.sale.id) is not Loans.NONE:
            raise ChangeRefused("cancel_loan_not_settled", field="loan")
        act = (standing.session, standing.actor, standing.clock)
        if standing.contract is not None:
            standing.contract.state = "rescinding"
        settled = settle_failed_sale(
            *act,
            sale_id=standing.sale.id,
            fault=judged.fault,
            reason=reason,
            with_interest=judged.with_interest,
            due_on=self._back_by(standing, wanted),
        )
        agreed = self._agreed(standing, wanted, execution)
        cancel_sale(*act, sale_id=standing.sale.id, reason=reason, key=f"change:{execution.order_id}")
        return _result(judged, settled, agreed)

    def judged(self, standing: Standing, wanted: Values) -> Judged:
        """Whose fault it is and whether money bears interest."""
        fault = Fault(wanted["loan_fault"]) if wanted.get("loan_fault") in list(Fault) else None
        return judge(Cause(wanted["cause"]), loan_fault=fault, signed=standing.signed)

    def _back_by(self, standing: Standing, wanted: Values) -> date | None:
        """The last day on which the money goes back, where the law sets one (30 days, DOMAIN §5)."""
        if wanted["cause"] != Cause.AREA_DIFFERENCE:
            return None
        return rescission_day(standing.session, standing.sale.id)

    def _reckon(self, standing: Standing, wanted: Values) -> FailedPreview:
        judged = self.judged(standing, wanted)
        return preview_failed_sale(
            standing.session,
            sale=standing.sale,
            fault=judged.fault,
            with_interest=judged.with_interest,
            today=standing.today,
        )

    def _agreed(self, standing: Standing, wanted: Values, execution: Execution) -> Compensation | None:
        fen = int(wanted.get("compensation_fen") or 0)
        if not fen:
            return None
        return ask_compensation(
            standing.session,
            standing.actor,
            standing.clock,
            key=f"change:{execution.order_id}:agreed",
            sale_id=standing.sale.id,
            kind=CompensationKind.OTHER,
            amount_fen=fen,
            reason=execution.reason[:200],
            needs_approval=False,
        )


def _money(found: FailedPreview, agreed_fen: int) -> tuple[MoneyLine, ...]:
    lines = [
        MoneyLine("kept", "forfeit", found.forfeited_fen, debtor="buyer"),
        MoneyLine("kept", "late_interest", found.set_off_fen, debtor="buyer", estimate=True),
        MoneyLine("ends", "late_interest", found.let_go_fen, debtor="buyer", estimate=True),
        MoneyLine("compensated", "deposit_double", found.double_fen, debtor="buyer"),
        MoneyLine("compensated", "other", agreed_fen, debtor="buyer"),
        MoneyLine("compensated", "refund_interest", found.interest_fen, estimate=True),
    ]
    paid: dict[str, int] = {}
    for one in found.back:
        paid[one.role.value] = paid.get(one.role.value, 0) + one.amount_fen
    lines += [
        MoneyLine("refunded", "price", fen, debtor=role, estimate=True) for role, fen in sorted(paid.items())
    ]
    return tuple(line for line in lines if line.amount_fen)


def _result(judged: Judged, settled: FailedSale, agreed: Compensation | None) -> dict[str, Any]:
    owed = [*settled.compensations, *([agreed] if agreed else [])]
    return {
        "fault": judged.fault.value,
        "forfeited_fen": settled.forfeit.amount_fen if settled.forfeit else 0,
        "refunded_fen": sum(one.amount_fen for one in settled.refunds),
        "compensated_fen": sum(one.amount_fen for one in owed),
    }
