"""One long story: a couple from the booking to the certificate, with everything that comes in between.

After each act ledger, receivables, journal, home and diagram agree, and are asked whether they do.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kernel.actor import SYSTEM
from kernel.clock import business_date
from ledger.customers.models import CustomerKind
from ledger.customers.operations import register_customer
from ledger.finance.allocation import live_price_lines
from ledger.finance.kinds import ReceivableClass, ReceivableKind, ReceivableState
from ledger.finance.models import JournalEntry, Receipt, Receivable
from ledger.finance.receivables import current_schedule
from ledger.progress.line import whole_line
from ledger.sales.models import Sale, SaleBuyer
from ledger.sales.stage_models import Contract
from ledger.surveys.kinds import RunKind
from ledger.titles.kinds import PAPERS, TitleState
from tests.stories.changing_sales import SIGNERS, approve, ask, execute, order_of, supplement_today
from tests.stories.company import DEPOSIT, LIST_PRICE, Case, Company, hire
from tests.stories.lending import Mortgage
from tests.stories.measuring import CLERK
from tests.stories.moving_in import ZONE, Moving, pay_rest
from tests.stories.test_rights_transfer import wanted
from tests.stories.test_title import Titling

OFF = LIST_PRICE * 2 // 100


class Couple:
    """Lin and Zhou, who buy a home together, and whatever they hold of it at the moment."""

    def __init__(self, company: Company) -> None:
        self.company = company
        both = [{"customer_id": company.customers[name]} for name in ("lin", "zhou")]
        self.case = company.start(entry="walk_in")
        self.case.enter_terms(buyers=both, ownership="joint")
        company.pay()

    @property
    def sale(self) -> Sale:
        """Their sale as it stands."""
        return self.case.sale()

    def buyers(self) -> list[str]:
        """Who buys, by name in the company, in order."""
        query = select(SaleBuyer.customer_id).where(
            SaleBuyer.sale_id == self.sale.id, SaleBuyer.version == self.sale.terms_version
        )
        names = {customer: name for name, customer in self.company.customers.items()}
        rows = self.company.read(lambda s: s.scalars(query.order_by(SaleBuyer.position)).all())
        return [names[one] for one in rows]

    def total(self) -> int:
        """What the contract comes to, or before it the agreed price."""
        query = select(Contract.total_fen).where(Contract.sale_id == self.sale.id)
        return self.company.read(lambda s: s.scalar(query)) or int(self.sale.deal_price_fen or 0)

    def change(self, kind: str, *names: str, **wanted: object) -> Case:
        """They ask for a change, those asked approve it, and finance executes it."""
        case = ask(self.company, kind, self.case, **wanted)
        approve(case, *names)
        return case

    def collected_for_others(self) -> int:
        """Deed tax, maintenance fund and the like, in fen."""
        query = select(func.sum(Receivable.amount_fen)).where(
            Receivable.sale_id == self.sale.id,
            Receivable.class_ == ReceivableClass.COLLECTED,
            Receivable.state == ReceivableState.PLANNED,
        )
        return self.company.read(lambda s: s.scalar(query)) or 0

    def agree(self, *, unit: int, status: str, waiting: list[str], price: int, settled: int | None = None) -> None:
        """Ledger, receivables, journal, home and diagram say the same."""
        company, sale = self.company, self.sale
        home = company.unit(unit)
        assert (home.status, home.sale_id, sale.unit_id) == (status, sale.id, home.id)
        assert (sale.deal_price_fen, self.case.waiting_at) == (price, waiting)
        schedule = company.read(lambda s: current_schedule(s, sale.id))
        lines = company.read(lambda s: live_price_lines(s, sale.id))
        if schedule is not None:
            assert sum(line.amount_fen for line in lines) == schedule.total_fen == (settled or self.total())
        entries = select(func.sum(JournalEntry.amount_fen)).group_by(JournalEntry.transaction_id)
        assert set(company.read(lambda s: s.scalars(entries).all())) <= {0}
        marked = select(CustomerKind.customer_id).where(
            CustomerKind.kind == ("owner" if schedule else "subscriber"), CustomerKind.until.is_(None)
        )
        ids = {company.customers[name] for name in self.buyers()}
        assert ids <= set(company.read(lambda s: s.scalars(marked).all()))

    def received(self) -> int:
        """All money that came, in fen."""
        return self.company.read(lambda s: s.scalar(select(func.sum(Receipt.amount_fen)))) or 0


def register(session: Session, company: Company, name: str) -> str:
    """Somebody becomes known to the project."""
    return register_customer(
        session, SYSTEM, company.clock, name=name, project_id=company.project_id, phones=["13700137003"]
    ).id


def test_a_couple_from_the_booking_to_the_certificate(company: Company) -> None:
    with company.database.unit_of_work() as session:
        for name, role in (("agent", "service_agent"),):
            company.people[name] = hire(session, company.clock, name, role, company.unit().path).id
    couple = Couple(company)
    couple.agree(unit=0, status="subscribed", waiting=["sign_contract"], price=LIST_PRICE)

    granted = couple.change(
        "discount", "manager_1", "gm_1", discounts=[{"kind": "rate", "name": "Opening", "basis_points": 200}]
    )
    execute(granted)
    assert order_of(company, granted).state == "executed"
    couple.agree(unit=0, status="subscribed", waiting=["sign_contract"], price=LIST_PRICE - OFF)

    shares = [("lin", "2/5"), ("zhou", "2/5"), ("mother", "1/5")]
    company.customers["mother"] = company.act("system", lambda s, a: register(s, company, "Lin’s Mother"))
    people = [{"customer_id": company.customers[name], "share": share} for name, share in shares]
    joined = couple.change(
        "rights_transfer", "manager_1", "gm_1", **wanted(company, relation="parent", buyers=people)
    )
    execute(joined)
    assert couple.buyers() == ["lin", "zhou", "mother"]
    couple.agree(unit=0, status="subscribed", waiting=["sign_contract"], price=LIST_PRICE - OFF)

    moved = couple.change("room_change", "manager_1", "gm_1", unit_id=company.units[1])
    execute(moved)
    sale_id = company.unit(1).sale_id
    couple.case = Case(company, company.read(lambda s: s.get_one(Sale, sale_id)).instance_id or "")
    assert company.unit(0).status == "available" and couple.received() == DEPOSIT
    couple.agree(unit=1, status="subscribed", waiting=["sign_contract"], price=LIST_PRICE - OFF)

    couple.case.sign()
    couple.agree(unit=1, status="contracted", waiting=["submit_filing"], price=LIST_PRICE - OFF)
    mortgage = Mortgage(company, couple.case)
    loan = mortgage.loan().amount_fen
    mortgage.apply(loan)
    mortgage.collect()
    mortgage.do("submit_papers", submitted_on=mortgage.today)
    mortgage.verdict("less", approved_fen=loan - 120_000_00, verdict_reason="income", gap_due_on="2026-03-31")
    supplement = mortgage.change()
    approve(supplement, *SIGNERS)
    execute(supplement, **supplement_today(company))
    assert [line[:2] for line in mortgage.price_lines()][-2:] == [
        ("loan", loan - 120_000_00),
        ("down_payment", 120_000_00),
    ]
    couple.agree(unit=1, status="contracted", waiting=["submit_filing"], price=LIST_PRICE - OFF)

    couple.case.submit()
    day = business_date(company.clock).isoformat()
    couple.case.complete("record_answer", "filer", filing_answer="accepted", filing_no="BA-7", answered_on=day)
    mortgage.sign_and_prenote()
    mortgage.bank_pays(ReceivableKind.LOAN)
    assert mortgage.waits() == ["await_possible"]
    pay_rest(company)
    assert sum(company.todos("collect")) == 0
    assert couple.received() == couple.total() + couple.collected_for_others()

    measured = Titling(company)
    measured.settle(measured.survey(u201="104.50"))
    area = measured.case(couple.sale.id)
    assert area.waiting_at == ["choose"]
    area.complete("choose", CLERK, choice="keep", answered_on=business_date(company.clock).isoformat())
    settlement = measured.settlement(couple.sale.id)
    price = LIST_PRICE - OFF
    assert (settlement.difference_fen, settlement.borne_fen) == (price * 3 // 100, price * 15 // 1000)
    assert area.waiting_at == ["await_money"]
    pay_rest(company)
    assert "settled" in area.ended_at
    couple.agree(unit=1, status="contracted", waiting=[], price=price, settled=price * 103 // 100)

    moving = Moving(company, couple.case)
    company.at(datetime(2026, 5, 21, 9, tzinfo=ZONE))
    moving.begin()
    moving.come()
    moving.inspect(("kitchen", "wall"), ("bathroom", "waterproofing"))
    moving.sign()
    assert moving.repair_all() == 2
    moving.enter("kitchen", "wall", seen=1)
    moving.enter("bathroom", "waterproofing", seen=1)
    moving.sign()
    moving.rate(5)
    assert (moving.case().state, [one[1] for one in moving.defects()]) == ("closed", ["accepted", "accepted"])
    couple.agree(unit=1, status="delivered", waiting=[], price=price, settled=price * 103 // 100)

    measured.register()
    measured.run(RunKind.TITLE, [couple.sale.id])
    title = measured.process(couple.sale.id)
    title.complete("collect_papers", CLERK, papers=list(PAPERS))
    measured.submit(couple.sale.id)
    day = business_date(company.clock)
    measured.answer(couple.sale.id, "issue_case", number="沪(2026)嘉字第000007号", issued_on=day)
    title.complete("hand_out", CLERK, handed_to="bank", handed_on=day.isoformat())
    assert measured.title(couple.sale.id).state is TitleState.HANDED_OVER
    couple.agree(unit=1, status="delivered", waiting=[], price=price, settled=price * 103 // 100)
    mortgage.registration_is_possible(day)
    mortgage.do("register_mortgage", registration_no="沪他007", registered_on=mortgage.today)
    assert (mortgage.case().close_reason, title.instance().state) == ("registered", "completed")
    boss, sale_id = company.actor("gm_1"), couple.sale.id
    _view, groups = company.read(lambda s: whole_line(s, boss, company.clock, sale_id))
    told = {group.code: {one.state for one in group.stations} for group in groups if group.stations}
    assert set(told) >= {"subscription", "contract", "filing", "mortgage", "area_settlement", "title", "move_in"}
    assert set().union(*told.values()) == {"done"}
