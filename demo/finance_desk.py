"""What finance does in the demo: letters that chase, papers by number, a bank statement, cash, books, requests.

Each script uses the operations of the desk and leaves something to do on every page.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from demo.agenda import Agenda, Script
from demo.bank import NUMBER, Booked, write_statement
from demo.cast import HARBOUR, LANTING, NINGBO, SHANGHAI
from demo.life import Life
from kernel.clock import business_date
from ledger.accounting.cash import count_cash
from ledger.accounting.chart import set_chart
from ledger.accounting.closing import close_day
from ledger.accounting.vouchers import make_batch
from ledger.arrears import holding, promises, runs
from ledger.arrears.models import ArrearsCase
from ledger.arrears.queries import ProposalFilter, list_proposals
from ledger.banking.models import StatementLine
from ledger.banking.operations import confirm_certain, ignore_line, import_statement, open_bank_account
from ledger.finance.accounts import settled_by_receivable
from ledger.finance.interest import late_interest
from ledger.finance.kinds import Account, Debtor, ReceivableKind, TodoKind, TodoState
from ledger.finance.models import JournalTransaction, MoneyTodo, Receipt, Receivable
from ledger.finance.operations import complete_todo
from ledger.finance.sale_labels import SaleLabel, label_sales
from ledger.organisation.queries import get_node
from ledger.papers.operations import receive_range
from ledger.sales.models import Sale
from webapp.arrears.running import order_portion

_CHART = {
    Account.SUPERVISED: ("1002.01", "银行存款—监管户"),
    Account.AGENCY: ("1002.02", "银行存款—代收户"),
    Account.GENERAL: ("1002.03", "银行存款—一般户"),
    Account.CREDIT: ("2203.09", "预收账款—待分配"),
    Account.CONTRACT: ("2204.01", "合同负债—房款"),
    Account.FOR_OTHERS: ("2241.01", "其他应付款—代收代付"),
    Account.EARNEST: ("2241.02", "其他应付款—诚意金"),
    Account.LATE_INTEREST: ("6301.01", "营业外收入—违约金"),
    Account.FEES: ("6051.01", "其他业务收入—手续费"),
    Account.FORFEITED: ("6301.02", "营业外收入—没收定金"),
    Account.COMPENSATION: ("6711.01", "营业外支出—赔偿"),
}
_WORDS = {
    ReceivableKind.DEPOSIT: "定金",
    ReceivableKind.DOWN_PAYMENT: "首付",
    ReceivableKind.INSTALMENT: "分期款",
    ReceivableKind.LOAN: "按揭放款",
}
_SENT_EVERY = timedelta(days=16)


def keep_the_desk(life: Life, ends_at: datetime, agenda: Agenda) -> None:
    """Put what finance does into the agenda."""
    agenda.add(_chase(life, ends_at), ends_at - timedelta(days=170))
    agenda.add(_papers(life, ends_at), ends_at - timedelta(days=30))
    agenda.add(_books(life), ends_at - timedelta(days=12))
    agenda.add(_hear_debtors(life), ends_at - timedelta(days=2))
    agenda.add(_statement(life), ends_at - timedelta(hours=20))
    agenda.add(_requests(life), ends_at - timedelta(hours=19))
    agenda.add(_cash(life), ends_at - timedelta(hours=17))


def _chase(life: Life, ends_at: datetime) -> Script:
    """Every few weeks whatever may be sent is sent; what comes after the last time waits on the list."""
    while life.clock.now() < ends_at - timedelta(days=6):
        if ready := _ready(life):
            life.act("cashier", lambda s, a, ids=ready: _send(life, s, a, ids))
        yield _SENT_EVERY


def _ready(life: Life) -> list[str]:
    """The proposals that may be sent today."""
    on, cashier = business_date(life.clock), life.actor("cashier")
    where = ProposalFilter(ready_on=on)
    rows = life.ask(lambda s: list_proposals(s, cashier, where, on=on, limit=100, offset=0))
    return [row.id for row in rows]


def _send(life: Life, session: Any, actor: Any, ids: list[str]) -> None:
    run = runs.begin_sending(session, actor, life.clock, proposal_ids=ids, on=business_date(life.clock))
    order_portion(session, life.database, run)


def _papers(life: Life, ends_at: datetime) -> Script:
    """One project keeps number ranges; the clerk issues what is asked for, but for the last days."""
    project_id = life.places.projects[LANTING].id
    day = business_date(life.clock)
    for kind, prefix, first, last in (("receipt", "LT", "0001", "0200"), ("invoice", "FP", "000501", "000600")):
        given = {"kind": kind, "prefix": prefix, "first": first, "last": last, "received_on": day}
        life.act("finance", lambda s, a, g=given: receive_range(s, a, life.clock, project_id=project_id, **g))
    due = (
        select(MoneyTodo.id)
        .where(
            MoneyTodo.project_id == project_id,
            MoneyTodo.kind == TodoKind.ISSUE_PAPER,
            MoneyTodo.state == TodoState.OPEN,
        )
        .order_by(MoneyTodo.id)
    )
    while life.clock.now() < ends_at - timedelta(days=4):
        yield timedelta(days=3)
        for todo_id in life.ask(lambda s: s.scalars(due).all()):
            life.act("cashier", lambda s, a, t=todo_id: complete_todo(s, a, life.clock, todo_id=t))


def _books(life: Life) -> Script:
    """The chart of the cities, and two projects' books closed through the end of the month before."""
    through = business_date(life.clock).replace(day=1) - timedelta(days=1)
    for city in (SHANGHAI, NINGBO):
        life.act(
            "cityfinance",
            lambda s, a, c=city: set_chart(s, a, life.clock, node_id=get_node(s, c).id, values=_CHART),
        )
    for path in (HARBOUR, LANTING):
        given = {"project_id": life.places.projects[path].id, "through": through}
        life.act("cityfinance", lambda s, a, g=given: close_day(s, a, life.clock, **g))
        yield timedelta(hours=1)
        booked = select(JournalTransaction.id).where(
            JournalTransaction.project_id == given["project_id"], JournalTransaction.booked_on <= through
        )
        if life.ask(lambda s, q=booked: s.scalars(q.limit(1)).first()) is not None:
            life.act("cityfinance", lambda s, a, g=given: make_batch(s, a, life.clock, **g))


