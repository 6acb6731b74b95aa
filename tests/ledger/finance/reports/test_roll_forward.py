"""What is open rolls forward: opening, raised, superseded, written off and collected make the closing, everywhere."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from kernel.actor import SYSTEM
from kernel.clock import business_date
from kernel.database import writing_session
from ledger.finance.errors import DateInvalid
from ledger.finance.journal import balance
from ledger.finance.kinds import Account, ReceivableClass
from ledger.finance.models import Receivable, ReceivableSchedule
from ledger.finance.operations import grant_waiver
from ledger.finance.reports.ageing import ageing, bands_of
from ledger.finance.reports.collection import Flow, flows_by_period, list_sale_flows, total_flow
from ledger.finance.reports.forecast import forecast, spans_at
from ledger.finance.reports.periods import Period, checked_period, cut
from ledger.finance.reports.standing import ReportFilter
from ledger.finance.reports.statement import sale_holders, statement
from tests.ledger.finance.house import PRICE, TODAY
from tests.ledger.finance.test_sequences import BOUGHT, SIGNED, STEPS, Play

from .test_past_dates import NIGHTS

PRICE_ONLY = ReportFilter(class_=ReceivableClass.PRICE)


def rolls_forward(flow):
    gone = flow.superseded_fen + flow.written_off_fen + flow.collected_fen
    return flow.opening_fen + flow.raised_fen - gone == flow.closing_fen


def open_on(session, admin, where, day):
    return ageing(session, admin, where, on=day, by="project", bands=bands_of((30,))).total_fen


def total_signed(session, day):
    """The totals of the schedules in force at a day, read one by one."""
    rows = session.scalars(select(ReceivableSchedule).where(ReceivableSchedule.sealed_on <= day))
    in_force = {row.sale_id: row for row in sorted(rows, key=lambda row: row.number)}
    return sum(row.total_fen for row in in_force.values())


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
    part=st.tuples(st.integers(0, 40), st.integers(0, 40)),
)
def test_whatever_clerks_do_every_period_rolls_forward(database, vault, admin, clock, steps, nights, part):
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
        for where in (PRICE_ONLY, ReportFilter()):
            flow = total_flow(session, admin, where, period)
            assert rolls_forward(flow)
            assert flow.opening_fen == open_on(session, admin, where, period.before)
            assert flow.closing_fen == open_on(session, admin, where, period.last)
            sales = [one.flow for one in list_sale_flows(session, admin, where, period, limit=None)]
            assert all(map(rolls_forward, sales))
            assert sum(sales, Flow()) == flow
            parts = flows_by_period(session, admin, where, cut(period, "week"))
            assert all(rolls_forward(one) for _, one in parts)
            assert parts[-1][1].closing_fen == flow.closing_fen
            for name in ("raised_fen", "superseded_fen", "collected_fen", "written_off_fen", "signed_fen"):
                assert sum(getattr(one, name) for _, one in parts) == getattr(flow, name)
        the_ledger_agrees(session, admin, period)
        session.rollback()
    clock.set(begins)


def the_ledger_agrees(session, admin, period):
    flow = total_flow(session, admin, PRICE_ONLY, period)
    booked = [-balance(session, Account.CONTRACT, until=day) for day in (period.before, period.last)]
    assert flow.collected_fen == booked[1] - booked[0]
    assert flow.signed_fen == total_signed(session, period.last) - total_signed(session, period.before)


def test_a_contract_its_money_and_its_end_in_figures(desk, session, admin, house, clock):
    sale = house.sale()
    desk.deposit(sale)
    desk.pay(sale, 50_000_00)
    desk.sign(sale)
    march = total_flow(session, admin, PRICE_ONLY, Period(TODAY, date(2026, 3, 31)))
    assert (march.signed_fen, march.collected_fen) == (PRICE, 50_000_00)
    assert march.closing_fen == PRICE - 50_000_00
    assert march.rate == 50_000_00 * 10_000 // (PRICE - 860_000_00)
    clock.advance(timedelta(days=40))
    desk.do("close_account", sale_id=sale.id, reason="cancelled")
    april = total_flow(session, admin, PRICE_ONLY, Period(date(2026, 4, 1), date(2026, 4, 30)))
    assert (april.signed_fen, april.collected_fen, april.closing_fen) == (-PRICE, -50_000_00, 0)
    assert (april.signed_ever_fen, april.days_outstanding(30), april.rate_ever) == (0, None, None)


def test_days_outstanding_and_rates_follow_their_definitions():
    flow = Flow(
        signed_fen=300, closing_fen=100, collected_fen=60, due_fen=20, signed_ever_fen=400, collected_ever_fen=100
    )
    assert (flow.days_outstanding(90), flow.rate, flow.rate_ever) == (30, 7500, 2500)


@pytest.mark.parametrize(
    ("step", "count", "second"),
    [("day", 59, date(2026, 1, 16)), ("week", 9, date(2026, 1, 19)), ("month", 3, date(2026, 2, 1)),
     ("quarter", 1, None), ("year", 1, None)],
)  # fmt: skip
def test_a_period_is_cut_by_the_calendar(step, count, second):
    parts = cut(Period(date(2026, 1, 15), date(2026, 3, 14)), step)
    assert len(parts) == count
    assert (parts[0].first, parts[-1].last) == (date(2026, 1, 15), date(2026, 3, 14))
    assert second is None or parts[1].first == second


@pytest.mark.parametrize(
    ("first", "last", "field", "code"),
    [
        (date(2026, 3, 9), date(2026, 3, 8), "from", "period_backwards"),
        (date(2026, 3, 2), date(2026, 3, 20), "to", "report_in_future"),
        (date(2026, 2, 1), date(2026, 3, 9), "from", "report_before_first"),
    ],
)
def test_a_period_that_cannot_be_reported_is_refused_by_its_field(
    desk, session, admin, house, clock, first, last, field, code
):
    desk.deposit(house.sale())
    clock.advance(timedelta(days=7))
    with pytest.raises(DateInvalid) as refused:
        checked_period(session, admin, first, last, today=business_date(clock))
    assert (refused.value.field, refused.value.code) == (field, code)


def test_what_falls_due_is_told_by_month_and_by_who_has_to_pay(desk, session, admin, house):
    sale = house.sale()
    desk.deposit(sale)
    desk.sign(sale)
    rows = forecast(session, admin, ReportFilter(), on=date(2026, 3, 5), spans=spans_at(date(2026, 3, 5), 3))
    told = {row.span.key: row.fen for row in rows if row.total_fen}
    assert told == {
        "late": (50_000_00, 0, 0),
        "2026-03": (PRICE - 50_000_00 - 860_000_00, 0, 0),
        "2026-05": (0, 860_000_00, 0),
    }
    assert sum(row.total_fen for row in rows) == open_on(session, admin, ReportFilter(), date(2026, 3, 5))


def test_no_more_than_a_page_holds_is_asked_for():
    with pytest.raises(DateInvalid) as refused:
        cut(Period(date(2026, 1, 1), date(2026, 6, 30)), "day")
    assert refused.value.field == "step"


def test_every_sum_is_nothing_where_there_is_nothing(session, admin, house):
    assert total_flow(session, admin, ReportFilter(), Period(TODAY, TODAY)) == Flow()
    assert session.scalar(select(func.count()).select_from(ReceivableSchedule)) == 0


def test_what_is_written_off_was_open_before_and_is_told_as_such(desk, session, admin, house, clock):
    sale = house.sale()
    desk.deposit(sale)
    desk.sign(sale)
    clock.advance(timedelta(days=20))
    line = session.scalars(select(Receivable).where(Receivable.kind == "down_payment")).one()
    wish = {"kind": "write_off", "receivable_id": line.id, "key": "w", "reason": "hardship"}
    waiver = desk.do("request_waiver", sale_id=sale.id, amount_fen=line.amount_fen, **wish)
    grant_waiver(
        session, SYSTEM, clock, waiver_id=waiver.id, approved_hash=waiver.content_hash, approvers=["boss"]
    )
    today = business_date(clock)
    before, after = (open_on(session, admin, PRICE_ONLY, day) for day in (today - timedelta(days=1), today))
    assert (before, after) == (PRICE, PRICE - line.amount_fen)
    flow = total_flow(session, admin, PRICE_ONLY, Period(today, today))
    assert (flow.opening_fen, flow.written_off_fen, flow.closing_fen) == (before, line.amount_fen, after)
    told = statement(session, sale_holders(session, admin, sale.id), Period(today, today))
    assert (told.opening_fen, told.closing_fen - told.opening_fen) == (PRICE, sum(move.fen for move in told.moves))
