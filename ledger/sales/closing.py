"""Ending a sale without a contract that stands: the line is closed first, its unit freed last (DOMAIN §10.7)."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from kernel.facts import tell
from ledger.inventory.changes import given_reason
from ledger.inventory.models import Unit
from ledger.inventory.taking import free_unit
from ledger.sales.acts import Act, about, require_stage
from ledger.sales.errors import FilingStands
from ledger.sales.facts import SaleClosed
from ledger.sales.kinds import unmark_buyers
from ledger.sales.models import Sale
from ledger.sales.stage_models import Contract, Filing, Hold, SmallOrder, Subscription
from ledger.staff.permissions import Permission

LIVE_STAGES = ("held", "small_ordered", "subscribing", "subscribed", "signed", "filed")


def close_line(act: Act, sale: Sale, unit: Unit, *, kind: str, reason: str) -> None:
    """Close a locked sale and free its locked unit; papers and holds have got their end state before."""
    stage = sale.stage
    act.session.flush()  # The database looks at the filing's stored state when the sale closes.
    sale.state = sale.stage = "closed"
    sale.closed_at, sale.close_kind, sale.close_reason = act.clock.now(), kind, reason[:200]
    act.note(sale, kind, before=stage, after="closed", reason=reason[:200])
    act.session.flush()  # The database frees no unit whose sale it still sees live.
    free_unit(act.session, act.actor, act.clock, unit=unit, sale_id=sale.id, reason=reason)
    unmark_buyers(act, sale, stage)
    tell(act.session, SaleClosed(*about(sale), kind=kind, stage=stage))


def cancel_sale(
    session: Session, actor: Actor, clock: Clock, *, sale_id: str, reason: str, key: str | None = None
) -> Sale:
    """End a sale at the buyer's or the company's wish, at any stage.

    After signing the filing must be cancelled first (`cancel_filing`). What happens to money paid is for finance,
    who hear of it by `SaleClosed`. Raises `FilingStands`, `SaleNotReady`, `ReasonMissing`.
    """
    act = Act(session, actor, clock, key)
    if earlier := act.earlier("cancelled", sale_id=sale_id):
        return earlier
    sale, unit = act.lock(sale_id, Permission.SALES_CANCEL)
    require_stage(sale, "cancel", *LIVE_STAGES)
    reason = given_reason(reason)
    end_filing(act, sale)
    end_contract(act, sale)
    end_parts(act, sale, subscription="cancelled")
    close_line(act, sale, unit, kind="cancelled", reason=reason)
    return sale


def end_contract(act: Act, sale: Sale) -> None:
    """The contract of a sale that ends, if it came to one, is rescinded."""
    for contract in act.session.scalars(select(Contract).where(Contract.sale_id == sale.id)):
        contract.state = "rescinded"


def end_filing(act: Act, sale: Sale) -> None:
    """A filing that the authority has not got ends; raises `FilingStands` for one that it has."""
    filing = act.session.scalars(select(Filing).where(Filing.sale_id == sale.id)).one_or_none()
    if filing is None or filing.state == "cancelled":
        return
    if filing.state not in ("to_file", "returned"):
        raise FilingStands(sale_id=sale.id, no=sale.no, filing_state=filing.state)
    filing.state, filing.cancelled_on = "cancelled", act.today(sale.project_id)


def end_parts(
    act: Act, sale: Sale, *, subscription: str, hold: str = "released", small_order: str = "void"
) -> None:
    """Give what of a sale is still open its end state."""
    now = act.clock.now()
    for held in act.session.scalars(select(Hold).where(Hold.sale_id == sale.id, Hold.state == "active")):
        held.state, held.ended_at = hold, now
    waiting = select(SmallOrder).where(SmallOrder.sale_id == sale.id, SmallOrder.state.in_(("open", "paid")))
    for order in act.session.scalars(waiting):
        order.state, order.ended_at = small_order, now
    for paper in act.session.scalars(select(Subscription).where(Subscription.sale_id == sale.id)):
        paper.state, paper.ended_at = subscription, now
