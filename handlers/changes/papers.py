"""The paper of a supplement (补充协议), under the supplement's own number."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from engine.api import Context, handler
from handlers.changes.orders import OrderIn, kind_words, language_of, order_of
from handlers.changes.wording import change_lines
from handlers.jobs import MAKE_PAPER
from ledger.changes.supplement_models import Supplement
from ledger.templates.making import Order, order_paper
from ledger.templates.sale_papers import SUBJECT, sale_paper_values


@dataclass(frozen=True)
class MadeOut:
    """The number of the supplement that was signed, if one was."""

    supplement_no: str | None


@handler("changes.make_supplement", again=True)
def make_supplement(data: OrderIn, ctx: Context) -> MadeOut:
    """Order the paper of the supplement that the execution signed; a change without one makes none."""
    query = select(Supplement).where(Supplement.change_order_id == data.order_id)
    supplement = ctx.session.scalars(query).one_or_none()
    if supplement is None:
        return MadeOut(None)
    order = order_of(ctx, data.order_id)
    lines = change_lines(order.before, order.after, language_of(ctx, order.path))
    extra = {
        "reason": order.reason,
        "subject": kind_words(ctx, order),
        "order_no": order.no,
        "change": [{"name": name, "before": before, "after": after} for name, before, after in lines],
    }
    act = (ctx.session, ctx.ledger_actor, ctx.clock)
    values, language, gathered = sale_paper_values(*act, "supplement", order.sale_id, order.id, extra)
    paper = order_paper(
        *act,
        Order(
            kind="supplement",
            key=f"supplement:{supplement.id}",
            subject=SUBJECT,
            subject_id=order.sale_id,
            about_id=order.id,
            path=order.path,
            issued_on=supplement.signed_on,
            language=language,
            values=values,
            number=supplement.no,
            owner_id=gathered.sale.owner_id,
            customer_id=gathered.sale.customer_id,
        ),
    )
    ctx.send(MAKE_PAPER, {"paper_id": paper.id}, key=f"{MAKE_PAPER}:{paper.id}")
    return MadeOut(supplement.no)
