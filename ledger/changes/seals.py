"""The next version of a sale's terms, sealed by an executed change with its approval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from kernel.facts import tell
from ledger.sales.acts import Act, about
from ledger.sales.facts import TermsSealed
from ledger.sales.models import Sale, SaleApproval, SaleTerms
from ledger.sales.terms import Terms, seal_terms


def seal_changed(
    act: Act,
    sale: Sale,
    terms: Terms,
    *,
    plan_id: str | None = None,
    approvers: Sequence[str] = (),
    reference: str = "",
) -> SaleTerms:
    """Seal the next version of a locked sale's terms; who approved the change approved these terms.

    Where nobody was asked, an approval of the former terms holds on as long as the price is no lower.
    """
    approvers = approvers or _standing_approvers(act, sale, terms)
    seal = seal_terms(act.session, act.actor, act.clock, sale, replace(terms, plan_id=plan_id or terms.plan_id))
    if approvers:
        act.session.add(
            SaleApproval(
                sale_id=sale.id,
                version=seal.version,
                content_hash=seal.content_hash,
                approvers=list(approvers),
                reference=reference[:80],
                at=act.clock.now(),
            )
        )
        sale.approved_version = seal.version
    act.session.flush()  # The checks on sealed terms and their approval must speak within this act.
    tell(
        act.session,
        TermsSealed(
            *about(sale),
            version=seal.version,
            content_hash=seal.content_hash,
            deal_price_fen=seal.deal_price_fen,
            effective_discount_bp=seal.effective_discount_bp,
            below_floor=seal.below_floor,
        ),
    )
    return seal


def _standing_approvers(act: Act, sale: Sale, terms: Terms) -> Sequence[str]:
    lower = sale.deal_price_fen is not None and terms.quote.deal_price_fen < sale.deal_price_fen
    if lower or sale.approved_version is None or sale.approved_version != sale.terms_version:
        return ()
    query = select(SaleApproval.approvers).where(
        SaleApproval.sale_id == sale.id, SaleApproval.version == sale.approved_version
    )
    return act.session.scalars(query.order_by(SaleApproval.at.desc()).limit(1)).one()
