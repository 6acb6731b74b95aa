"""A buyer is let off: no more than is open, never by who asked, as an entry of its own that nothing edits."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from kernel.actor import SYSTEM, Actor
from kernel.errors import Invalid
from kernel.ids import new_id
from ledger.accounting.closing import close_day
from ledger.finance.arrears import OverdueFilter, list_overdue
from ledger.finance.errors import (
    AmountInvalid,
    KeyReused,
    ReceivableMissing,
    SaleClosed,
    SaleMissing,
    WaiverMissing,
    WaiverRefused,
    WaiverStale,
)
from ledger.finance.facts import BuyerLetOff
from ledger.finance.interest_models import Waiver, WaiverEvent, WaiverPart
from ledger.finance.kinds import ReceivableKind, ReceivableState, WaiverEventKind
from ledger.finance.models import JournalEntry, MoneyTodo, Receivable
from ledger.finance.operations import Charge, end_waiver, grant_waiver
from ledger.finance.reports.ageing import ageing, bands_of
from ledger.finance.reports.standing import ReportFilter
from ledger.finance.waiver_queries import list_waivers
from ledger.finance.waivers import open_to_waive

from .test_interest import (
    DUE,
    FIRST,
    PRICE,
    PRINCIPAL_FIRST,
    SECOND,
    at,
    charges,
    down,
    interest,
    late,
    pay,
    principal_open,
)

assert late
BOSS = new_id()


def ask(desk, sale, yuan, **changes):
    given = {"key": new_id(), "reason": "hardship", **changes}
    return desk.do("request_waiver", sale_id=sale.id, amount_fen=round(yuan * 100), **given)


def grant(desk, waiver, **changes):
    given = {"approved_hash": waiver.content_hash, "approvers": [BOSS], **changes}
    return grant_waiver(desk.session, SYSTEM, desk.clock, waiver_id=waiver.id, **given)


@pytest.fixture
def owing(desk, late):
    """A sale whose principal is paid late: 1,080 yuan of interest are open, at the day of payment."""
    sale = late(PRINCIPAL_FIRST)
    pay(desk, sale, 360_000, FIRST)
    return sale


def test_a_granted_waiver_lets_the_buyer_off_and_nothing_is_edited(desk, owing):
    granted = grant(desk, ask(desk, owing, 80))
    assert (granted.kind, granted.approvers) == (WaiverEventKind.GRANTED, [BOSS])
    found = interest(desk, owing, SECOND)
    assert (found.accrued_fen, found.waived_fen, found.open_fen) == (1_080_00, 80_00, 1_000_00)
    (line,) = [x for x in desk.account(owing, SECOND).lines if x.kind is ReceivableKind.LATE_INTEREST]
    assert (line.amount_fen, line.waived_fen, line.open_fen) == (1_080_00, 80_00, 1_000_00)
    (told,) = desk.facts(BuyerLetOff)
    assert (told.sale_id, told.amount_fen) == (owing.id, 80_00)


def test_a_waiver_moves_no_money(desk, owing):
    before = desk.session.scalars(select(JournalEntry.id)).all()
    grant(desk, ask(desk, owing, 1_080))
    assert desk.session.scalars(select(JournalEntry.id)).all() == before


def test_a_waiver_after_the_day_is_closed_counts_at_once_and_changes_no_report_of_that_day(desk, owing, house):
    on = {"on": FIRST, "by": "project", "bands": bands_of((30,))}
    waiver = ask(desk, owing, 80)
    close_day(desk.session, SYSTEM, desk.clock, project_id=house.project.id, through=FIRST)
    before = ageing(desk.session, SYSTEM, ReportFilter(), **on).total_fen
    grant(desk, waiver)
    assert interest(desk, owing, FIRST).open_fen == 1_000_00
    assert ageing(desk.session, SYSTEM, ReportFilter(), **on).total_fen == before
    on["on"] = FIRST + timedelta(days=1)
    assert ageing(desk.session, SYSTEM, ReportFilter(), **on).total_fen == before + 1_080_00 - 80_00


def test_granting_twice_is_once(desk, owing):
    waiver = ask(desk, owing, 80)
    assert grant(desk, waiver).id == grant(desk, waiver).id
    assert desk.session.scalars(select(WaiverPart.amount_fen)).all() == [80_00]


def test_the_same_form_asks_once(desk, owing):
    first = ask(desk, owing, 80, key="form-1")
    assert ask(desk, owing, 80, key="form-1").id == first.id
    with pytest.raises(KeyReused):
        ask(desk, owing, 81, key="form-1")


@pytest.mark.parametrize(
    ("fen", "error", "code", "field"),
    [
        (1_080_01, WaiverRefused, "waiver_above_open", "amount_fen"),
        (0, AmountInvalid, "amount_not_positive", "amount_fen"),
        (-5, AmountInvalid, "amount_not_positive", "amount_fen"),
    ],
)
def test_no_more_is_asked_for_than_is_open(desk, owing, fen, error, code, field):
    with pytest.raises(error) as refusal:
        ask(desk, owing, fen / 100)
    assert (refusal.value.code, refusal.value.field) == (code, field)
    assert desk.session.scalars(select(Waiver)).all() == []


def test_what_is_asked_for_already_counts(desk, owing):
    ask(desk, owing, 1_000)
    assert open_to_waive(desk.session, owing.id, FIRST) == 80_00
    with pytest.raises(WaiverRefused) as refusal:
        ask(desk, owing, 81)
    assert refusal.value.params["open_fen"] == 80_00


def test_a_refused_request_no_longer_counts_and_lets_nobody_off(desk, owing):
    waiver = ask(desk, owing, 1_000)
    ended = end_waiver(
        desk.session, SYSTEM, desk.clock, waiver_id=waiver.id, kind=WaiverEventKind.REFUSED, reason="not this time"
    )
    assert ended.kind is WaiverEventKind.REFUSED
    assert grant(desk, waiver).kind is WaiverEventKind.REFUSED
    assert open_to_waive(desk.session, owing.id, FIRST) == 1_080_00


def test_asking_takes_a_reason_the_right_and_an_open_sale(desk, owing, house):
    with pytest.raises(Invalid, match="text_missing_or_long"):
        ask(desk, owing, 80, reason="  ")
    house.close(owing)
    with pytest.raises(SaleClosed) as refusal:
        ask(desk, owing, 80)
    assert refusal.value.field == "sale_id"
    desk.actor = Actor(id=new_id(), name="Nobody")
    with pytest.raises(SaleMissing):
        ask(desk, owing, 80)


def test_nobody_grants_what_he_asked_for(desk, owing):
    waiver = ask(desk, owing, 80)
    for approvers in ([desk.actor.id], [BOSS, desk.actor.id], [BOSS, BOSS], []):
        with pytest.raises(WaiverRefused, match="approver_is_applicant"):
            grant(desk, waiver, approvers=approvers)


def test_only_the_process_grants(desk, owing):
    waiver = ask(desk, owing, 80)
    manager = Actor(id=new_id(), name="Manager")
    with pytest.raises(WaiverMissing):
        grant_waiver(
            desk.session, manager, desk.clock,
            waiver_id=waiver.id, approved_hash=waiver.content_hash, approvers=[BOSS],
        )  # fmt: skip


def test_what_was_approved_must_be_what_was_asked_for(desk, owing):
    waiver = ask(desk, owing, 80)
    with pytest.raises(WaiverStale):
        grant(desk, waiver, approved_hash=ask(desk, owing, 81).content_hash)
    assert desk.session.scalars(select(WaiverPart)).all() == []


def test_interest_that_was_paid_meanwhile_lapses_the_request(desk, owing):
    waiver = ask(desk, owing, 1_000)
    pay(desk, owing, 500, SECOND)
    event = grant(desk, waiver)
    assert (event.kind, event.reason) == (WaiverEventKind.LAPSED, "waiver_no_longer_open")
    assert desk.session.scalars(select(WaiverPart)).all() == []
    assert interest(desk, owing, SECOND).waived_fen == 0


def test_a_sale_that_closed_meanwhile_lapses_the_request(desk, owing, house):
    waiver = ask(desk, owing, 1_000)
    house.close(owing)
    assert grant(desk, waiver).reason == "waiver_sale_closed"


def test_the_oldest_interest_is_let_off_first_and_no_more_is_collected_of_it(desk, late):
    sale = late(PRINCIPAL_FIRST)
    pay(desk, sale, 100_000, FIRST)
    at(desk, SECOND)
    desk.do("charge_interest", sale_id=sale.id)
    grant(desk, ask(desk, sale, 1_200))
    lines = [x for x in desk.account(sale, SECOND).lines if x.kind is ReceivableKind.LATE_INTEREST]
    assert [(x.amount_fen, x.waived_fen) for x in lines] == [(1_080_00, 1_080_00), (1_352_00, 120_00)]
    open_todos = select(MoneyTodo.amount_fen, MoneyTodo.note).where(
        MoneyTodo.kind == "collect", MoneyTodo.state == "open"
    )
    assert desk.session.execute(open_todos).all() == [(1_232_00, "let_off_in_part")]


def test_what_is_let_off_is_not_paid_as_well(desk, owing):
    grant(desk, ask(desk, owing, 1_000))
    pay(desk, owing, 100, SECOND, booked=SECOND)
    assert charges(desk, owing) == [(1_080_00, 80_00)]
    statement = text(
        'INSERT INTO allocation (id, receipt_id, receivable_id, amount_fen, on_date, at, "by", booked_on)'
        " SELECT 'x', receipt_id, receivable_id, 1, on_date, at, \"by\", booked_on FROM allocation"
        " WHERE receivable_id IN (SELECT receivable_id FROM waiver_part) LIMIT 1"
    )
    with pytest.raises(DBAPIError, match="allocation_above"):
        desk.session.execute(statement)


@pytest.mark.parametrize("table", ["waiver", "waiver_event", "waiver_part"])
def test_requests_decisions_and_effects_never_change(desk, owing, table):
    grant(desk, ask(desk, owing, 80))
    for statement in (f"UPDATE {table} SET id = 'x'", f"DELETE FROM {table}"):  # noqa: S608 - the test's own words
        with pytest.raises(DBAPIError, match="append_only"), desk.session.begin_nested():
            desk.session.execute(text(statement))


@pytest.mark.parametrize(("fen", "code"), [(1_080_00, "waiver_above_open"), (81_00, "waiver_above_request")])
def test_the_database_itself_limits_what_is_let_off(desk, owing, fen, code):
    waiver = ask(desk, owing, 1_080 if code == "waiver_above_open" else 80)
    (line,) = desk.do("charge_interest", sale_id=owing.id)
    pay(desk, owing, 1, FIRST, receivable_id=line.id)
    desk.session.add(
        WaiverEvent(
            waiver_id=waiver.id,
            kind=WaiverEventKind.GRANTED,
            approvers=[BOSS],
            on_date=FIRST,
            at=desk.clock.now(),
            by=BOSS,
        )
    )
    desk.session.flush()
    desk.session.add(
        WaiverPart(
            waiver_id=waiver.id,
            receivable_id=line.id,
            amount_fen=fen,
            on_date=FIRST,
            booked_on=FIRST,
            at=desk.clock.now(),
            by=BOSS,
        )
    )
    with pytest.raises(DBAPIError, match=code):
        desk.session.flush()


def test_nothing_is_let_off_before_it_is_granted(desk, owing):
    waiver = ask(desk, owing, 80)
    (line,) = desk.do("charge_interest", sale_id=owing.id)
    desk.session.add(
        WaiverPart(
            waiver_id=waiver.id,
            receivable_id=line.id,
            amount_fen=1,
            on_date=FIRST,
            booked_on=FIRST,
            at=desk.clock.now(),
            by=BOSS,
        )
    )
    with pytest.raises(DBAPIError, match="waiver_not_granted"):
        desk.session.flush()


def test_a_waived_charge_stays_when_an_earlier_payment_is_entered(desk, late):
    sale = late(PRINCIPAL_FIRST)
    at(desk, date(2026, 3, 31))
    grant(desk, ask(desk, sale, 1_512))
    pay(desk, sale, 100_000, FIRST, booked=date(2026, 4, 2))
    found = interest(desk, sale, date(2026, 3, 31))
    assert (found.accrued_fen, found.waived_fen, found.open_fen) == (1_392_00, 1_512_00, 0)


def write_off(desk, sale, line, yuan):
    return ask(desk, sale, yuan, kind="write_off", receivable_id=line.id)


def test_the_rest_of_a_line_is_written_off_and_stays_in_the_contract_total(desk, late):
    sale = late(PRINCIPAL_FIRST)
    pay(desk, sale, 359_990, DUE)
    at(desk, FIRST)
    line = down(desk, sale)
    grant(desk, write_off(desk, sale, line, 10))
    assert line.state is ReceivableState.WRITTEN_OFF
    assert principal_open(desk, sale, FIRST) == 0
    assert interest(desk, sale, SECOND).accrued_fen == 3  # 10.00 x 0.02 % x 15 days; it runs no further.
    price = select(Receivable).where(Receivable.sale_id == sale.id, Receivable.class_ == "price")
    live = [x for x in desk.session.scalars(price) if x.state is not ReceivableState.SUPERSEDED]
    assert sum(x.amount_fen for x in live) == PRICE


def test_a_line_is_written_off_whole_and_only_what_the_buyer_owes_us(desk, late):
    tax = Charge(ReceivableKind.DEED_TAX, 5_000_00, due_on=DUE)
    sale = late(charges=[tax])
    at(desk, FIRST)
    line = down(desk, sale)
    with pytest.raises(WaiverRefused, match="write_off_in_part"):
        write_off(desk, sale, line, 10)
    with pytest.raises(WaiverRefused, match="waiver_above_open"):
        write_off(desk, sale, line, 360_001)
    for kind in (ReceivableKind.DEED_TAX, ReceivableKind.LOAN):
        other = desk.session.scalars(select(Receivable).where(Receivable.kind == kind)).one()
        with pytest.raises(WaiverRefused, match="write_off_not_ours"):
            write_off(desk, sale, other, other.amount_fen / 100)
    with pytest.raises(ReceivableMissing):
        ask(desk, sale, 10, kind="write_off", receivable_id=new_id())


def test_a_write_off_lapses_when_the_line_was_paid_meanwhile(desk, late):
    sale = late()
    at(desk, DUE)
    waiver = write_off(desk, sale, down(desk, sale), 360_000)
    pay(desk, sale, 1, DUE)
    assert grant(desk, waiver).reason == "waiver_no_longer_open"


def test_interest_that_was_let_off_is_no_arrears(desk, owing):
    desk.do("charge_interest", sale_id=owing.id)
    late_lines = lambda: list_overdue(desk.session, desk.actor, OverdueFilter(), on=SECOND)  # noqa: E731
    assert [row.open_fen for row in late_lines()] == [1_080_00]
    grant(desk, ask(desk, owing, 80))
    assert [row.open_fen for row in late_lines()] == [1_000_00]
    grant(desk, ask(desk, owing, 1_000))
    assert late_lines() == []


def test_the_requests_of_a_sale_say_what_became_of_them(desk, owing):
    grant(desk, ask(desk, owing, 80))
    ask(desk, owing, 10, reason="second")
    rows = list_waivers(desk.session, desk.actor, owing.id)
    assert {(row.reason, row.state, row.amount_fen) for row in rows} == {
        ("second", "asked", 10_00), ("hardship", "granted", 80_00),
    }  # fmt: skip
    assert list_waivers(desk.session, Actor(id=new_id(), name="Nobody"), owing.id) == []
