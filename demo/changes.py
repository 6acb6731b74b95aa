"""Changes of marked records in the demo's last days: one in effect, two that await their review."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from demo.agenda import Script
from demo.cast import YUNXI
from demo.life import Life
from demo.names import Buyers
from engine.api import TaskFilter
from kernel.clock import business_date
from ledger.customers.models import Customer, CustomerKind
from ledger.reviews.models import ProposedChange
from ledger.reviews.operations import propose_change
from ledger.reviews.parameters import record_of

BEGINS_BEFORE_END = timedelta(days=3)


def review_changes(life: Life, seed: int) -> Script:
    """Buyers change their phones, the project its hold; a manager has reviewed the first."""
    buyers = _buyers_of(life, "sales")
    numbers = Buyers(seed, first=7000)
    for place, customer_id in enumerate(buyers[:2]):
        number = numbers.next().phone
        values = {"phone_added": number, "phone_label": "新号", "main_phone": number}
        asked = _propose(life, "sales", "customers", customer_id, values, "客户本人到访更换联系电话，已核验身份证")
        yield timedelta(hours=5)
        if place == 0:
            _accept(life, "manager", asked)
            yield timedelta(hours=20)
    day = business_date(life.clock) + timedelta(days=7)
    values = {"value": 48, "effective_from": day.isoformat()}
    record = record_of(life.places.projects[YUNXI].id, "hold_hours")
    _propose(life, "admin", "parameters", record, values, "二批次加推客户较多，延长预留时间")


def _buyers_of(life: Life, username: str) -> list[str]:
    """Customers of a consultant who have subscribed or bought, in a fixed order."""
    held = select(CustomerKind.customer_id).where(
        CustomerKind.kind.in_(("subscriber", "owner")), CustomerKind.until.is_(None)
    )
    query = select(Customer.id).where(
        Customer.id.in_(held), Customer.owner_id == life.places.staff[username], Customer.path == YUNXI
    )
    return list(life.ask(lambda session: session.scalars(query.order_by(Customer.id)).all()))


def _propose(life: Life, username: str, kind: str, record_id: str, values: dict[str, Any], reason: str) -> str:
    return life.act(
        username,
        lambda s, a: (
            propose_change(s, a, life.clock, kind=kind, record_id=record_id, values=values, reason=reason).id
        ),
    )


def _accept(life: Life, username: str, change_id: str) -> None:
    instance_id = life.ask(lambda session: session.get_one(ProposedChange, change_id).instance_id)
    wanted = TaskFilter(box="work", instance_id=instance_id)

    def complete(session: Any, actor: Any) -> None:
        engine = life.database.engine_for(session, actor)
        for task in engine.find_tasks(wanted).rows:
            engine.complete(task.id, {"decision": "approved"})

    life.act(username, complete)
