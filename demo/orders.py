"""Change orders of the demo: each kind, each state, asked for by consultants over the last weeks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from demo.agenda import Agenda, Script
from demo.cast import HARBOUR, LANTING, YUNXI
from demo.drawing import photo
from demo.life import Case, Life
from demo.names import Buyers
from kernel.clock import business_date
from kernel.errors import KeyturnError
from ledger.changes.models import OPEN_STATES, ChangeOrder
from ledger.changes.operations import withdraw_change
from ledger.documents.operations import store_upload
from ledger.handover.models import MoveInCase
from ledger.sales.models import Sale, SaleBuyer
from ledger.surveys.models import AreaSettlement

Values = Callable[[Life, Sale, Buyers], dict[str, Any]]
_PACE = timedelta(hours=3)


@dataclass(frozen=True)
class Wish:
    """Somebody wants a change: of which sale, since when, and how far it has come.

    ``until`` is asked, approval (one of several has approved), approved, executed, returned or withdrawn.
    """

    days_ago: float
    kind: str
    path: str
    stages: tuple[str, ...]
    until: str
    reason: str
    values: Values


def change_sales(life: Life, seed: int, ends_at: datetime, agenda: Agenda) -> None:
    """Put the wishes into the agenda."""
    numbers = Buyers(seed, first=8000)
    for wish in _WISHES:
        agenda.add(_script(life, wish, numbers), ends_at - timedelta(days=wish.days_ago))


def _script(life: Life, wish: Wish, numbers: Buyers) -> Script:
    case = _ask(life, wish, numbers)
    if case is None or wish.until == "asked":
        return
    yield _PACE
    if wish.until == "withdrawn":
        _withdraw(life, case)
        return
    if wish.until == "returned":
        case.decide("returned", "请补充客户书面申请后再报")
        return
    for _ in range(1 if wish.until == "approval" else 9):
        if not case.decide("approved", "情况属实，同意"):
            break
        yield _PACE
    if wish.until == "executed":
        yield from carry_out(case)


def carry_out(case: Case) -> Script:
    """What must happen before is done, then somebody executes."""
    day = business_date(case.life.clock).isoformat()
    if case.complete_by_any("clear_filing", cancelled_on=day, cancelled_reason="变更后重新备案"):
        yield _PACE
    papers = {"receipts_returned": "none", "agreements_returned": "returned", "agreement_signed": True}
    if case.complete_by_any("return_papers", **papers):
        yield _PACE
    more: dict[str, Any] = {}
    if case.is_signed():
        more = {"supplement_signed_on": business_date(case.life.clock).isoformat(), "all_buyers_signed": True}
    case.complete_by_any("execute", papers_checked=True, **more)
    yield _PACE
    case.life.pay_refunds(case.sale().id)


def _ask(life: Life, wish: Wish, numbers: Buyers) -> Case | None:
    """The sale's consultant asks, for the first sale of which it can be asked; None when there is none."""
    names = {staff_id: name for name, staff_id in life.places.staff.items()}
    for sale in _candidates(life, wish):
        consultant = names[sale.owner_id]
        answers = {"sale_id": sale.id, "reason": wish.reason, **wish.values(life, sale, numbers)}
        try:
            begun = life.act(
                consultant,
                lambda s, a, w=answers: life.database.engine_for(s, a).start(wish.kind, w, scope=wish.path),
            )
        except KeyturnError:
            continue  # This sale cannot change so, as when it has the plan already: the next one may.
        return Case(life, begun.id, consultant, wish.path, sale_id=sale.id)
    return None


def _candidates(life: Life, wish: Wish) -> Iterator[Sale]:
    """Live sales at one of the stages that are neither changing nor being measured or handed over."""
    busy = (
        select(ChangeOrder.sale_id).where(ChangeOrder.state.in_(OPEN_STATES)),
        select(AreaSettlement.sale_id),
        select(MoveInCase.sale_id),
    )
    query = select(Sale).where(Sale.path == wish.path, Sale.state == "live", Sale.stage.in_(wish.stages))
    for ids in busy:
        query = query.where(Sale.id.not_in(ids))
    yield from life.ask(lambda s: s.scalars(query.order_by(Sale.id.desc()).limit(6)).all())


