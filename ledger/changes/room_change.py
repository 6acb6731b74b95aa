"""Another home for the same buyers (换房): old and new price, and the money that goes along (DOMAIN §6, D3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ledger.changes.errors import ChangeRefused
from ledger.changes.kind import Execution, MoneyLine, Preview, Route, Standing, Values
from ledger.changes.registry import change_kind
from ledger.finance.room_change import RoomPreview, change_room, preview_room_change
from ledger.inventory.errors import UnitNotSellable, UnitTaken
from ledger.inventory.models import Building, Unit
from ledger.sales.moving import MOVABLE, Approved
from ledger.sales.terms import terms_in_force


@change_kind
class RoomChange:
    """Wanted: ``unit_id``, the home that the buyers take instead."""

    kind = "room_change"
    stages = MOVABLE

    def guard(self, standing: Standing, wanted: Values) -> None:
        """The home is another of the project and can be sold; no money is there that cannot go along."""
        unit = standing.session.get(Unit, str(wanted.get("unit_id") or ""), populate_existing=True)
        if unit is None or unit.project_id != standing.sale.project_id:
            raise ChangeRefused("room_in_other_project", field="unit_id")
        if unit.id == standing.sale.unit_id:
            raise ChangeRefused("room_is_the_same", field="unit_id")
        try:
            self._reckon(standing, wanted)
        except UnitTaken as taken:
            taken.field = "unit_id"
            raise
        except UnitNotSellable as refused:
            refused.field = "unit_id"
            raise

    def preview(self, standing: Standing, wanted: Values) -> Preview:
        """Home and price before and after; what is paid may grow while others decide, so it is an estimate.

        A discount of an offer that is no longer in force is dropped and named. Should one expire while others
        decide, the price is no longer what was approved, and the order comes back.
        """
        one = self._reckon(standing, wanted)
        off = standing.terms.effective_discount_bp
        before = _side(standing, standing.sale.unit_id, one.list_before_fen, one.deal_before_fen, off)
        unit_id = str(wanted["unit_id"])
        after = _side(standing, unit_id, one.list_price_fen, one.deal_price_fen, one.effective_discount_bp)
        after["below_floor"] = one.below_floor
        if one.discounts or one.dropped:
            quote = terms_in_force(standing.session, standing.sale).quote
            before["discounts"] = _discounts((line.discount.name, line.taken_off_fen) for line in quote.lines)
            after["discounts"] = _discounts(one.discounts)
        if one.dropped:
            after["discounts_dropped"] = list(one.dropped)
        route = Route("room_change", one.effective_discount_bp, one.below_floor)
        return Preview(before, after, _money(one), route)

    def execute(self, standing: Standing, wanted: Values, execution: Execution) -> Mapping[str, Any]:
        """Close the old sale and open the new one with all that goes along."""
        changed = change_room(
            standing.session,
            standing.actor,
            standing.clock,
            sale_id=standing.sale.id,
            unit_id=str(wanted["unit_id"]),
            reason=execution.reason[:200],
            approved=Approved(None, execution.approvers, execution.order_no),
            key=f"change:{execution.order_id}",
        )
        return {
            "sale_id": changed.sale.id,
            "sale_no": changed.sale.no,
            "moved_fen": changed.moved_fen,
            "refunded_fen": sum(refund.amount_fen for refund in changed.refunds),
        }

    def units(self, wanted: Values) -> tuple[str, ...]:
        """The other home is locked with the sale's own, in the order of their ids."""
        return (str(wanted.get("unit_id") or ""),)

    def _reckon(self, standing: Standing, wanted: Values) -> RoomPreview:
        unit = standing.session.get_one(Unit, str(wanted["unit_id"]))
        return preview_room_change(standing.session, standing.clock, standing.sale, unit)


def _money(one: RoomPreview) -> tuple[MoneyLine, ...]:
    lines = (
        MoneyLine("stays", "price", one.paid_fen, estimate=True),
        MoneyLine("due", "price", one.due_fen, debtor="buyer", estimate=True),
        MoneyLine("refunded", "price", one.refundable_fen, debtor="buyer", estimate=True),
        MoneyLine("due", "late_interest", one.carried_fen, debtor="buyer", estimate=True),
    )
    return tuple(line for line in lines if line.amount_fen)


def _discounts(lines: Iterable[tuple[str, int]]) -> list[dict[str, Any]]:
    return [{"name": name, "taken_off_fen": fen} for name, fen in lines]


def _side(standing: Standing, unit_id: str, list_fen: int, deal_fen: int, off_bp: int) -> dict[str, Any]:
    unit = standing.session.get_one(Unit, unit_id)
    building = standing.session.get_one(Building, unit.building_id)
    return {
        "unit_id": unit_id,
        "unit": f"{building.name}-{unit.unit_no}",
        "list_price_fen": list_fen,
        "deal_price_fen": deal_fen,
        "effective_discount_bp": off_bp,
    }
