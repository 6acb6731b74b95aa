"""What banks say in the demo: papers submitted together, less than asked, nothing at all, and a registration."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from demo.agenda import Agenda, Script
from demo.lending import take_step
from demo.life import Case, Life
from demo.orders import carry_out
from engine.api import Task, TaskFilter
from kernel.actor import SYSTEM
from kernel.clock import business_date
from ledger.changes.models import ChangeOrder
from ledger.mortgages import concluding, submissions
from ledger.mortgages.kinds import LoanState, Step
from ledger.mortgages.models import MortgageCase, MortgageLoan
from webapp.engine_room import engine_for
from webapp.mortgages.list_paper import order_list
from webapp.mortgages.running import work

_CLERK = "mortgage"
_GAP = 120_000_00
_LONG_ENOUGH = 600.0
_SHORT = "银行额度收紧，成数下调"
_VERDICTS = (
    {"verdict": "less", "verdict_reason": _SHORT},
    {"verdict": "refused", "fault": "nobody", "verdict_reason": "银行暂停该片区额度"},
    {"verdict": "less", "verdict_reason": _SHORT},
    {"verdict": "refused", "fault": "buyer", "verdict_reason": "征信有逾期记录"},
)


def hear_banks(life: Life, ends_at: datetime, agenda: Agenda) -> None:
    """The papers go in twelve days before the demo's morning."""
    agenda.add(_script(life), ends_at - timedelta(days=13))


def _script(life: Life) -> Script:
    for _, task in _waiting(life, "collect_papers")[:4]:
        take_step(life, task, "collect_papers")
    yield timedelta(days=1)
    _submit_together(life)
    for _, task in _waiting(life, "submit_papers")[:4]:
        take_step(life, task, "submit_papers")
    yield timedelta(days=3)
    # One loan of a sale: what the bank says of the first may begin a change that holds the other.
    heard = list({loan.sale_id: (loan, task) for loan, task in _waiting(life, "enter_verdict")}.values())
    for (loan, task), said in zip(heard, _VERDICTS, strict=False):
        gap = {"approved_fen": loan.amount_fen - _GAP, "gap_due_on": _in_days(life, 30)}
        more = gap if said["verdict"] == "less" else {}
        _do(life, task, decided_on=_today(life), **said, **more)
    yield timedelta(hours=20)
    yield from _supplements(life, [loan.sale_id for loan, _ in heard])
    for _, task in _waiting(life, "decide_route")[:1]:
        why = {"route": "other_bank", "fault": "nobody", "route_reason": "改报另一家银行"}
        _do(life, task, **why)
    yield from _registered(life)


def _submit_together(life: Life) -> None:
    """The loans that wait for one bank go there with one list."""
    query = (
        select(MortgageLoan.bank_id, MortgageLoan.project_id)
        .where(MortgageLoan.state == LoanState.OPEN, MortgageLoan.step == Step.SUBMIT)
        .group_by(MortgageLoan.bank_id, MortgageLoan.project_id)
        .order_by(func.count().desc(), MortgageLoan.bank_id, MortgageLoan.project_id)
    )
    most = life.ask(lambda s: s.execute(query).first())
    if most is None:
        return
    waiting = [
        loan.id
        for loan, _ in _waiting(life, "submit_papers")
        if (loan.bank_id, loan.project_id) == (most.bank_id, most.project_id)
    ]
    row_id = life.act(_CLERK, lambda s, a: _begin(life, s, a, most.bank_id, waiting))
    work(life.database, life.actor(_CLERK), row_id, seconds=_LONG_ENOUGH)


def _begin(life: Life, session: Any, actor: Any, bank_id: str, loan_ids: list[str]) -> str:
    day = business_date(life.clock)
    row = submissions.begin_submission(
        session, actor, life.clock, bank_id=bank_id, loan_ids=loan_ids, submitted_on=day
    )
    order_list(session, actor, life.clock, row)
    return row.id


def _supplements(life: Life, sale_ids: list[str]) -> Script:
    """The first supplement is agreed, signed and executed; the second has still to be approved."""
    query = select(ChangeOrder).where(ChangeOrder.sale_id.in_(sale_ids), ChangeOrder.kind == "supplement")
    for number, order in enumerate(life.ask(lambda s: s.scalars(query.order_by(ChangeOrder.id)).all())):
        case = Case(life, str(order.instance_id), _CLERK, order.path, sale_id=order.sale_id)
        if number:
            case.decide("approved", "同意补足差额")
            return
        while case.decide("approved", "同意补足差额"):
            yield timedelta(hours=2)
        yield from carry_out(case)


def _registered(life: Life) -> Script:
    """Two loans can be registered since a week ago, and one is."""
    query = select(MortgageLoan.id).where(MortgageLoan.state == LoanState.OPEN, MortgageLoan.step == Step.POSSIBLE)
    for loan_id in life.ask(lambda s: s.scalars(query.order_by(MortgageLoan.id).limit(2)).all()):
        day = business_date(life.clock) - timedelta(days=1)
        life.act(
            _CLERK,
            lambda s, a, one=loan_id, d=day: concluding.allow_registration(
                s, a, life.clock, loan_id=one, possible_on=d
            ),
        )
        yield timedelta(hours=2)
    for loan, task in _waiting(life, "register_mortgage")[:1]:
        number = f"沪（2026）浦字不动产证明第{loan.id[-6:].upper()}号"
        _do(life, task, registration_no=number, registered_on=_today(life))


def _waiting(life: Life, element: str) -> list[tuple[MortgageLoan, Task]]:
    """The loans that wait at an element with their tasks, the oldest case first."""
    asked = TaskFilter(box="all", element_ids=(element,), states=("open",))

    def find(session: Any) -> list[tuple[MortgageLoan, Task]]:
        engine = engine_for(session, SYSTEM, life.clock)
        mine = set(session.scalars(select(MortgageCase.instance_id)))
        tasks = [task for task in engine.find_tasks(asked).rows if task.instance_id in mine]
        pairs = [
            (session.get_one(MortgageLoan, engine.get_task(task.id).variables["loan_id"]), task) for task in tasks
        ]
        return sorted(pairs, key=lambda pair: pair[0].id)

    return life.ask(find)


def _do(life: Life, task: Task, **answers: Any) -> None:
    life.act(_CLERK, lambda s, a: engine_for(s, a, life.clock).complete(task.id, answers))


def _today(life: Life) -> str:
    return business_date(life.clock).isoformat()


def _in_days(life: Life, days: int) -> str:
    return (business_date(life.clock) + timedelta(days=days)).isoformat()