def _withdraw(life: Life, case: Case) -> None:
    query = select(ChangeOrder.id).where(ChangeOrder.instance_id == case.id)
    order_id = life.ask(lambda s: s.scalars(query).one())
    given = {"order_id": order_id, "reason": "客户改变主意，不再变更"}
    life.act(case.consultant, lambda s, a: withdraw_change(s, a, life.clock, **given))


def _off(basis_points: int, name: str) -> Values:
    line = {"kind": "rate", "name": name, "basis_points": basis_points}
    return lambda _life, _sale, _numbers: {"discounts": [line]}


def _plan(code: str) -> Values:
    return lambda life, sale, _numbers: {"plan_id": life.places.plans[sale.path][code]}


def _room(life: Life, sale: Sale, _numbers: Buyers) -> dict[str, Any]:
    return {"unit_id": life.free_units(sale.path)[7]}


def _cause(cause: str) -> Values:
    return lambda _life, _sale, _numbers: {"cause": cause}


def _spouse(life: Life, sale: Sale, numbers: Buyers) -> dict[str, Any]:
    """Husband or wife comes in, with the marriage certificate."""
    consultant = next(name for name, staff_id in life.places.staff.items() if staff_id == sale.owner_id)
    added = life.meet(consultant, sale.path, numbers.next(), "配偶到访，办理增加权益人")
    held = select(SaleBuyer.customer_id).where(
        SaleBuyer.sale_id == sale.id, SaleBuyer.version == sale.terms_version
    )
    buyers = [*life.ask(lambda s: s.scalars(held.order_by(SaleBuyer.position)).all()), added]
    where = {"subject": "customer", "subject_id": sale.customer_id, "path": sale.path, "owner_id": sale.owner_id}
    proof = life.act(
        consultant,
        lambda s, a: store_upload(s, a, life.clock, filename="结婚证.jpg", content=photo(), **where).id,
    )
    return {
        "relation": "spouse",
        "ownership": "joint",
        "buyers": [{"customer_id": one} for one in buyers],
        "proof_id": proof,
        "qualification_checked": True,
    }


_SIGNED, _FILED, _EARLY = ("signed",), ("filed",), ("subscribed", "signed")
_WISHES: tuple[Wish, ...] = (
    Wish(34, "payment_plan_change", LANTING, _FILED, "executed", "客户售旧房，改分期付款", _plan("instalments")),
    Wish(21, "rights_transfer", HARBOUR, _FILED, "executed", "客户新婚，增加配偶为共有人", _spouse),
    Wish(12, "discount", YUNXI, (*_EARLY, "filed"), "executed", "老业主推荐，补优惠", _off(50, "老业主推荐优惠")),
    Wish(7, "room_change", LANTING, _FILED, "withdrawn", "客户想换高楼层", _room),
    Wish(5, "sale_cancellation", LANTING, _FILED, "approved", "客户家庭变故，协商退房", _cause("agreed")),
    Wish(4, "payment_plan_change", YUNXI, _FILED, "approved", "客户资金到位，改为一次性付款", _plan("lump")),
    Wish(3, "room_change", YUNXI, (*_EARLY, "filed"), "returned", "客户想换同楼栋朝南户型", _room),
    Wish(2, "rights_transfer", YUNXI, (*_EARLY, "filed"), "approval", "增加配偶为共有人", _spouse),
    Wish(1.6, "discount", LANTING, _FILED, "approval", "交付延期，协商补偿优惠", _off(400, "延期交付补偿")),
    Wish(0.75, "sale_cancellation", LANTING, _FILED, "asked", "客户工作调动，要求退房", _cause("buyer_withdraws")),
)
