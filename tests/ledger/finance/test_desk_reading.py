"""What the finance desk reads in sums: ages of arrears, accounts, all projects at once, parts of a receipt."""

from __future__ import annotations

from datetime import timedelta

from ledger.finance.arrears import OverdueFilter, list_overdue, overdue_buckets
from ledger.finance.journal_queries import JournalFilter, account_totals
from ledger.finance.receipt_queries import allocation_offer, allocations_of
from ledger.finance.totals import list_project_totals, project_totals

from .conftest import Desk
from .house import DEPOSIT, PRICE, TODAY


def test_ages_of_arrears_add_up_to_the_late_lines(desk: Desk) -> None:
    sale = desk.house.sale()
    desk.sign(sale)
    for days in (7, 8, 37, 38, 68, 98, 200):
        on = TODAY + timedelta(days=days)
        late = list_overdue(desk.session, desk.actor, OverdueFilter(), on=on)
        buckets = overdue_buckets(desk.session, desk.actor, OverdueFilter(days_from=90), on=on)
        assert sum(bucket.count for bucket in buckets) == len(late)
        assert sum(bucket.open_fen for bucket in buckets) == sum(line.open_fen for line in late)
        for bucket in buckets:
            within = [n for n in late if bucket.days_from <= n.days <= (bucket.days_to or 10_000)]
            assert bucket.count == len(within)


def test_the_accounts_of_the_journal_balance_whatever_is_kept(desk: Desk) -> None:
    sale = desk.house.sale()
    desk.deposit(sale)
    desk.pay(sale, DEPOSIT + 100)
    for where in (JournalFilter(), JournalFilter(sale_id=sale.id), JournalFilter(account="credit")):
        totals = account_totals(desk.session, desk.actor, where)
        assert totals
        assert sum(total.balance_fen for total in totals) == 0


def test_all_projects_at_once_say_what_each_says_alone(desk: Desk) -> None:
    sale = desk.house.sale()
    desk.deposit(sale)
    desk.pay(sale, DEPOSIT)
    desk.sign(sale)
    on = TODAY + timedelta(days=30)
    ((project, together),) = list_project_totals(desk.session, desk.actor, on=on)
    assert together == project_totals(desk.session, desk.actor, project.id, on=on)
    assert (together.signed_fen, together.collected_fen) == (PRICE, DEPOSIT)


def test_a_receipts_parts_can_be_read_as_they_stood(desk: Desk) -> None:
    sale = desk.house.sale()
    line = desk.deposit(sale)
    receipt = desk.take(sale, DEPOSIT)
    (offered,) = allocation_offer(desk.session, desk.actor, receipt.id, amount_fen=DEPOSIT)
    assert (offered.receivable_id, offered.open_fen, offered.suggested_fen) == (line.id, DEPOSIT, DEPOSIT)
    desk.do("confirm_receipt", receipt_id=receipt.id)
    issued = desk.clock.now()
    desk.clock.advance(timedelta(hours=1))
    desk.do("reverse_receipt", receipt_id=receipt.id, reason="bounced")
    assert allocations_of(desk.session, receipt.id) == ()
    (before,) = allocations_of(desk.session, receipt.id, until=issued)
    assert (before.receivable_id, before.amount_fen) == (line.id, DEPOSIT)
