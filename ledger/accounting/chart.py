"""Our accounts in a company's chart (科目对照): set at a node, inherited below, gaps named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock
from ledger.accounting.errors import MappingInvalid
from ledger.accounting.voucher_models import AccountMapping
from ledger.finance.kinds import Account
from ledger.organisation.queries import get_node_by_id
from ledger.scope import paths_above
from ledger.staff.permissions import Permission

_LONGEST_CODE = 40
_LONGEST_NAME = 100


@dataclass(frozen=True)
class Mapped:
    """An account of a company's chart, and the node that says so."""

    code: str
    name: str
    path: str


def chart_at(session: Session, path: str) -> dict[Account, Mapped]:
    """What each of our accounts is at a node: the nearest node at or above it that says so. Gaps are left out."""
    rows = session.scalars(select(AccountMapping).where(AccountMapping.path.in_(paths_above(path))))
    found: dict[Account, Mapped] = {}
    for row in sorted(rows, key=lambda row: len(row.path)):
        found[Account(row.account)] = Mapped(row.code, row.name, row.path)
    return found


def gaps(chart: Mapping[Account, Mapped]) -> list[Account]:
    """Our accounts that a chart says nothing about."""
    return [account for account in Account if account not in chart]


def set_chart(
    session: Session, actor: Actor, clock: Clock, *, node_id: str, values: Mapping[Account, tuple[str, str]]
) -> int:
    """Say at a node what our accounts are; an empty code and name gives the inheritance back.

    Returns how many accounts changed. Raises `NodeMissing`, `NotAllowed`, `MappingInvalid` by ``code-<account>``
    and ``name-<account>``.
    """
    node = get_node_by_id(session, node_id)
    actor.require(Permission.ACCOUNTING_EXPORT, node.path)
    wanted = {account: _checked(account, *texts) for account, texts in values.items()}
    query = select(AccountMapping).where(AccountMapping.node_id == node_id).with_for_update()
    present = {Account(row.account): row for row in session.scalars(query)}
    changed = {}
    for account, texts in wanted.items():
        row = present.get(account)
        before = (row.code, row.name) if row else None
        if texts == before:
            continue
        changed[account.value] = texts[0] if texts else None
        if row is not None and texts is None:
            session.delete(row)
        elif row is not None and texts is not None:
            row.code, row.name = texts
            row.at, row.by = clock.now(), actor.id
        elif texts is not None:
            row = AccountMapping(node_id=node_id, path=node.path, account=account.value)
            row.code, row.name, row.at, row.by = *texts, clock.now(), actor.id
            session.add(row)
    if changed:
        session.flush()  # What is exported next in this transaction asks for it.
        audit.record(
            session, actor, clock, "accounting:map", "org_node", node_id, path=node.path, after=dict(changed)
        )
    return len(changed)


def _checked(account: Account, code: str, name: str) -> tuple[str, str] | None:
    code, name = code.strip(), name.strip()
    if not code and not name:
        return None
    if not code or len(code) > _LONGEST_CODE or any(sign.isspace() for sign in code):
        raise MappingInvalid("mapping_code_wrong", field=f"code-{account}", longest=_LONGEST_CODE)
    if not name or len(name) > _LONGEST_NAME:
        raise MappingInvalid("mapping_name_wrong", field=f"name-{account}", longest=_LONGEST_NAME)
    return code, name
