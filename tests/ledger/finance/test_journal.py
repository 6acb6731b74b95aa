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

DAY = date(2026, 3, 2)


@pytest.fixture
def buyer(house):
    return Party(house.sale().id)


@pytest.fixture
def book(session, admin, clock, house):
    place = Place(house.project.id, house.project.path)

    def post_today(entries):
        subject = ("receipt", new_id())
        return post(
            session, admin, clock, place=place, kind="test", booked_on=DAY, subject=subject, entries=entries
        )

    return post_today


def refused(code):
    return pytest.raises(DBAPIError, match=re.escape(code))


def test_a_balance_is_the_sum_of_its_entries(session, book, buyer):
    book(received(Account.SUPERVISED, 500, buyer))
    book(received(Account.SUPERVISED, -200, buyer))
    assert balance(session, Account.SUPERVISED, sale_id=buyer.sale_id) == 300
    assert balance(session, Account.CREDIT, sale_id=buyer.sale_id, path="/keyturn/yunxi/", until=DAY) == -300
    assert balance(session, Account.CREDIT, path="/other/") == 0
    assert balance(session, Account.CREDIT, until=date(2026, 3, 1)) == 0


def test_an_unbalanced_transaction_is_refused(session, book, buyer):
    with refused("journal_unbalanced"):
        book([Entry(Account.CREDIT, -1, buyer), Entry(Account.GENERAL, 2, buyer)])


def test_a_transaction_without_entries_is_refused(session, book, buyer):
    with refused("journal_unbalanced"):
        book([Entry(Account.CREDIT, -1, buyer)])


def test_a_closed_transaction_takes_no_entry(session, book, buyer):
    transaction = book(received(Account.GENERAL, 5, buyer))
    with refused("journal_closed"):
        session.execute(
            insert(JournalEntry).values(id=new_id(), transaction_id=transaction, account="general", amount_fen=1)
        )


@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
@pytest.mark.parametrize("table", ["journal_entry", "journal_transaction"])
def test_entries_are_never_changed(session, book, buyer, statement, table):
    book(received(Account.GENERAL, 5, buyer))
    with refused(f"append_only:{table}"):
        session.execute(text(statement.format(table)))


def test_entries_without_their_transaction_cannot_be_committed(session):
    session.execute(
        insert(JournalEntry).values(id=new_id(), transaction_id=new_id(), account="general", amount_fen=1)
    )
    with pytest.raises(DBAPIError, match=r"(?i)foreign key"):
        session.commit()