def _hear_debtors(life: Life) -> Script:
    """One promises to pay, one contests a part, one is held back while talks go on."""
    day = business_date(life.clock)
    query = select(ArrearsCase).where(ArrearsCase.state == "open", ArrearsCase.suspended_by.is_(None))
    cases = life.ask(lambda s: s.scalars(query.order_by(ArrearsCase.id)).all())
    owed = [(case, line) for case in cases if (line := _late_line(life, case.sale_id)) is not None]
    for act, (case, line) in zip((_promise, _dispute, _block), owed, strict=False):
        life.act("cashier", lambda s, a, f=act, c=case, n=line: f(s, a, life.clock, c.id, n, day))
        yield timedelta(hours=1)


def _late_line(life: Life, sale_id: str) -> Receivable | None:
    """The buyer's oldest instalment that is late."""
    query = select(Receivable).where(
        Receivable.sale_id == sale_id,
        Receivable.debtor == Debtor.BUYER,
        Receivable.class_ == "price",
        Receivable.state == "planned",
        Receivable.due_on < business_date(life.clock) - timedelta(days=3),
    )
    paid = select(MoneyTodo.receivable_id).where(MoneyTodo.kind == TodoKind.COLLECT, MoneyTodo.state == "open")
    return life.ask(lambda s: s.scalars(query.where(Receivable.id.in_(paid)).order_by(Receivable.due_on)).first())


def _promise(session: Any, actor: Any, clock: Any, case_id: str, line: Receivable, day: Any) -> None:
    promises.promise(
        session, actor, clock, case_id=case_id, amount_fen=line.amount_fen // 4, due_on=day + timedelta(days=8),
        note="客户来电，称下周出售旧房后付款",
    )  # fmt: skip


def _dispute(session: Any, actor: Any, clock: Any, case_id: str, line: Receivable, _day: Any) -> None:
    open_fen = line.amount_fen - settled_by_receivable(session, [line.id]).get(line.id, 0)
    holding.dispute(
        session, actor, clock, case_id=case_id, receivable_id=line.id, amount_fen=min(20_000_00, open_fen),
        reason="客户称曾获承诺减免 2 万元装修款",
    )  # fmt: skip


def _block(session: Any, actor: Any, clock: Any, case_id: str, _line: Receivable, day: Any) -> None:
    holding.block(
        session, actor, clock, case_id=case_id, until_on=day + timedelta(days=20), reason="换房洽谈中，暂不催缴"
    )


def _statement(life: Life) -> Script:
    """Yesterday's statement of a supervised account: half of it matched, the rest for the visitor."""
    project_id = life.places.projects[HARBOUR].id
    given = {"name": "滨江监管户（建行）", "number": NUMBER, "account": "supervised"}
    account_id = life.act(
        "finance", lambda s, a: open_bank_account(s, a, life.clock, project_id=project_id, **given).id
    )
    day = business_date(life.clock) - timedelta(days=1)
    content = write_statement(day, _booked(life, project_id))
    name = f"建行监管户流水{day:%Y%m%d}.csv"
    life.act(
        "cashier",
        lambda s, a: import_statement(s, a, life.clock, account_id=account_id, content=content, file_name=name),
    )
    yield timedelta(minutes=20)
    lines = life.ask(lambda s: s.scalars(select(StatementLine).order_by(StatementLine.serial)).all())
    for line in lines:
        if line.memo == "结息":
            life.act(
                "cashier", lambda s, a, n=line.id: ignore_line(s, a, life.clock, line_id=n, reason="interest")
            )
    for line in [one for one in lines if one.memo.startswith("购房")][:2]:
        life.act("cashier", lambda s, a, n=line.id: confirm_certain(s, a, life.clock, line_id=n))


