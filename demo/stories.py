"""The lives of the demo's sales: each a script that waits between its steps and stops where its stage is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from demo.agenda import Script
from demo.lending import TO_MONEY, lend
from demo.life import Case, Life
from demo.names import Buyer
from kernel.clock import business_date

DEPOSIT = 100_000_00
DAYS_TO_KEYS = 500


@dataclass(frozen=True)
class Plot:
    """What happens to one sale.

    ``off`` is the discount in basis points; ``until`` names the stage at which the script stops; ``approvals``
    limits how many approvers decide; ``pays`` counts the instalments that are paid; ``extra_fen`` is too much; the
    contract promises the keys ``days_to_keys`` after signing.
    """

    path: str
    consultant: str
    unit: int
    buyers: Sequence[Buyer]
    entry: str = "walk_in"
    off: int = 0
    plan: str = "loan"
    ownership: str = "sole"
    until: str = "filed"
    approvals: int = 9
    pays: int = 9
    extra_fen: int = 0
    pace: timedelta = timedelta(hours=5)
    days_to_keys: int = DAYS_TO_KEYS
    notes: dict[str, str] = field(default_factory=dict)


def play(life: Life, plot: Plot) -> Script:
    """Live through a plot, step by step."""
    customers = [life.meet(plot.consultant, plot.path, buyer, "首次到访，介绍项目与户型") for buyer in plot.buyers]
    yield plot.pace
    case = _begin(life, plot, customers[0])
    if case is None:
        return
    yield from _before_terms(case, plot)
    if plot.until in ("hold", "hold_asked", "small_order", "small_order_unpaid", "terms"):
        return
    yield from _terms(case, plot, customers)
    if plot.until in ("approval", "rejected"):
        return
    yield from _deposit_and_signing(case, plot)
    yield from _after_signing(case, plot)


def _begin(life: Life, plot: Plot, customer_id: str) -> Case | None:
    free = life.free_units(plot.path)
    unit_id = free[plot.unit % len(free)]
    more = {"hold_hours": 24, "reason": "客户需与家人商量"} if plot.entry == "hold" else {}
    return life.start(
        plot.consultant, plot.path, entry=plot.entry, unit_id=unit_id, customer_id=customer_id, **more
    )


def _before_terms(case: Case, plot: Plot) -> Script:
    if plot.entry == "hold" and plot.until != "hold_asked":
        yield plot.pace / 2
        case.decide("approved", "同意预留")
        if plot.until == "hold":
            return
        yield plot.pace
        case.complete("decide_hold", hold_decision="subscribe")
    if plot.entry == "small_order" and plot.until != "small_order_unpaid":
        yield plot.pace / 2
        _pay(case, plot, case.money_todos()[:1])
        if plot.until == "small_order":
            return
        yield plot.pace
        case.complete("decide_small_order", small_order_decision="subscribe")
    yield timedelta(hours=1)


def _terms(case: Case, plot: Plot, customers: list[str]) -> Script:
    share = f"1/{len(customers)}" if plot.ownership == "shares" else None
    buyers = [{"customer_id": customer} | ({"share": share} if share else {}) for customer in customers]
    discounts = [{"name": "开盘优惠", "kind": "rate", "basis_points": plot.off}] if plot.off else []
    case.complete(
        "enter_terms",
        ownership=plot.ownership,
        buyers=buyers,
        discounts=discounts,
        plan_id=case.life.places.plans[plot.path][plot.plan],
        deposit_fen=DEPOSIT,
        terms_note="客户诚意较高，申请优惠" if plot.off > 100 else "",
    )
    for _ in range(plot.approvals):
        yield plot.pace / 2
        rejected = plot.until == "rejected" and case.open_task("decide") is not None
        if not case.decide("rejected" if rejected else "approved", "价格偏低，不同意" if rejected else "同意"):
            break
    if plot.until == "approval":
        return
    yield plot.pace


def _deposit_and_signing(case: Case, plot: Plot) -> Script:
    if plot.until == "deposit":
        return
    _pay(case, plot, case.money_todos()[:1])
    yield plot.pace * 2
    if plot.until == "subscribed":
        return
    if plot.until == "withdrawn":
        case.withdraw("客户工作调动，放弃购买")
        yield plot.pace
        case.life.pay_refunds(case.sale().id)
        return
    today = business_date(case.life.clock)
    case.complete(
        "sign_contract",
        signed_on=today.isoformat(),
        delivery_on=(today + timedelta(days=plot.days_to_keys)).isoformat(),
        identities_checked=True,
        all_buyers_signed=True,
    )
    yield plot.pace


def _after_signing(case: Case, plot: Plot) -> Script:
    if plot.until in ("deposit", "subscribed", "withdrawn"):
        return
    if plot.until != "signed":
        yield from _filing(case, plot)
    if plot.plan in ("loan", "fund", "combined"):
        yield from lend(case, TO_MONEY if plot.pays > 1 else plot.unit % (TO_MONEY + 1))
    for number in range(plot.pays):
        due = case.price_todos()
        if not due:
            return
        wait = due[0].due_on - business_date(case.life.clock) if due[0].due_on else timedelta(0)
        yield max(wait, timedelta(0)) + timedelta(hours=2)
        more = due[0].amount_fen + plot.extra_fen if plot.extra_fen and number == 0 else None
        case.life.pay_todo(due[0], plot.buyers[0].name, amount_fen=more)


def _filing(case: Case, plot: Plot) -> Script:
    yield plot.pace * 3
    day = business_date(case.life.clock).isoformat()
    case.complete("submit_filing", "filing", submitted_on=day)
    if plot.until == "submitted":
        return
    yield plot.pace * 4
    day = business_date(case.life.clock).isoformat()
    if plot.until == "returned":
        case.complete(
            "record_answer",
            "filing",
            filing_answer="returned",
            answered_on=day,
            returned_reason_given="买受人证件照片不清晰",
        )
        return
    number = f"网备{case.sale().no[-6:]}"
    case.complete("record_answer", "filing", filing_answer="accepted", filing_no=number, answered_on=day)


def _pay(case: Case, plot: Plot, todos: Sequence[object]) -> None:
    for todo in todos:
        case.life.pay_todo(todo, plot.buyers[0].name)  # type: ignore[arg-type]
