"""The terms of a sale in versions: price, discounts, buyers, plan and deposit, sealed and hashed.

An approval is of one content (DOMAIN §10.6): the hash covers everything a buyer agrees to, so that what was
approved and what is signed can be compared.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from ledger.sales.models import Sale, SaleBuyer, SaleDiscount, SaleTerms
from ledger.sales.pricing import Discount, Kind, Of, Quote, QuoteLine
from ledger.sales.shares import BuyerLine, Ownership
from ledger.sales.stage_models import Subscription


@dataclass(frozen=True)
class Terms:
    """What a subscription agrees on; ``deposit_fen`` in fen."""

    quote: Quote
    buyers: tuple[BuyerLine, ...]
    deposit_fen: int
    plan_id: str | None

    def content_hash(self, unit_id: str) -> str:
        """SHA-256 over the content in a canonical form."""
        content = {
            "unit": unit_id,
            "list": self.quote.list_price_fen,
            "deal": self.quote.deal_price_fen,
            "floor": self.quote.floor_price_fen,
            "discounts": [
                [d.name, d.kind, d.of, d.basis_points, d.amount_fen]
                for d in (line.discount for line in self.quote.lines)
            ],
            "buyers": [[b.customer_id, b.ownership, b.numerator, b.denominator] for b in self.buyers],
            "deposit": self.deposit_fen,
            "plan": self.plan_id,
        }
        text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def seal_terms(session: Session, actor: Actor, clock: Clock, sale: Sale, terms: Terms) -> SaleTerms:
    """Write the next version of a sale's terms and make it the one in force."""
    version = (sale.terms_version or 0) + 1
    _add_lines(session, sale.id, version, terms.buyers, terms.quote)
    session.flush()  # The seal is set upon the lines, and the database sums them at that moment.
    quote = terms.quote
    seal = SaleTerms(
        sale_id=sale.id,
        version=version,
        list_price_fen=quote.list_price_fen,
        floor_price_fen=quote.floor_price_fen,
        deal_price_fen=quote.deal_price_fen,
        effective_discount_bp=quote.effective_discount_bp,
        effective_discount=quote.effective_discount,
        below_floor=quote.below_floor,
        plan_id=terms.plan_id,
        content_hash=terms.content_hash(sale.unit_id),
        actor_id=actor.id,
        at=clock.now(),
    )
    session.add(seal)
    session.flush()  # The sale points to its sealed terms.
    sale.terms_version, sale.plan_id, sale.below_floor = version, terms.plan_id, quote.below_floor
    sale.list_price_fen, sale.floor_price_fen = quote.list_price_fen, quote.floor_price_fen
    sale.deal_price_fen, sale.effective_discount_bp = quote.deal_price_fen, quote.effective_discount_bp
    sale.customer_id = terms.buyers[0].customer_id
    return seal


def _add_lines(session: Session, sale_id: str, version: int, buyers: Sequence[BuyerLine], quote: Quote) -> None:
    for buyer in buyers:
        session.add(
            SaleBuyer(
                sale_id=sale_id,
                version=version,
                position=buyer.position,
                customer_id=buyer.customer_id,
                ownership=buyer.ownership,
                share_numerator=buyer.numerator,
                share_denominator=buyer.denominator,
            )
        )
    for position, line in enumerate(quote.lines):
        discount = line.discount
        session.add(
            SaleDiscount(
                sale_id=sale_id,
                version=version,
                position=position,
                name=discount.name.strip(),
                kind=discount.kind,
                of=discount.of,
                basis_points=discount.basis_points,
                amount_fen=discount.amount_fen,
                taken_off_fen=line.taken_off_fen,
                offer_id=discount.offer_id,
            )
        )


def terms_in_force(session: Session, sale: Sale) -> Terms:
    """The sealed terms of a sale, read back to make the next version from them."""
    seal = session.get_one(SaleTerms, (sale.id, sale.terms_version))
    of_version = {"sale_id": sale.id, "version": seal.version}
    discounts = session.scalars(select(SaleDiscount).filter_by(**of_version).order_by(SaleDiscount.position))
    lines = tuple(QuoteLine(_discount(row), row.taken_off_fen) for row in discounts)
    quote = Quote(seal.list_price_fen, seal.deal_price_fen, lines, seal.effective_discount, seal.floor_price_fen)
    buyers = session.scalars(select(SaleBuyer).filter_by(**of_version).order_by(SaleBuyer.position))
    paper = session.scalars(select(Subscription).where(Subscription.sale_id == sale.id)).one_or_none()
    return Terms(
        quote,
        tuple(
            BuyerLine(
                b.position, b.customer_id, cast(Ownership, b.ownership), b.share_numerator, b.share_denominator
            )
            for b in buyers
        ),
        paper.deposit_fen if paper else 0,
        seal.plan_id,
    )


def _discount(row: SaleDiscount) -> Discount:
    return Discount(
        row.name, cast(Kind, row.kind), row.basis_points, row.amount_fen, cast(Of, row.of), row.offer_id
    )
