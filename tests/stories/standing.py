"""What stands of a sale, all in one value: whatever comes to nothing must leave it as it was, to the fen."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.api import TaskFilter
from ledger.changes.models import ChangeApproval, ChangeOrder
from ledger.changes.money import price_lines
from ledger.changes.supplement_models import Supplement
from ledger.finance.journal import balance
from ledger.finance.kinds import Account, TodoState
from ledger.finance.models import JournalEntry, MoneyTodo
from ledger.inventory.models import Unit
from ledger.messages.models import Message
from ledger.sales.models import Sale, SaleBuyer
from ledger.sales.stage_models import Contract, Filing
from tests.stories.company import Case, Company


@dataclass(frozen=True)
class Standing:
    """A sale with its papers, buyers, receivables and to-dos, the homes of the company and its books."""

    sale: tuple[object, ...]
    buyers: tuple[tuple[object, ...], ...]
    papers: tuple[object, ...]
    lines: tuple[tuple[tuple[str, object], ...], ...]
    todos: tuple[tuple[str, int], ...]
    homes: tuple[str, ...]
    books: tuple[tuple[str, int], ...]


def standing(company: Company, sale_id: str) -> Standing:
    """How a sale stands now."""

    def look(s: Session) -> Standing:
        sale = s.get_one(Sale, sale_id)
        buyers = select(SaleBuyer.customer_id, SaleBuyer.share_numerator, SaleBuyer.share_denominator)
        todos = select(MoneyTodo.kind, MoneyTodo.amount_fen).where(MoneyTodo.state == TodoState.OPEN)
        contracts = select(Contract.state, Contract.total_fen, Contract.terms_version)
        return Standing(
            sale=(sale.stage, sale.state, sale.unit_id, sale.plan_id, sale.deal_price_fen, sale.terms_version),
            buyers=tuple(
                tuple(row)
                for row in s.execute(
                    buyers.where(SaleBuyer.sale_id == sale_id, SaleBuyer.version == sale.terms_version)
                )
            ),
            papers=(
                *(tuple(row) for row in s.execute(contracts.where(Contract.sale_id == sale_id))),
                s.scalar(select(Filing.state).where(Filing.sale_id == sale_id)),
                s.scalar(select(func.count()).select_from(Supplement)),
            ),
            lines=tuple(tuple(sorted(line.items())) for line in price_lines(s, sale_id)),
            todos=tuple(sorted((str(kind), fen) for kind, fen in s.execute(todos))),
            homes=tuple(s.scalars(select(Unit.status).order_by(Unit.unit_no))),
            books=tuple((account.value, fen) for account in Account if (fen := balance(s, account))),
        )

    assert company.read(lambda s: s.scalar(select(func.sum(JournalEntry.amount_fen)))) in (0, None)
    return company.read(look)


def found_by(company: Company, name: str, case: Case) -> dict[str, str | None]:
    """The acts of a case that somebody finds in his inbox, with whose they are."""
    actor = company.actor(name)
    wanted = TaskFilter(box="work", instance_id=case.id)
    rows = company.read(lambda s: company.engine(s, actor).find_tasks(wanted)).rows
    return {row.element_id: row.assignee for row in rows}


def told(company: Company, template: str) -> set[str]:
    """To whom a note was written, by the names of the stories."""
    names = {id_: name for name, id_ in [*company.people.items(), *company.customers.items()]}
    query = select(Message.recipient_id).where(Message.template == template)
    return {names.get(one, one) for one in company.read(lambda s: s.scalars(query).all())}


def approvals(company: Company, order: ChangeOrder) -> int:
    """How many approvals the order has, of any content."""
    query = select(func.count()).select_from(ChangeApproval).where(ChangeApproval.order_id == order.id)
    return company.read(lambda s: s.scalar(query)) or 0