def _booked(life: Life, project_id: str) -> Iterator[Booked]:
    """What the bank booked: what is owed to the fen, a part of one, a bank's loan, and what nobody knows."""
    query = (
        select(MoneyTodo, Receivable.kind)
        .join(Receivable, Receivable.id == MoneyTodo.receivable_id)
        .where(
            MoneyTodo.project_id == project_id,
            MoneyTodo.kind == TodoKind.COLLECT,
            MoneyTodo.state == TodoState.OPEN,
            MoneyTodo.sale_id.is_not(None),
            Receivable.kind.in_(_WORDS),
            Receivable.id.not_in(select(Receipt.receivable_id).where(Receipt.receivable_id.is_not(None))),
        )
        .order_by(MoneyTodo.due_on.desc(), MoneyTodo.id)
    )
    owed = list(life.ask(lambda s: s.execute(query).all()))
    labels = life.ask(lambda s: label_sales(s, [todo.sale_id for todo, _ in owed]))
    buyers = [(todo, kind) for todo, kind in owed if todo.debtor is Debtor.BUYER]
    banks = [(todo, kind) for todo, kind in owed if todo.debtor is not Debtor.BUYER]
    for place, (todo, kind) in enumerate(buyers[:5]):
        label = labels[todo.sale_id]
        home, payer = _home(label), label.buyer_names[0]
        memo = f"购房{home}{_WORDS[kind]}" if place < 3 else (home if place == 3 else "房款")
        fen = todo.amount_fen if place != 4 else todo.amount_fen // 3
        yield Booked(fen, payer, memo, account=f"62220210{place:02}1234567{place}")
    for todo, _kind in banks[:2]:
        memo = f"{_home(labels[todo.sale_id])}按揭放款"
        yield Booked(todo.amount_fen, "中国建设银行个贷中心", memo, "贷款发放")
    yield Booked(1_284_55, "", "结息", "利息")
    yield Booked(-35_00, "", "账户管理费", "收费")
    yield Booked(68_000_00, "苏州嘉禾装饰有限公司", "往来", account="3205019812340000")


def _home(label: SaleLabel) -> str:
    """A home as payers write it: A座2502."""
    building, _, unit = label.unit_label.partition("-")
    return building + unit.rpartition("-")[2]


def _requests(life: Life) -> Script:
    """A clerk asks to let a buyer off a part of the interest; the request waits for the finance manager."""
    yield timedelta(minutes=5)
    path = LANTING
    sales = life.ask(lambda s: s.scalars(select(Sale.id).where(Sale.path == path).order_by(Sale.id)).all())
    owed = life.ask(lambda s: late_interest(s, sales, on=business_date(life.clock)))
    if not owed:
        return
    sale_id = max(owed, key=lambda one: owed[one])
    answers = {
        "kind": "waiver", "sale_id": sale_id, "receivable_id": None, "amount_fen": min(owed[sale_id], 3_000_00),
        "reason": "客户住院，家属请求减免部分违约金",
    }  # fmt: skip
    life.act("cashier", lambda s, a: life.database.engine_for(s, a).start("interest_waiver", answers, scope=path))


def _cash(life: Life) -> Script:
    """The clerk has counted yesterday's cash; a second person has still to sign."""
    query = select(MoneyTodo).where(
        MoneyTodo.path == LANTING, MoneyTodo.kind == TodoKind.COLLECT, MoneyTodo.state == TodoState.OPEN,
        MoneyTodo.debtor == Debtor.BUYER, MoneyTodo.sale_id.is_not(None),
    )  # fmt: skip
    todo = life.ask(lambda s: s.scalars(query.order_by(MoneyTodo.due_on, MoneyTodo.id)).first())
    if todo is None:
        return
    fen = min(todo.amount_fen, 12_000_00)
    life.pay_todo(todo, "现金缴款", amount_fen=fen, method="cash")
    yield timedelta(minutes=30)
    pieces = {100_00: fen // 100_00}
    project_id, day = life.places.projects[LANTING].id, business_date(life.clock)
    life.act(
        "cashier",
        lambda s, a: count_cash(s, a, life.clock, project_id=project_id, on_date=day, pieces=pieces),
    )
