"""Statements: opening, charges and payments make the closing, which is what the ledger says is owed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from kernel.database import writing_session
from kernel.errors import Missing
from ledger.finance.journal import balance
from ledger.finance.kinds import Account
from ledger.finance.reports.ageing import ageing, bands_of
from ledger.finance.reports.periods import Period
from ledger.finance.reports.standing import ReportFilter
from ledger.finance.reports.statement import Holders, customer_holders, sale_holders, statement
from tests.ledger.finance.house import DEPOSIT, PRICE, TODAY
from tests.ledger.finance.test_sequences import BOUGHT, SIGNED, STEPS, Play

from .test_past_dates import NIGHTS


def owed(session, admin, sale, day):
    """What the ledger says: open on standing lines, less what is not allocated."""
    where = ReportFilter(sale_id=sale.id)
    open_fen = ageing(session, admin, where, on=day, by="project", bands=bands_of((30,))).total_fen
    return open_fen + balance(session, Account.CREDIT, sale_id=sale.id, until=day)


@settings(
    derandomize=True,
    max_examples=25,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    steps=st.tuples(st.sampled_from([BOUGHT, SIGNED]), STEPS).map(lambda parts: parts[0] + parts[1]),
    nights=NIGHTS,
    part=st.tuples(st.integers(0, 60), st.integers(0, 60)),
)
def test_whatever_clerks_do_a_statement_says_what_the_ledger_says(
    database, vault, admin, clock, steps, nights, part
):
    begins = clock.now()
    with writing_session(database.engine, vault) as session:
        play = Play(session, admin, clock)
        for (verb, pick, fen), days in zip(steps, nights, strict=False):
            play.step(verb, pick, fen)
            clock.advance(timedelta(days=days))
        session.flush()
        session.expire_all()
        first = TODAY + timedelta(days=part[0])
        period = Period(first, first + timedelta(days=part[1]))
        told = statement(session, Holders((play.sale.id,)), period)
        assert told.opening_fen == owed(session, admin, play.sale, period.before)
        assert told.closing_fen == owed(session, admin, play.sale, period.last)
        assert told.opening_fen + sum(move.fen for move in told.moves) == told.closing_fen
        assert all(period.first <= move.on <= period.last for move in told.moves)
        after = statement(
            session, Holders((play.sale.id,)), Period(period.last + timedelta(days=1), date(2027, 1, 1))
        )
        assert after.opening_fen == told.closing_fen
        session.rollback()
    clock.set(begins)


def test_a_sale_from_deposit_to_signing_reads_as_a_customer_would_expect(desk, session, admin, house):
    sale = house.sale()
    desk.deposit(sale)
    desk.pay(sale, DEPOSIT + 7)
    desk.sign(sale)
    told = statement(session, sale_holders(session, admin, sale.id), Period(TODAY, TODAY))
    assert (told.opening_fen, told.charged_fen, told.paid_fen) == (0, PRICE, DEPOSIT + 7)
    assert told.closing_fen == PRICE - DEPOSIT - 7 == told.balances()[-1][1]
    assert [move.number for move in told.moves if move.paid_fen] == ["YUNXI-SJ-2026-000001"]
    assert sum(line.open_fen for line in told.open_lines) == told.closing_fen
    assert told.due_fen == 0


def test_a_customer_sees_all_his_sales_and_his_money_before_a_sale(desk, session, admin, house):
    one, other = house.sale(), house.sale()
    other.customer_id = one.customer_id
    desk.deposit(one)
    desk.deposit(other, 100)
    account = {"customer_id": one.customer_id, "project_id": house.project.id}
    desk.do("raise_earnest", amount_fen=900, due_on=TODAY, origin="queue:1", **account)
    desk.pay(None, 900, **account)
    told = statement(session, customer_holders(session, admin, one.customer_id), Period(TODAY, TODAY))
    assert (told.charged_fen, told.paid_fen) == (DEPOSIT + 100 + 900, 900)
    assert {move.sale_id for move in told.moves} == {one.id, other.id, None}


def test_nobody_gets_a_statement_of_what_he_may_not_see(desk, session, house, actor_with):
    sale = house.sale()
    stranger = actor_with("finance:view", "customers:view", path="/keyturn/elsewhere/")
    with pytest.raises(Missing):
        sale_holders(session, stranger, sale.id)
    with pytest.raises(Missing):
        customer_holders(session, stranger, sale.customer_id)
