"""The house of finance with a bank account, and a bank that writes its statements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import MovedClock
from ledger.banking import operations as banking
from ledger.banking.errors import StatementRefused
from ledger.banking.importing import ImportOutcome
from ledger.banking.models import BankAccount, BankStatement, LineStanding, StatementLine
from tests.ledger.banking.bank import NUMBER, Bank
from tests.ledger.finance.conftest import Desk, desk, house
from tests.ledger.finance.house import House

__all__ = ["Desk", "desk", "house"]


@dataclass
class Counter:
    """Where statements are brought."""

    session: Session
    actor: Actor
    clock: MovedClock
    account: BankAccount

    def bring(
        self, content: bytes, name: str = "statement.csv", columns: Mapping[str, str] | None = None
    ) -> ImportOutcome:
        """Take a file in."""
        return banking.import_statement(
            self.session, self.actor, self.clock, account_id=self.account.id, content=content, file_name=name,
            columns=columns,
        )  # fmt: skip

    def refused(self, content: bytes, name: str = "statement.csv") -> list[tuple[int | None, str | None, str]]:
        """Why a file is refused: line, column, code; and nothing of it is there."""
        before = self.count()
        with pytest.raises(StatementRefused) as refusal:
            self.bring(content, name)
        assert self.count() == before
        return [(one.row, one.column and str(one.column), one.code) for one in refusal.value.problems]

    def lines(self) -> list[StatementLine]:
        """All lines by serial number."""
        return list(self.session.scalars(select(StatementLine).order_by(StatementLine.serial)))

    def count(self) -> tuple[int, int, int]:
        """How many statements, lines and standings there are."""
        models = (BankStatement, StatementLine, LineStanding)
        return tuple(len(self.session.scalars(select(model)).all()) for model in models)  # type: ignore[return-value]


@pytest.fixture
def counter(session: Session, admin: Actor, clock: MovedClock, house: House) -> Counter:
    """The supervised account of the project."""
    account = banking.open_bank_account(
        session, admin, clock, project_id=house.project.id, name="监管账户", number=NUMBER, account="supervised"
    )
    return Counter(session, admin, clock, account)


@pytest.fixture
def bank() -> Bank:
    """The bank with an empty account."""
    return Bank()
