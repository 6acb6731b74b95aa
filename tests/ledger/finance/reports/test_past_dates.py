"""A report of a past day says what the ledger said that day, whatever clerks have done since."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from kernel.clock import business_date
from kernel.database import writing_session
from ledger.finance.kinds import ReceivableState
from ledger.finance.models import Allocation, JournalEntry, JournalTransaction, Receivable
from ledger.finance.reports.ageing import (
    DIMENSIONS,
    ageing,
    band_total,
    bands_of,
    list_aged_lines,
    list_aged_sales,
)
from ledger.finance.reports.standing import ReportFilter
from tests.ledger.finance.test_sequences import BOUGHT, SIGNED, STEPS, Play

BANDS = bands_of((2, 5, 30))
NIGHTS = st.lists(st.integers(0, 9), min_size=30, max_size=40)


def ledger_now(session, today):
    """What the ledger itself says is open now: fen by (line, due date), without any report."""
    paid = select(func.coalesce(func.sum(Allocation.amount_fen), 0)).where(
        Allocation.receivable_id == Receivable.id
    )
    query = select(Receivable, paid.scalar_subquery()).where(Receivable.state == ReceivableState.PLANNED)
    return {
        line.id: (line.amount_fen - fen, line.due_on)
        for line, fen in session.execute(query.execution_options(populate_existing=True))
        if line.amount_fen != fen
    }


def reported(session, admin, day):
    """The same by the report of a day."""
    lines = list_aged_lines(session, admin, ReportFilter(), on=day, limit=None)
    return {line.receivable_id: (line.open_fen, line.due_on) for line in lines}


def booked_by(session, day):
    """Fen that the journal counts towards receivables by the end of a day."""
    query = (
        select(func.coalesce(func.sum(-JournalEntry.amount_fen), 0))
        .join(JournalTransaction, JournalTransaction.id == JournalEntry.transaction_id)
        .where(JournalEntry.receivable_id.is_not(None), JournalTransaction.booked_on <= day)
    )
    return session.scalar(query)


def standing(session, day):
    """Fen of the lines that stood at a day, read from the rows one by one."""
    return sum(
        line.amount_fen
        for line in session.scalars(select(Receivable))
        if line.raised_on <= day and (line.ended_on is None or line.ended_on > day)
    )


def every_figure_is_the_sum_of_its_rows(session, admin, day):
    for by in DIMENSIONS:
        report = ageing(session, admin, ReportFilter(), on=day, by=by, bands=BANDS)
        for place, band in enumerate(BANDS):
            lines = list_aged_lines(session, admin, ReportFilter(), on=day, band=band, limit=None)
            sales = list_aged_sales(session, admin, ReportFilter(), on=day, band=band, limit=None)
            figure = (report.fen[place], report.counts[place])
            assert figure == (sum(line.open_fen for line in lines), len(lines))
            assert figure == (sum(sale.open_fen for sale in sales), sum(sale.count for sale in sales))
            assert figure == band_total(session, admin, ReportFilter(), on=day, band=band)


@settings(
    derandomize=True,
    max_examples=30,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    steps=st.tuples(st.sampled_from([[], BOUGHT, SIGNED]), STEPS).map(lambda parts: parts[0] + parts[1]),
    nights=NIGHTS,
)
def test_the_ageing_of_a_past_day_is_what_the_ledger_said_that_day(database, vault, admin, clock, steps, nights):
    begins, kept = clock.now(), {}
    with writing_session(database.engine, vault) as session:
        play = Play(session, admin, clock)
        for (verb, pick, fen), days in zip(steps, nights, strict=False):
            play.step(verb, pick, fen)
            session.flush()
            today = business_date(clock)
            kept[today] = ledger_now(session, today)
            if days < 4:
                clock.advance(timedelta(days=days * 3))
        session.expire_all()
        for day, said in kept.items():
            assert reported(session, admin, day) == said
            report = ageing(session, admin, ReportFilter(), on=day, by="project", bands=BANDS)
            assert report.total_fen == sum(fen for fen, _ in said.values())
            assert report.total_fen == standing(session, day) - booked_by(session, day)
        every_figure_is_the_sum_of_its_rows(session, admin, max(kept))
        session.rollback()
    clock.set(begins)
