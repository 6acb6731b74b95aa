"""The database itself refuses an unbalanced, a reopened or a changed transaction."""

from __future__ import annotations

import re
from datetime import date

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError

from kernel.ids import new_id
from ledger.finance.journal import Entry, Party, Place, balance, post, received
from ledger.finance.kinds import Account
from ledger.finance.models import JournalEntry

PLACE = Place(new_id(), "/keyturn/yunxi/")
DAY = date(2026, 3, 2)
BUYER = Party(new_id())


def book(session, admin, clock, entries):
    return post(
        session,
        admin,
        clock,
        place=PLACE,
        kind="test",
        booked_on=DAY,
        subject=("receipt", new_id()),
        entries=entries,
    )


def refused(code):
    return pytest.raises(DBAPIError, match=re.escape(code))


def test_a_balance_is_the_sum_of_its_entries(session, admin, clock):
    book(session, admin, clock, received(Account.SUPERVISED, 500, BUYER))
    book(session, admin, clock, received(Account.SUPERVISED, -200, BUYER))
    assert balance(session, Account.SUPERVISED, sale_id=BUYER.sale_id) == 300
    assert balance(session, Account.CREDIT, sale_id=BUYER.sale_id, path="/keyturn/", until=DAY) == -300
    assert balance(session, Account.CREDIT, path="/other/") == 0
    assert balance(session, Account.CREDIT, until=date(2026, 3, 1)) == 0


def test_an_unbalanced_transaction_is_refused(session, admin, clock):
    with refused("journal_unbalanced"):
        book(session, admin, clock, [Entry(Account.CREDIT, -1, BUYER), Entry(Account.GENERAL, 2, BUYER)])


def test_a_transaction_without_entries_is_refused(session, admin, clock):
    with refused("journal_unbalanced"):
        book(session, admin, clock, [Entry(Account.CREDIT, -1, BUYER)])


def test_a_closed_transaction_takes_no_entry(session, admin, clock):
    transaction = book(session, admin, clock, received(Account.GENERAL, 5, BUYER))
    with refused("journal_closed"):
        session.execute(
            insert(JournalEntry).values(id=new_id(), transaction_id=transaction, account="general", amount_fen=1)
        )


@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
@pytest.mark.parametrize("table", ["journal_entry", "journal_transaction"])
def test_entries_are_never_changed(session, admin, clock, statement, table):
    book(session, admin, clock, received(Account.GENERAL, 5, BUYER))
    with refused(f"append_only:{table}"):
        session.execute(text(statement.format(table)))


def test_entries_without_their_transaction_cannot_be_committed(session):
    session.execute(
        insert(JournalEntry).values(id=new_id(), transaction_id=new_id(), account="general", amount_fen=1)
    )
    with pytest.raises(DBAPIError, match=r"(?i)foreign key"):
        session.commit()
