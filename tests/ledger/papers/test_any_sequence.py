"""Whatever is received, issued, spoiled, voided, exchanged and given back: no number is lost, all sums agree."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from kernel.database import writing_session
from kernel.errors import KeyturnError
from ledger.finance.kinds import EventKind
from ledger.finance.models import Receipt, ReceiptEvent
from ledger.papers import operations as papers
from ledger.papers.models import Paper, PaperRange, PaperRangeReturn
from ledger.papers.queries import (
    PaperFilter,
    PaperState,
    days_against_receipts,
    list_papers,
    list_ranges,
    live_paper_of,
)
from tests.ledger.finance.conftest import Desk
from tests.ledger.finance.house import TODAY, build_house

from .conftest import receive

ACTS = [
    "range",
    "invoices",
    "pay",
    "pay",
    "issue",
    "issue",
    "issue",
    "spoil",
    "void",
    "exchange",
    "return",
    "reverse",
]
STEPS = st.lists(
    st.tuples(st.sampled_from(ACTS), st.integers(0, 9), st.integers(1, 10**6)), min_size=4, max_size=40
)


class Play:
    """A project with two sales and what has been made of papers so far."""

    def __init__(self, session, admin, clock):
        self.session, self.admin, self.clock = session, admin, clock
        self.house = build_house(session, clock)
        self.desk = Desk(session, admin, clock, self.house)
        self.sales = [self.house.sale() for _ in range(2)]
        for sale in self.sales:
            self.desk.deposit(sale)
        self.receipts, self.ranges = [], 0

    def step(self, act, which, fen):
        """One act; a refusal leaves nothing behind."""
        try:
            with self.session.begin_nested():
                getattr(self, act)(which, fen)
                self.session.flush()
        except (KeyturnError, IndexError):
            self.session.expire_all()

    def do(self, verb, **about):
        return getattr(papers, verb)(self.session, self.admin, self.clock, **about)

    def range(self, which, _fen, kind="receipt"):
        self.ranges += 1
        first = f"{which:03}"
        last = f"{which + fen_of(which):03}"
        receive(self.session, self.admin, self.clock, self.house.project.id, kind=kind,
                prefix=f"{kind[0]}{self.ranges % 3}-", first=first, last=last)  # fmt: skip

    def invoices(self, which, fen):
        self.range(which, fen, "invoice")

    def pay(self, which, fen):
        self.receipts.append(self.desk.pay(self.sales[which % 2], fen).receipt_id)

    def issue(self, which, _fen):
        self.do("issue_paper", receipt_id=self.receipts[which], kind="invoice" if which == 9 else "receipt")

    def spoil(self, which, fen):
        self.do("spoil", range_id=self._ranges()[which].id, reason="spoiled", count=1 + fen % 2)

    def void(self, which, _fen):
        self.do("void_paper", paper_id=self._papers()[which].id, reason="wrong")

    def exchange(self, which, fen):
        some = [paper.id for paper in self._papers() if paper.kind == "receipt"][which // 3 :][: 1 + fen % 3]
        self.do("exchange_papers", paper_ids=some, payer="Lin Wan")

    def reverse(self, which, _fen):
        receipt = self.receipts[which]
        self.desk.do("reverse_receipt", receipt_id=receipt, reason="bounced")
        self.do("void_papers_of", receipt_id=receipt)

    def __getattr__(self, name):
        if name == "return":
            return lambda which, _fen: self.do("return_unused", range_id=self._ranges()[which].id, reason="back")
        raise AttributeError(name)

    def _ranges(self):
        return self.session.scalars(select(PaperRange).order_by(PaperRange.id)).all()

    def _papers(self):
        return self.session.scalars(select(Paper).order_by(Paper.id)).all()


def fen_of(which):
    """How long the range is."""
    return which % 4


@settings(
    derandomize=True,
    max_examples=25,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_no_number_is_lost_and_papers_equal_money(database, vault, admin, clock, steps):
    with writing_session(database.engine, vault) as session:
        play = Play(session, admin, clock)
        for step in [("range", 3, 1), ("invoices", 3, 1), ("pay", 0, 100), ("pay", 0, 200), *steps]:
            play.step(*step)
            check(play)
        session.rollback()


def check(play):
    """What always holds."""
    session, admin = play.session, play.admin
    rows = {row.paper.id: row for row in list_papers(session, admin, PaperFilter(), limit=10_000)}
    for row in list_ranges(session, admin, play.house.project.id, limit=1000):
        numbers = sorted(one.paper.number for one in rows.values() if one.paper.range_id == row.range.id)
        assert numbers == list(range(row.range.first, row.range.first + len(numbers)))
        assert row.issued + row.void == len(numbers)
        assert row.left >= 0
        given_back = session.get(PaperRangeReturn, row.range.id)
        assert row.left == 0 or given_back is None
    live = {id_: row for id_, row in rows.items() if row.state in (PaperState.ISSUED, PaperState.EXCHANGED)}
    usable = money(session)
    on_paper = {row.paper.receipt_id: row.paper.amount_fen for row in live.values() if row.paper.receipt_id}
    assert on_paper.items() <= usable.items()
    shown = [row.paper.amount_fen for row in live.values() if row.state is PaperState.ISSUED]
    assert sum(shown) == sum(on_paper.values())
    (day,) = days_against_receipts(session, admin, play.house.project.id, first=TODAY, last=TODAY) or [None]
    if day:
        assert (day.receipts, day.received_fen) == (len(usable), sum(usable.values()))
        assert (day.papered, day.papered_fen) == (len(on_paper), sum(on_paper.values()))
    for receipt_id in usable:
        paper = live_paper_of(session, receipt_id)
        assert (paper.amount_fen if paper else None) == on_paper.get(receipt_id)


def money(session):
    """Fen by receipt of what is confirmed and stands."""
    confirmed, gone = (
        set(session.scalars(select(ReceiptEvent.receipt_id).where(ReceiptEvent.kind == kind)))
        for kind in (EventKind.CONFIRMED, EventKind.REVERSED)
    )
    query = select(Receipt.id, Receipt.amount_fen).where(Receipt.id.in_(confirmed - gone))
    return {row.id: row.amount_fen for row in session.execute(query)}
