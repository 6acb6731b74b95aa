"""The verb that makes a paper of a sale: ordered with its values in the step, set and stored after the commit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.api import Context, handler
from handlers.jobs import MAKE_PAPER
from ledger.templates.models import MadePaper
from ledger.templates.sale_papers import order_sale_paper


@dataclass(frozen=True)
class MakeIn:
    """Which paper of which sale. ``subject_id`` is what it tells of: a refund, an order, a case.

    ``extra`` are values that the ledger does not know: money in fen, dates ISO, lists as lists of maps.
    """

    kind: str
    sale_id: str
    subject_id: str | None = None
    extra: dict[str, Any] | None = None


@dataclass(frozen=True)
class MakeOut:
    """The paper's id, which is also its document's, and its number."""

    paper_id: str
    paper_no: str


@handler("papers.make", again=True)
def make(data: MakeIn, ctx: Context) -> MakeOut:
    """Order a paper of a sale; it says what is so now.

    A value that the template needs and nobody gives is refused by line (`ledger.templates.errors.TextRefused`).
    """
    paper = order(ctx, kind=data.kind, sale_id=data.sale_id, subject_id=data.subject_id, extra=data.extra)
    return MakeOut(paper.id, paper.number)


def order(
    ctx: Context,
    *,
    kind: str,
    sale_id: str,
    key: str | None = None,
    subject_id: str | None = None,
    extra: Mapping[str, Any] | None = None,
) -> MadePaper:
    """Order a paper in this step; ``key`` makes it the only one for ever, else the step's own key does."""
    key = key or f"{MAKE_PAPER}:{kind}:{ctx.idempotency_key}"
    paper = order_sale_paper(
        ctx.session,
        ctx.ledger_actor,
        ctx.clock,
        kind=kind,
        sale_id=sale_id,
        key=key,
        subject_id=subject_id,
        extra=extra,
    )
    ctx.send(MAKE_PAPER, {"paper_id": paper.id}, key=f"{MAKE_PAPER}:{paper.id}")
    return paper
