"""Buying makes a customer a subscriber (认购客户) and then an owner (业主); a sale that ends takes it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from ledger.customers.kinds import end_kind, mark_kind
from ledger.sales.acts import Act
from ledger.sales.models import Sale, SaleBuyer

_STAGES = {"subscriber": ("subscribed",), "owner": ("signed", "filed")}


def mark_buyers(act: Act, sale: Sale, kind: str) -> None:
    """All buyers in force are of this kind at the sale's project from now on."""
    for customer_id in _buyers(act, sale):
        mark_kind(
            act.session,
            replace(act.actor, is_system=True),  # The right to sell carries it; customers need not be edited.
            act.clock,
            customer_id=customer_id,
            kind=kind,
            project_id=sale.project_id,
        )


def unmark_buyers(act: Act, sale: Sale, stage: str) -> None:
    """After a sale closed at ``stage``: its buyers lose the kind it gave, unless another sale still gives it."""
    for kind, stages in _STAGES.items():
        if stage in stages:
            _unmark(act, sale, kind, _buyers(act, sale))


def remark_buyers(act: Act, sale: Sale, former: Sequence[str]) -> None:
    """The buyers of a live sale are others than they were: who comes gets its kind, who left loses all it gave."""
    for kind, stages in _STAGES.items():
        if sale.stage in stages:
            mark_buyers(act, sale, kind)
    gone = [customer_id for customer_id in former if customer_id not in _buyers(act, sale)]
    for kind in _STAGES:
        _unmark(act, sale, kind, gone)


def _unmark(act: Act, sale: Sale, kind: str, customer_ids: Sequence[str]) -> None:
    for customer_id in customer_ids:
        if not _still(act, sale, customer_id, _STAGES[kind]):
            end_kind(
                act.session,
                replace(act.actor, is_system=True),
                act.clock,
                customer_id=customer_id,
                kind=kind,
                project_id=sale.project_id,
            )


def _buyers(act: Act, sale: Sale) -> Sequence[str]:
    query = select(SaleBuyer.customer_id).where(
        SaleBuyer.sale_id == sale.id, SaleBuyer.version == sale.terms_version
    )
    return act.session.scalars(query.order_by(SaleBuyer.position)).all()


def _still(act: Act, sale: Sale, customer_id: str, stages: tuple[str, ...]) -> bool:
    query = (
        select(Sale.id)
        .join(SaleBuyer, (SaleBuyer.sale_id == Sale.id) & (SaleBuyer.version == Sale.terms_version))
        .where(
            SaleBuyer.customer_id == customer_id,
            Sale.project_id == sale.project_id,
            Sale.id != sale.id,
            Sale.stage.in_(stages),
        )
    )
    return act.session.scalars(query.limit(1)).first() is not None
