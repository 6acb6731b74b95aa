"""Who asked hears that his change is over without effect, however it ended and whoever ended it."""

from __future__ import annotations

from handlers.changes.orders import kind_words
from kernel.facts import Telling, on
from ledger.changes.facts import ChangeEnded
from ledger.changes.models import ChangeOrder
from ledger.messages.operations import queue_message
from ledger.staff.models import Staff

_TEMPLATE = "change_order_ended"


@on(ChangeEnded)
def change_ended(fact: ChangeEnded, telling: Telling) -> None:
    """Rejected, expired, withdrawn by another or failed: the applicant and the sale's consultant are told why."""
    order = telling.session.get_one(ChangeOrder, fact.order_id)
    words = {"what": kind_words(telling, order), "number": order.no, "reason": order.ended_because or order.state}
    for person in sorted({order.applied_by, order.owner_id} - {telling.actor.id}):
        if telling.session.get(Staff, person) is None:
            continue  # The system asks too, as for the supplement of a short loan.
        queue_message(
            telling.session,
            telling.actor,
            telling.clock,
            template=_TEMPLATE,
            recipient_kind="staff",
            recipient_id=person,
            params=words,
            path=order.path,
            key=f"{_TEMPLATE}:{order.id}:{person}",
        )
