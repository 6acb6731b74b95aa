"""Bank accounts (银行账户) of projects and the saved meaning of their files' columns."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock
from ledger.banking.errors import BankAccountInvalid, BankAccountMissing
from ledger.banking.headings import Columns
from ledger.banking.kinds import Column
from ledger.banking.models import BankAccount
from ledger.banking.values import masked
from ledger.finance.kinds import MONEY_ACCOUNTS
from ledger.locking import locked
from ledger.organisation.queries import get_project
from ledger.scope import scoped
from ledger.staff.permissions import Permission

_FEWEST_DIGITS = 8


def open_bank_account(
    session: Session, actor: Actor, clock: Clock, *, project_id: str, name: str, number: str, account: str
) -> BankAccount:
    """Make a bank account known whose statements will come; only its masked number is kept.

    ``account`` is the ledger account that its money is in. Raises `BankAccountInvalid` by field.
    """
    project = get_project(session, actor, project_id, Permission.BANKING_IMPORT)
    if not name.strip() or len(name.strip()) > 80:
        raise BankAccountInvalid("text_missing_or_long", field="name", longest=80)
    digits = [sign for sign in number if sign.isdigit() or sign == "*"]
    if not _FEWEST_DIGITS <= len(digits) <= 40:
        raise BankAccountInvalid("bank_account_number", field="number")
    if account not in MONEY_ACCOUNTS:
        raise BankAccountInvalid("account_holds_no_money", field="account")
    row = BankAccount(
        project_id=project.id,
        path=project.path,
        name=name.strip(),
        number=masked("".join(digits)),
        account=str(account),
        columns={},
        created_at=clock.now(),
        created_by=actor.id,
    )
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()  # The unique name must speak at its field.
    except IntegrityError as clash:
        raise BankAccountInvalid("bank_account_name_taken", field="name") from clash
    after = {"name": row.name, "number": row.number, "account": row.account}
    audit.record(session, actor, clock, "banking:open_account", "bank_account", row.id, path=row.path, after=after)
    return row


def get_bank_account(
    session: Session, actor: Actor, account_id: str, permission: str = Permission.BANKING_MATCH
) -> BankAccount:
    """A bank account; raises `BankAccountMissing` outside the actor's scope."""
    query = scoped(actor, BankAccount, permission).where(BankAccount.id == account_id)
    return _found(session.scalars(query).one_or_none(), account_id)


def lock_bank_account(session: Session, actor: Actor, account_id: str) -> BankAccount:
    """A bank account, locked so that two files for it go in one after the other."""
    query = scoped(actor, BankAccount, Permission.BANKING_IMPORT).where(BankAccount.id == account_id)
    return _found(session.scalars(locked(query, BankAccount)).one_or_none(), account_id)


def _found(row: BankAccount | None, account_id: str) -> BankAccount:
    if row is None:
        raise BankAccountMissing(field="account_id", id=account_id)
    return row


def list_bank_accounts(
    session: Session, actor: Actor, permission: str = Permission.BANKING_MATCH
) -> list[BankAccount]:
    """The bank accounts of the actor's projects, by project and name."""
    query = scoped(actor, BankAccount, permission).order_by(BankAccount.path, BankAccount.name)
    return list(session.scalars(query))


def saved_columns(account: BankAccount, changes: Mapping[str, str] | None = None) -> Columns:
    """The saved mapping of an account with changes put over it; words that are no column are left out."""
    known = {str(column) for column in Column}
    both = {**account.columns, **(changes or {})}
    return {Column(name): heading for name, heading in both.items() if name in known and heading}


def save_columns(session: Session, actor: Actor, clock: Clock, account: BankAccount, columns: Columns) -> None:
    """Remember what the columns of this account's files mean."""
    chosen = {str(column): heading for column, heading in columns.items()}
    if chosen == account.columns:
        return
    before, account.columns = account.columns, chosen
    audit.record(
        session, actor, clock, "banking:map_columns", "bank_account", account.id, path=account.path,
        before=before, after=chosen,
    )  # fmt: skip
