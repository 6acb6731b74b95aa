"""The papers of a sale that ends or moves: the cancellation agreement drawn up, what was agreed before void."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from engine.api import Context, handler
from handlers.changes.orders import language_of, order_of
from handlers.making_papers import order as order_paper
from kernel.facts import Telling, on
from ledger.changes.facts import ChangeExecuted
from ledger.changes.models import ChangeOrder
from ledger.documents.models import Document
from ledger.documents.operations import void_document

_AGREED = ("subscription", "contract", "supplement")
_PARTS = {
    "buyer": ("to the buyers", "退还买受人"),
    "bank": ("to the bank", "退还贷款机构"),
    "fund_centre": ("to the fund centre", "退还公积金中心"),
}
_ENDS = ("room_change", "sale_cancellation")


@dataclass(frozen=True)
class DrawUpIn:
    """The approved order."""

    order_id: str


@handler("sale_cancellation.draw_up")
def draw_up(data: DrawUpIn, ctx: Context) -> None:
    """Make the cancellation agreement (解除协议) for the buyers to sign: fault and the split as approved."""
    order = order_of(ctx, data.order_id)
    language = language_of(ctx, order.path)
    sums = {does: _sum(order, does) for does in ("refunded", "kept", "compensated")}
    extra: dict[str, Any] = {
        "order_no": order.no,
        "reason": order.after["cause"][("en", "zh")[language]],
        "fault": order.after["fault"][("en", "zh")[language]],
        "part": [
            {"name": _PARTS[line["debtor"] or "buyer"][language], "amount": line["amount_fen"]}
            for line in order.money
            if line["does"] == "refunded"
        ],
    }
    for name, does in (("refund", "refunded"), ("forfeit", "kept"), ("compensation", "compensated")):
        extra |= {name: sums[does], f"{name}_capitals": sums[does]}
    order_paper(ctx, kind="cancellation_agreement", sale_id=order.sale_id, subject_id=order.id, extra=extra)


def _sum(order: ChangeOrder, does: str) -> int:
    return sum(line["amount_fen"] for line in order.money if line["does"] == does)


@on(ChangeExecuted)
def agreements_are_void(fact: ChangeExecuted, telling: Telling) -> None:
    """A sale ended or went over to another one: its subscription, contract and supplements are void."""
    if fact.kind not in _ENDS:
        return
    system = dataclasses.replace(telling.actor, is_system=True)
    papers = select(Document.id).where(
        Document.subject == "sale", Document.subject_id == fact.sale_id, Document.kind.in_(_AGREED)
    )
    no = telling.session.get_one(ChangeOrder, fact.order_id).no
    for document_id in telling.session.scalars(papers).all():
        void_document(telling.session, system, telling.clock, document_id=document_id, reason=no)
