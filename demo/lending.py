"""Mortgages in the demo: banks with their lists, and how far the loans of a sale have come."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from demo.agenda import Script
from demo.cast import NINGBO, SHANGHAI
from demo.life import Case, Life
from demo.places import Places
from engine.api import Task, TaskFilter
from kernel.actor import SYSTEM
from kernel.clock import Clock, business_date
from ledger.mortgages import applying, steps
from ledger.mortgages.banks import add_bank, add_paper, put_product
from ledger.mortgages.kinds import BroughtBy, LenderKind, LoanKind
from ledger.mortgages.models import MortgageBank, MortgageCase, MortgageLoan, MortgageProduct
from ledger.staff.queries import actor_for
from webapp.engine_room import engine_for

_CLERK = "mortgage"
_PAPERS = (
    ("身份证、户口本", "ID and household register", BroughtBy.BUYER, True),
    ("婚姻证明", "Marriage certificate", BroughtBy.BUYER, True),
    ("收入证明与银行流水", "Income proof and bank statements", BroughtBy.BUYER, True),
    ("征信报告", "Credit report", BroughtBy.BANK, True),
    ("备案购房合同", "Filed contract", BroughtBy.DEVELOPER, True),
    ("首付款收据", "Receipt of the down payment", BroughtBy.DEVELOPER, True),
    ("学历证明", "Proof of education", BroughtBy.BUYER, False),
)
_LENDERS = (
    (SHANGHAI, LenderKind.BANK, "工商银行", "张江支行 刘经理", "一手住房贷款", 8000, None),
    (SHANGHAI, LenderKind.BANK, "建设银行", "浦东分行 孙经理", "个人住房贷款", 8000, None),
    (SHANGHAI, LenderKind.FUND_CENTRE, "上海市公积金管理中心", "", "公积金贷款", 8000, None),
    (NINGBO, LenderKind.BANK, "宁波银行", "鄞州支行 沈经理", "一手住房贷款", 8000, None),
    (NINGBO, LenderKind.FUND_CENTRE, "宁波市住房公积金中心", "", "公积金贷款", 8000, None),
)
STEPS = ("choose_bank", "collect_papers", "submit_papers", "enter_verdict", "sign_loan", "register_prenotice")
TO_MONEY = len(STEPS)


def agree_banks(session: Session, clock: Clock, places: Places) -> None:
    """The banks and fund centres of both cities, entered by the administrator."""
    actor = actor_for(session, places.staff["admin"], clock)
    for path, kind, name, contact, product, share, most in _LENDERS:
        bank = add_bank(session, actor, clock, path=path, kind=kind, name=name, contact=contact)
        put_product(
            session,
            actor,
            clock,
            bank_id=bank.id,
            name=product,
            max_share_bp=share,
            max_months=360,
            max_fen=most,
        )
        for zh, en, who, required in _PAPERS:
            labels = {"zh": zh, "en": en}
            add_paper(session, actor, clock, bank_id=bank.id, labels=labels, brought_by=who, required=required)


def lend(case: Case, how_far: int) -> Script:
    """The clerk works on the loans of a sale, as many steps as they have come; one step a day."""
    for element in STEPS[:how_far]:
        yield timedelta(hours=26)
        for task in _tasks(case, element):
            take_step(case.life, task, element)


def _tasks(case: Case, element: str) -> list[Task]:
    query = select(MortgageCase.instance_id).where(MortgageCase.sale_id == case.sale().id)
    instances = tuple(one for one in case.life.ask(lambda s: s.scalars(query).all()) if one)
    if not instances:
        return []
    wanted = TaskFilter(box="all", instance_ids=instances, element_ids=(element,), states=("open",))
    return list(case.life.ask(lambda s: engine_for(s, SYSTEM, case.life.clock).find_tasks(wanted)).rows)


def take_step(life: Life, task: Task, element: str) -> None:
    """The clerk completes a task of a loan as it usually goes."""
    today = business_date(life.clock).isoformat()
    loan = _loan_of(life, task)
    if element == "collect_papers":
        _receive(life, loan)
    answers: dict[str, dict[str, Any]] = {
        "choose_bank": {"product_id": _product(life, loan), "amount_fen": loan.amount_fen, "months": 360},
        "collect_papers": {"complete_on": today},
        "submit_papers": {"submitted_on": today, "bank_no": f"SL{loan.id[-6:].upper()}"},
        "enter_verdict": {"verdict": "full", "decided_on": today},
        "sign_loan": {"loan_no": f"DK{loan.id[-8:].upper()}", "signed_on": today},
        "register_prenotice": {"prenotice_no": f"预告{loan.id[-6:].upper()}", "prenotice_on": today},
    }
    life.act(_CLERK, lambda s, a: engine_for(s, a, life.clock).complete(task.id, answers[element]))


def _loan_of(life: Life, task: Task) -> MortgageLoan:
    """The loan that a task is about."""

    def find(session: Session) -> MortgageLoan:
        detail = engine_for(session, SYSTEM, life.clock).get_task(task.id)
        return session.get_one(MortgageLoan, detail.variables["loan_id"])

    return life.ask(find)


def _receive(life: Life, loan: MortgageLoan) -> None:
    def receive(session: Session, actor: Any) -> None:
        ids = [paper.id for paper in steps.papers_of(session, loan) if paper.required]
        day = business_date(life.clock)
        applying.receive_papers(session, actor, life.clock, loan_id=loan.id, paper_ids=ids, received_on=day)

    life.act(_CLERK, receive)


def _product(life: Life, loan: MortgageLoan) -> str:
    kind = LenderKind.FUND_CENTRE if loan.kind is LoanKind.FUND else LenderKind.BANK
    query = (
        select(MortgageProduct.id, MortgageBank.path)
        .join(MortgageBank, MortgageBank.id == MortgageProduct.bank_id)
        .where(MortgageBank.kind == kind)
        .order_by(MortgageBank.name)
    )
    rows = [row.id for row in life.ask(lambda s: s.execute(query).all()) if loan.path.startswith(row.path)]
    return str(rows[sum(loan.id.encode()) % len(rows)])
