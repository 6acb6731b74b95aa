"""What the verbs of change orders share: the order, and what its case says of it."""

from __future__ import annotations

from dataclasses import dataclass

from engine.api import Context
from handlers.looking_up import found
from kernel.clock import business_date
from kernel.facts import Telling
from ledger.changes.models import ChangeOrder
from ledger.organisation.parameters import LANGUAGE
from ledger.organisation.queries import parameter
from ledger.staff.models import Staff

Work = Context | Telling
"""A step of a process, or a fact that is told: both bring session and clock."""

KINDS = {
    "discount": ("Discount", "折扣"),
    "payment_plan_change": ("Payment plan", "付款方式变更"),
    "room_change": ("Another home", "换房"),
    "sale_cancellation": ("Cancellation", "退房"),
    "rights_transfer": ("Buyers", "更名／增减权益人"),
    "supplement": ("Short loan", "贷款不足补充协议"),
}


@dataclass(frozen=True)
class OrderIn:
    """The order that the case is about."""

    order_id: str


def order_of(ctx: Context, order_id: str) -> ChangeOrder:
    """The order as it stands."""
    return found(ctx, ChangeOrder, order_id, "order_id")


def language_of(work: Work, path: str) -> int:
    """The place of the house's language in pairs of English and Chinese."""
    return 1 if parameter(work.session, path, LANGUAGE, business_date(work.clock)) == "zh" else 0


def language_for(work: Work, staff_id: str, path: str) -> int:
    """The place of somebody's own language in such pairs, for what he alone has to act upon."""
    person = work.session.get(Staff, staff_id)
    return language_of(work, path) if person is None else int(person.language == "zh")


def kind_words(work: Work, order: ChangeOrder) -> str:
    """What the order is called, in the language of the house."""
    return KINDS[order.kind][language_of(work, order.path)]
