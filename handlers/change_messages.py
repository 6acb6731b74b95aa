"""What the buyers of a sale hear of its change orders (变更单): asked for, late, carried out, over without effect.

A discount is the house's own matter until it holds, so of one only that is told.
"""

from __future__ import annotations

from typing import Any, Literal

from handlers.progress import order
from kernel.facts import Telling, on
from ledger.changes.facts import ChangeEnded, ChangeExecuted, ChangeFact, ChangeOpened
from ledger.changes.models import ChangeOrder
from ledger.progress.telling import buyers_of_sale, write_to

Happened = Literal["begun", "delayed", "done", "stopped"]
NAMES = {
    "discount": ("discount", "价格优惠"),
    "payment_plan_change": ("change of the payment plan", "付款方式变更"),
    "room_change": ("change to another home", "换房"),
    "sale_cancellation": ("cancellation", "退房"),
    "rights_transfer": ("change of the buyers", "更名／权益人变更"),
    "supplement": ("supplement to the contract", "补充协议"),
}
_ONLY_WHEN_DONE = frozenset({"discount"})


@on(ChangeOpened)
def change_opened(fact: ChangeOpened, telling: Telling) -> None:
    """The buyers hear that their change is being dealt with."""
    _tell(fact, "begun", telling)


@on(ChangeExecuted)
def change_executed(fact: ChangeExecuted, telling: Telling) -> None:
    """The buyers hear that it holds."""
    _tell(fact, "done", telling)


@on(ChangeEnded)
def change_ended(fact: ChangeEnded, telling: Telling) -> None:
    """The buyers hear that it is over and nothing has changed."""
    _tell(fact, "stopped", telling)


def tell_of_change(telling: Telling, change: ChangeOrder, happened: Happened) -> None:
    """Queue what is told of a change order to every buyer who has not said no, once."""
    if change.kind in _ONLY_WHEN_DONE and happened != "done":
        return
    act = (telling.session, telling.actor, telling.clock)
    for buyer in buyers_of_sale(telling.session, change.sale_id):
        name = NAMES[change.kind][1 if buyer.language == "zh" else 0]
        params: dict[str, Any] = {"change": name, "number": change.no}
        key = f"change_{happened}:{change.id}:{buyer.id}"
        order(telling, write_to(*act, [buyer], f"change_{happened}", params, key=key, sale_id=change.sale_id))


def _tell(fact: ChangeFact, happened: Happened, telling: Telling) -> None:
    tell_of_change(telling, telling.session.get_one(ChangeOrder, fact.order_id), happened)
