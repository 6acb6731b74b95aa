"""When the buyers are others, papers that name the former ones are void and issued again (FEATURES D5)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from engine.api import Context, handler
from handlers.booking_to_contract.people import buyers_of, words_of
from handlers.looking_up import found
from handlers.making_papers import order
from handlers.telling import tell_customers
from ledger.documents.models import Document
from ledger.documents.operations import void_document
from ledger.finance.accounts import receipts_at_home
from ledger.papers.operations import void_paper
from ledger.papers.queries import live_paper_of
from ledger.sales.models import Sale
from ledger.sales.stage_models import Contract, Subscription
from ledger.templates.models import MadePaper

_PAPERS = ("subscription", "contract")


@dataclass(frozen=True)
class ReissueIn:
    """The sale whose buyers have changed, and the order by which."""

    sale_id: str
    order_no: str


@handler("rights_transfer.reissue")
def reissue(data: ReissueIn, ctx: Context) -> None:
    """Void subscription, contract and numbered receipts and have them issued to the buyers of now; tell these.

    Once for an order: the diagram comes here as soon as it took effect, and again when it is filed.
    """
    sale = found(ctx, Sale, data.sale_id, "sale_id")
    key = f"reissue:{data.order_no}:{{kind}}"
    papers = _standing(ctx, sale)
    if ctx.session.scalar(select(MadePaper.id).where(MadePaper.key == key.format(kind=papers[0]))):
        return
    reason = f"{data.order_no}: other buyers · 权益人变更"
    act = (ctx.session, ctx.ledger_actor, ctx.clock)
    old = select(Document.id).where(
        Document.subject == "sale", Document.subject_id == sale.id, Document.kind.in_(_PAPERS)
    )
    for document_id in ctx.session.scalars(old).all():
        void_document(*act, document_id=document_id, reason=reason)
    for kind in papers:
        order(ctx, kind=kind, sale_id=sale.id, key=key.format(kind=kind))
    for receipt in receipts_at_home(ctx.session, sale.id):
        paper = live_paper_of(ctx.session, receipt.id)
        if paper is not None:
            void_paper(*act, paper_id=paper.id, reason=reason)
    params = {**words_of(ctx, sale), "number": data.order_no}
    tell_customers(ctx, "buyers_changed", buyers_of(ctx, sale), sale.path, params)


def _standing(ctx: Context, sale: Sale) -> list[str]:
    """The papers that the sale has come far enough for."""
    subscribed = ctx.session.scalar(select(Subscription.no).where(Subscription.sale_id == sale.id))
    signed = ctx.session.scalar(select(Contract.id).where(Contract.sale_id == sale.id))
    return [kind for kind, there in zip(_PAPERS, (subscribed, signed), strict=True) if there]
