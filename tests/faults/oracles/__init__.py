"""What must hold of the company after any fault. Each oracle returns what is wrong, in words; nothing is best."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from kernel.database import is_sqlite
from tests.faults.client import Act, Diary
from tests.faults.company import House
from tests.faults.gateway import Gateway
from tests.faults.oracles import acknowledged, cases, ledger, outside


def at_rest(house: House, diary: Diary, gateway: Gateway) -> list[str]:
    """What is wrong between two faults, whatever is still under way."""
    # What is acknowledged or delivered after the snapshot began cannot be asked of it.
    known, delivered = diary.known(), gateway.keys()
    with house.snapshot() as session:
        return _always(session, house, known, gateway, delivered) + acknowledged.answers_lost(session, known)


def settled(house: House, diary: Diary, gateway: Gateway) -> list[str]:
    """What is wrong when everybody has finished and all time has passed: nothing may be left hanging."""
    # Words that were kept are forgotten after a time; what became of them is in what the relays told.
    known = [act for act in diary.known() if not act.kind.startswith("tell_relay")]
    with house.snapshot() as session:
        return [
            *_always(session, house, known, gateway, gateway.keys()),
            *cases.unfinished(session),
            *outside.undelivered(session, gateway),
            *outside.unpaired(session, gateway),
            *_damaged(session),
            *diary.faults,
        ]


def _always(session: Session, house: House, known: list[Act], gateway: Gateway, delivered: set[str]) -> list[str]:
    return [
        *acknowledged.missing_or_double(session, known),
        *ledger.unbalanced(session),
        *ledger.sold_twice(session),
        *cases.out_of_step(session, house),
        *outside.never_ordered(session, delivered),
        *(f"key {key} came with different contents" for key in gateway.contradictions),
    ]


def _damaged(session: Session) -> list[str]:
    """What SQLite itself finds wrong with its file."""
    if not is_sqlite(session):
        return []
    found = [str(row[0]) for row in session.execute(text("PRAGMA integrity_check"))]
    loose = [f"a row of {row[0]} refers to nothing" for row in session.execute(text("PRAGMA foreign_key_check"))]
    return [line for line in found if line != "ok"] + loose
