"""What the ledger of the walked company holds: a home, its sale, its money and papers, and what waits for a yes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.api import TaskFilter
from kernel.actor import SYSTEM, Actor
from kernel.clock import business_date
from kernel.ids import new_id
from ledger.accounting.cash import count_cash
from ledger.accounting.chart import set_chart
from ledger.accounting.closing import close_day, reopen
from ledger.accounting.voucher_models import Voucher
from ledger.accounting.vouchers import make_batch
from ledger.arrears.cases import open_case
from ledger.arrears.kinds import Channel, Role
from ledger.arrears.proposing import Wanted, propose
from ledger.arrears.runs import begin_run
from ledger.banking import operations as banking
from ledger.banking.models import MatchRule, StatementLine
from ledger.calendars.operations import add_calendar, set_day
from ledger.changes.models import ChangeOrder
from ledger.customers.kinds import mark_kind
from ledger.customers.models import CustomerPhone
from ledger.customers.operations import register_customer
from ledger.customers.phone_operations import add_phone
from ledger.documents.operations import store_document, store_upload
from ledger.finance.journal import Party, Place, post, received
from ledger.finance.kinds import Account, PlanKind, ReceivableKind, ShareKind, TriggerKind
from ledger.finance.operations import approve_plan, confirm_receipt, open_todo, raise_deposit, take_receipt
from ledger.finance.plans import PlanLine, Share, Trigger
from ledger.finance.templates import propose_plan
from ledger.handover.models import MoveInBatch, MoveInCase
from ledger.inventory.importing import Permit, import_units
from ledger.inventory.models import ImportBatch, Unit
from ledger.inventory.price_list import read_price_list
from ledger.inventory.price_versions import Prices
from ledger.inventory.prices import propose_prices
from ledger.mortgages import banks
from ledger.mortgages.kinds import BroughtBy, LenderKind, LoanKind, Step
from ledger.mortgages.models import MortgageCase, MortgageLoan
from ledger.papers.operations import issue_paper, receive_range
from ledger.reviews.models import ProposedChange
from ledger.reviews.operations import propose_change
from ledger.sales.models import Sale, SaleBuyer, SaleTerms
from ledger.sales.offers import approve_offer, propose_offer
from ledger.sales.operations import Discount, issue_queue_number, open_queue_batch
from ledger.staff.queries import role_history
from ledger.staff.tokens import issue_token
from tests.ledger.banking.bank import Bank
from tests.webapp.house import House
from tests.webapp.permissions.areas import fill_areas
from tests.webapp.selling import price_list, row
from webapp.engine_room import engine_for

LIST = price_list(row("1201", 12), row("1202", 12), row("1101", 11))
PRICE_FEN = 2_000_000_00
DEPOSIT_FEN = 50_000_00
SECOND = Actor(id=new_id(), name="Second person", is_system=True)


def fill_ledger(house: House, people: Mapping[str, Actor]) -> dict[str, str]:
    """One of everything at the project; the consultant there looks after the customer and the sale. Ids by name.

    The consultant has proposed a change of his customer, and the sales manager, who reviews such changes, one of
    another's.
    """
    with house.database.unit_of_work(SYSTEM) as session:
        ids = _homes(session, house) | _customer(session, house, people["sales_consultant"])
        ids |= _sale(session, house, ids, people["sales_consultant"])
        ids |= _change_order(session, house, ids, people["sales_consultant"])
        ids |= _money(session, house, ids)
        ids |= _arrears(session, house, ids)
        ids |= fill_areas(session, house, ids, people["sales_consultant"], SECOND)
        ids |= _handed_over(session, house, ids)
        ids |= _bank(session, house, ids)
        ids |= _mortgage(session, house, ids, people)
        ids |= _waiting(session, house, ids)
        ids |= _administered(session, house, people)
    return ids | _changes(house, ids, people)


def _changes(house: House, ids: Mapping[str, str], people: Mapping[str, Actor]) -> dict[str, str]:
    """A change that a colleague has proposed and one that a reviewer has, with the tasks of their reviews."""
    clock, found = house.database.clock, {}
    for name, role, record in (
        ("", "sales_consultant", ids["customer_id"]),
        ("reviewers_", "sales_manager", ids["second_customer_id"]),
    ):
        with house.database.unit_of_work(people[role]) as session:
            values = {"name": "王小明"}
            change = propose_change(
                session, people[role], clock, kind="customers", record_id=record, values=values, reason="Misspelt"
            )
        with house.database.reading() as session:
            asked = session.get_one(ProposedChange, change.id).instance_id
            tasks = engine_for(session, SYSTEM, clock).find_tasks(TaskFilter(box="all", instance_id=asked)).rows
        found |= {f"{name}change_id": change.id, f"{name}review_task_id": tasks[0].id}
    return found


def _homes(session: Session, house: House) -> dict[str, str]:
    """Three homes, priced and licensed, with the price list they came from and one that was only brought."""
    clock, project = house.database.clock, house.project
    listed, permit = read_price_list(LIST, "homes.csv"), Permit("2026-0001", date(2026, 1, 5))
    import_units(session, SYSTEM, clock, project_id=project.id, price_list=listed, permit=permit, release=True)
    session.flush()
    unit_ids = dict(session.execute(select(Unit.unit_no, Unit.id)).all())
    brought = store_upload(
        session, SYSTEM, clock,
        subject="price_list", subject_id=project.id, path=project.path, filename="more.csv", content=LIST,
    )  # fmt: skip
    return {
        "unit_id": unit_ids["1202"], "sold_unit_id": unit_ids["1201"],
        "import_id": session.scalars(select(ImportBatch.id)).one(), "price_list_id": brought.id,
    }  # fmt: skip


def _customer(session: Session, house: House, owner: Actor) -> dict[str, str]:
    """Two subscribers, whose key data are marked, the first with two phones."""
    clock, project = house.database.clock, house.project
    second = register_customer(
        session, SYSTEM, clock, name="李雷", project_id=project.id, phones=["13900139000"], owner_id=owner.id
    )
    mark_kind(session, SYSTEM, clock, customer_id=second.id, kind="subscriber", project_id=project.id)
    customer = register_customer(
        session, SYSTEM, clock,
        name="王磊", project_id=project.id, phones=["13800138000"], owner_id=owner.id,
    )  # fmt: skip
    add_phone(session, SYSTEM, clock, customer_id=customer.id, phone="13800138001")
    mark_kind(session, SYSTEM, clock, customer_id=customer.id, kind="subscriber", project_id=project.id)
    phones = select(CustomerPhone.id).where(
        CustomerPhone.customer_id == customer.id, CustomerPhone.main.is_(False)
    )
    session.flush()
    return {
        "customer_id": customer.id, "phone_id": session.scalars(phones).one(), "second_customer_id": second.id
    }  # fmt: skip


def _sale(session: Session, house: House, ids: Mapping[str, str], owner: Actor) -> dict[str, str]:
    """The customer has subscribed a home; his paper is issued."""
    clock, project, now = house.database.clock, house.project, house.database.clock.now()
    unit = session.get_one(Unit, ids["sold_unit_id"])
    sale = Sale(
        no="YUNXI-XS-0001", project_id=project.id, path=project.path, unit_id=unit.id,
        customer_id=ids["customer_id"], entry="walk_in", stage="subscribing", owner_id=owner.id,
        list_price_fen=PRICE_FEN, price_version_id=str(unit.price_version_id), opened_at=now, changed_at=now,
    )  # fmt: skip
    session.add(sale)
    session.flush()
    session.add(
        SaleBuyer(sale_id=sale.id, version=1, position=1, customer_id=ids["customer_id"], ownership="sole")
    )
    session.flush()
    session.add(
        SaleTerms(
            sale_id=sale.id, version=1, list_price_fen=PRICE_FEN, deal_price_fen=PRICE_FEN,
            effective_discount_bp=0, effective_discount=0, below_floor=False, content_hash="0" * 64,
            actor_id=SYSTEM.id, at=now,
        )
    )  # fmt: skip
    session.flush()  # The sale refers to its terms.
    sale.deal_price_fen, sale.terms_version = PRICE_FEN, 1
    paper = store_document(
        session, SYSTEM, clock,
        kind="subscription", subject="sale", subject_id=sale.id, number="RG-0001", pdf=b"%PDF-1.7\n", path=sale.path,
        owner_id=owner.id,
    )  # fmt: skip
    return {"sale_id": sale.id, "document_id": paper.id}


def _change_order(session: Session, house: House, ids: Mapping[str, str], owner: Actor) -> dict[str, str]:
    """The consultant has asked for a discount of his sale."""
    sale = session.get_one(Sale, ids["sale_id"])
    order = ChangeOrder(
        no="YUNXI-BG-0001", sale_id=sale.id, project_id=sale.project_id, path=sale.path, owner_id=owner.id,
        kind="discount", reason="asked", wanted={}, before={}, after={}, money=[], route={}, files=[],
        content_hash="0" * 64, mode="process", mode_version="default", state="submitted", applied_by=owner.id,
        applied_at=house.database.clock.now(), result={},
    )  # fmt: skip
    session.add(order)
    session.flush()
    return {"order_id": order.id}


def _money(session: Session, house: House, ids: Mapping[str, str]) -> dict[str, str]:
    """The deposit is late; one receipt for it waits to be confirmed, one is; a paper is to be issued."""
    clock, today = house.database.clock, business_date(house.database.clock)
    sale = {"sale_id": ids["sale_id"]}
    late = today - timedelta(days=1)
    line = raise_deposit(session, SYSTEM, clock, amount_fen=DEPOSIT_FEN, due_on=late, **sale)
    about = {"project_id": house.project.id, "amount_fen": DEPOSIT_FEN, "due_on": today, **sale}
    collect = open_todo(session, SYSTEM, clock, key="collect:1", kind="collect", receivable_id=line.id, **about)
    paper = open_todo(session, SYSTEM, clock, key="paper:1", kind="issue_paper", **about)
    receipt = take_receipt(
        session, SYSTEM, clock,
        key="r1", amount_fen=DEPOSIT_FEN, method="transfer", paid_on=today, payer="王磊", todo_id=collect.id,
    )  # fmt: skip
    paid = take_receipt(
        session, SYSTEM, clock,
        key="r2", amount_fen=DEPOSIT_FEN // 2, method="transfer", paid_on=today, payer="王磊", receivable_id=line.id,
        **sale,
    )  # fmt: skip
    confirm_receipt(session, SYSTEM, clock, receipt_id=paid.id)
    terms = {"received_on": today, "first": "01", "last": "09", "project_id": house.project.id}
    received = receive_range(session, SYSTEM, clock, kind="receipt", prefix="A", **terms)
    receive_range(session, SYSTEM, clock, kind="invoice", prefix="F", **terms)
    more = take_receipt(
        session, SYSTEM, clock,
        key="r3", amount_fen=5, method="transfer", paid_on=today, payer="王磊", **sale,
    )  # fmt: skip
    confirm_receipt(session, SYSTEM, clock, receipt_id=more.id)
    issued = issue_paper(session, SYSTEM, clock, receipt_id=more.id)
    books = _books(session, house, today)
    counted = count_cash(session, SYSTEM, clock, project_id=house.project.id, on_date=today, pieces={})
    return {
        "collect_id": collect.id, "late_line_id": line.id, "todo_id": paper.id,
        "receipt_id": receipt.id, "paid_id": paid.id,
        "count_id": counted.id, "range_id": received.id, "paper_id": issued.id,
        **books,
    }  # fmt: skip


def _arrears(session: Session, house: House, ids: Mapping[str, str]) -> dict[str, str]:
    """The late deposit is chased: a case with a proposal, and a run that goes on."""
    act = (session, SYSTEM, house.database.clock)
    today = business_date(house.database.clock)
    case = open_case(*act, sale_id=ids["sale_id"], instance_id=new_id())
    wanted = Wanted(Role.BUYER, 1, Channel.SMS, "first", "finance_clerk", today, [ids["late_line_id"]])
    proposal = propose(*act, case_id=case.id, wanted=wanted)
    run, _ = begin_run(*act, path=house.project.path, on=today)
    assert proposal is not None
    return {"case_id": case.id, "proposal_id": proposal.id, "run_id": run.id}


def _handed_over(session: Session, house: House, ids: Mapping[str, str]) -> dict[str, str]:
    """A building whose notices are out, with one home under way."""
    sale, now = session.get_one(Sale, ids["sale_id"]), house.database.clock.now()
    unit, today = session.get_one(Unit, sale.unit_id), business_date(house.database.clock)
    place = {"project_id": sale.project_id, "path": sale.path}
    batch = MoveInBatch(
        building_id=unit.building_id, completion_no="JB-1", place="Here", notice_on=today, first_on=today,
        last_on=today, total=1, done=1, begun_at=now, begun_by=SECOND.id, **place,
    )  # fmt: skip
    session.add(batch)
    session.flush()
    case = MoveInCase(
        sale_id=sale.id, unit_id=unit.id, batch_id=batch.id, owner_id=sale.owner_id, notified_on=today,
        hand_over_on=today, appoint_by=today, allowed={}, opened_at=now, changed_at=now, **place,
    )  # fmt: skip
    session.add(case)
    session.flush()
    return {"move_in_batch_id": batch.id, "move_in_case_id": case.id}


def _mortgage(
    session: Session, house: House, ids: Mapping[str, str], people: Mapping[str, Actor]
) -> dict[str, str]:
    """A bank with a product and a paper on its list, a loan whose papers are collected, and a submission."""
    act, now = (session, SYSTEM, house.database.clock), house.database.clock.now()
    path, today = house.project.path, business_date(house.database.clock)
    bank = banks.add_bank(*act, path=path, kind=LenderKind.BANK, name="工商银行")
    product = banks.put_product(*act, bank_id=bank.id, name="一手房贷", max_share_bp=7000, max_months=360)
    listed = banks.add_paper(
        *act, bank_id=bank.id, labels={"zh": "收入证明", "en": "Income"}, brought_by=BroughtBy.BUYER
    )
    case = MortgageCase(
        sale_id=ids["sale_id"], project_id=house.project.id, path=path, opened_at=now,
        owner_id=people["sales_consultant"].id,
    )  # fmt: skip
    session.add(case)
    session.flush()
    loan = MortgageLoan(
        case_id=case.id, sale_id=ids["sale_id"], project_id=house.project.id, path=path, kind=LoanKind.LOAN,
        bank_id=bank.id, amount_fen=1_000_000, step=Step.PAPERS, step_since=today, applied_on=today,
    )  # fmt: skip
    session.add(loan)
    session.flush()
    return {
        "lender_id": bank.id, "product_id": product.id, "listed_id": listed.id, "mortgage_id": case.id,
        "loan_id": loan.id,
    }  # fmt: skip


def _bank(session: Session, house: House, ids: Mapping[str, str]) -> dict[str, str]:
    """A bank account with two statements, a file that is being looked at, and a line that is matched."""
    act, project = (session, SYSTEM, house.database.clock), house.project
    account = banking.open_bank_account(
        *act, project_id=project.id, name="监管账户", number="6217000011110042", account="supervised"
    )
    bank = Bank()
    bank.line(DEPOSIT_FEN, memo="1-1201 王磊定金", payer="王磊")
    known = {"account_id": account.id, "file_name": "march.csv"}
    statement = banking.import_statement(*act, content=bank.csv(), **known)
    bank.line(1_00)
    upload = banking.bring_statement(*act, content=bank.csv(), **known)
    bank.line(DEPOSIT_FEN, payer="王芳")
    banking.import_statement(*act, content=bank.csv(), **known)
    first, matched, _ = session.scalars(select(StatementLine).order_by(StatementLine.serial))
    banking.confirm_match(*act, line_id=matched.id, shares=[banking.Share(1_00, sale_id=ids["sale_id"])])
    return {
        "account_id": account.id, "statement_id": str(statement.statement_id), "upload_id": upload.id,
        "line_id": first.id, "matched_line_id": matched.id, "match_rule_id": session.scalars(select(MatchRule.id)).one(),
    }  # fmt: skip


def _books(session: Session, house: House, today: date) -> dict[str, str]:
    """A batch of vouchers was made of the days so far; they are open again but for the last week's beginning.

    One transaction of the closed days is left for the next batch.
    """
    clock, about = house.database.clock, {"project_id": house.project.id}
    set_chart(session, SYSTEM, clock, node_id=house.project.id, values={one: ("1", one.value) for one in Account})
    close_day(session, SYSTEM, clock, through=today, **about)
    batch = make_batch(session, SYSTEM, clock, through=today, **about)
    voucher = session.scalars(select(Voucher)).first()
    assert voucher is not None
    reopen(session, SECOND, clock, first=today - timedelta(days=12), reason="a slip", **about)
    post(
        session, SYSTEM, clock,
        place=Place(house.project.id, house.project.path), kind="receive", booked_on=today - timedelta(days=10),
        subject=("receipt", "x"), entries=received(Account.GENERAL, 5, Party(None)),
    )  # fmt: skip
    close_day(session, SYSTEM, clock, through=today - timedelta(days=7), **about)
    told = f"voucher key,number in accounting,voucher total\n{voucher.key},1,{voucher.total_fen / 100:.2f}"
    return {"voucher_batch_id": batch.id, "told": told}


def _waiting(session: Session, house: House, ids: Mapping[str, str]) -> dict[str, str]:
    """A payment plan, a discount and a price wait for a second person; a queue number is issued."""
    clock, project = house.database.clock, {"project_id": house.project.id}
    line = PlanLine(
        ReceivableKind.DOWN_PAYMENT, Share(ShareKind.REMAINDER), Trigger(TriggerKind.AFTER_SIGNING, days=0)
    )
    terms = {"kind": PlanKind.LUMP, "labels": {"en": "At once", "zh": "一次性"}, "lines": [line], **project}
    plan = propose_plan(session, SYSTEM, clock, code="lump", **terms)
    used = propose_plan(session, SYSTEM, clock, code="used", **terms)
    approve_plan(session, SECOND, clock, template_id=used.id)
    discount = Discount("Opening", "rate", basis_points=100)
    terms = {"discount": discount, "valid_from": business_date(clock), **project}
    offer = propose_offer(session, SYSTEM, clock, code="open", **terms)
    given = propose_offer(session, SYSTEM, clock, code="given", **terms)
    approve_offer(session, SECOND, clock, offer_id=given.id)
    prices = propose_prices(session, SYSTEM, clock, prices={ids["unit_id"]: Prices(PRICE_FEN)}, **project)
    batch = open_queue_batch(session, SYSTEM, clock, code="A", name="Opening", order_rule="draw", **project)
    issue_queue_number(session, SYSTEM, clock, batch_id=batch.id, customer_id=ids["customer_id"])
    return {
        "template_id": plan.id, "plan": "At once", "used_plan_id": used.id, "offer_id": offer.id, "given_offer_id": given.id,
        "version_id": prices.id, "queue_id": batch.id,
    }  # fmt: skip


def _administered(session: Session, house: House, people: Mapping[str, Actor]) -> dict[str, str]:
    """A calendar with a day, somebody with a role, and a token of the sales manager's."""
    clock, manager = house.database.clock, people["sales_manager"]
    calendar = add_calendar(session, SYSTEM, clock, code="shop", name="Shop", week=["09:00-17:00"] * 5 + ["", ""])
    day = set_day(
        session, SYSTEM, clock, day=date(2026, 6, 1), working=False, name="Inventory", calendar_id=calendar.id
    )
    someone = people["filing_clerk"]
    token = issue_token(session, manager, clock, name="theirs")
    role = role_history(session, someone.id)[0]
    return {
        "calendar_id": calendar.id, "day_id": day.id, "node_id": house.project.id, "staff_id": someone.id,
        "role_id": role.id, "token_id": token.id,
    }  # fmt: skip
