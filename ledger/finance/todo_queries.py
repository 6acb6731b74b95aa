"""The finance desk's list of money to-dos: cut, sorted and counted by the database, names added in one go."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, UnaryExpression, case, func, select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from ledger.customers.models import Customer
from ledger.finance.errors import TodoMissing
from ledger.finance.kinds import Debtor, TodoKind, TodoState
from ledger.finance.models import MoneyTodo, Receipt
from ledger.inventory.models import Building, Unit
from ledger.sales.models import Sale, SaleBuyer
from ledger.scope import scoped, visible
from ledger.staff.permissions import Permission

COUNT_CAP = 1000
"""Beyond this many, a count says only that there are more."""

Sort = Literal["due", "-due", "amount", "-amount", "created", "-created"]


@dataclass(frozen=True)
class TodoFilter:
    """What the list is cut to. Dates and amounts are inclusive; ``overdue_on`` keeps what was due before it."""

    state: TodoState | None = TodoState.OPEN
    kinds: tuple[TodoKind, ...] = ()
    project_id: str | None = None
    sale_id: str | None = None
    debtor: Debtor | None = None
    due_from: date | None = None
    due_to: date | None = None
    overdue_on: date | None = None
    amount_from: int | None = None
    amount_to: int | None = None
    search: str = ""


@dataclass(frozen=True)
class TodoRow:
    """A to-do with what a clerk wants to know: which sale, which home (房号), whose.

    ``captured_fen`` is money that was taken for a collection and waits for the bank: nobody should take it again.
    """

    id: str
    kind: TodoKind
    state: TodoState
    amount_fen: int
    due_on: date
    debtor: Debtor
    project_id: str
    path: str
    sale_id: str | None
    sale_no: str | None
    unit_label: str | None
    customer_id: str | None
    buyer_names: tuple[str, ...]
    receivable_id: str | None
    receipt_id: str | None
    refund_id: str | None
    compensation_id: str | None
    note: str | None
    link: str | None
    reason: str | None
    captured_fen: int = 0


@dataclass(frozen=True)
class TodoPage:
    """One page; ``count`` stops at the cap, and ``more`` says that there are more than that."""

    rows: tuple[TodoRow, ...] = field(default=())
    count: int = 0
    more: bool = False


def list_todos(
    session: Session,
    actor: Actor,
    where: TodoFilter,
    *,
    sort: Sort = "due",
    limit: int = 50,
    offset: int = 0,
) -> TodoPage:
    """The to-dos that the actor may see through ``finance:view``, a page at a time, in five queries."""
    query = _filtered(scoped(actor, MoneyTodo, Permission.FINANCE_VIEW), where)
    counted = session.scalar(
        select(func.count()).select_from(query.with_only_columns(MoneyTodo.id).limit(COUNT_CAP + 1).subquery())
    )
    todos = list(session.scalars(query.order_by(*_order(sort)).limit(limit).offset(offset)))
    homes = _homes(session, {todo.sale_id for todo in todos if todo.sale_id})
    names = _buyer_names(session, todos)
    captured = _captured(session, todos)
    rows = tuple(_row(todo, homes, names, captured) for todo in todos)
    return TodoPage(rows, min(counted or 0, COUNT_CAP), (counted or 0) > COUNT_CAP)


def get_todo(session: Session, actor: Actor, todo_id: str) -> TodoRow:
    """One to-do as the list shows it, whatever its state; raises `TodoMissing` outside the actor's scope."""
    query = scoped(actor, MoneyTodo, Permission.FINANCE_VIEW).where(MoneyTodo.id == todo_id)
    todo = session.scalars(query).one_or_none()
    if todo is None:
        raise TodoMissing(field="todo_id", id=todo_id)
    homes = _homes(session, [todo.sale_id] if todo.sale_id else [])
    return _row(todo, homes, _buyer_names(session, [todo]), _captured(session, [todo]))


def count_todos(session: Session, actor: Actor) -> dict[TodoKind, int]:
    """Open to-dos by kind, each up to the cap, for the desk's tabs."""
    counts = {}
    for kind in TodoKind:
        open_ones = select(MoneyTodo.id).where(
            visible(actor, MoneyTodo, Permission.FINANCE_VIEW),
            MoneyTodo.state == TodoState.OPEN,
            MoneyTodo.kind == kind,
        )
        counted = select(func.count()).select_from(open_ones.limit(COUNT_CAP).subquery())
        counts[kind] = session.scalar(counted) or 0
    return counts


def count_open(session: Session, actor: Actor, today: date) -> tuple[int, int]:
    """How many open to-dos the actor may see, and how many of them were due before ``today``; capped."""
    some = (
        select(MoneyTodo.due_on)
        .where(visible(actor, MoneyTodo, Permission.FINANCE_VIEW), MoneyTodo.state == TodoState.OPEN)
        .order_by(MoneyTodo.due_on)
        .limit(COUNT_CAP + 1)
        .subquery()
    )
    late = func.coalesce(func.sum(case((some.c.due_on < today, 1), else_=0)), 0)
    count, overdue = session.execute(select(func.count(), late).select_from(some)).one()
    return count, overdue


def _filtered(query: Select[MoneyTodo], where: TodoFilter) -> Select[MoneyTodo]:
    conditions: list[tuple[Any, Callable[[Any], ColumnElement[bool]]]] = [
        (where.state, MoneyTodo.state.__eq__),
        (where.kinds or None, MoneyTodo.kind.in_),
        (where.project_id, MoneyTodo.project_id.__eq__),
        (where.sale_id, MoneyTodo.sale_id.__eq__),
        (where.debtor, MoneyTodo.debtor.__eq__),
        (where.due_from, MoneyTodo.due_on.__ge__),
        (where.due_to, MoneyTodo.due_on.__le__),
        (where.overdue_on, MoneyTodo.due_on.__lt__),
        (where.amount_from, MoneyTodo.amount_fen.__ge__),
        (where.amount_to, MoneyTodo.amount_fen.__le__),
        (where.search.strip() or None, _about),
    ]
    return query.where(*(condition(value) for value, condition in conditions if value is not None))


def _about(words: str) -> ColumnElement[bool]:
    """Sale number, unit number or buyer's name begins with or contains the words."""
    sales = (
        select(Sale.id)
        .join(Unit, Unit.id == Sale.unit_id)
        .outerjoin(
            SaleBuyer, (SaleBuyer.sale_id == Sale.id) & (SaleBuyer.version == func.coalesce(Sale.terms_version, 1))
        )
        .outerjoin(Customer, Customer.id == func.coalesce(SaleBuyer.customer_id, Sale.customer_id))
        .where(
            Sale.no.icontains(words, autoescape=True)
            | Unit.unit_no.startswith(words, autoescape=True)
            | Customer.name.icontains(words, autoescape=True)
        )
    )
    customers = select(Customer.id).where(Customer.name.icontains(words, autoescape=True))
    return MoneyTodo.sale_id.in_(sales) | MoneyTodo.customer_id.in_(customers)


def _order(sort: Sort) -> tuple[UnaryExpression[Any], UnaryExpression[str]]:
    column = {"due": MoneyTodo.due_on, "amount": MoneyTodo.amount_fen, "created": MoneyTodo.created_at}[
        sort.removeprefix("-")
    ]
    if sort.startswith("-"):
        return (column.desc(), MoneyTodo.id.desc())
    return (column.asc(), MoneyTodo.id.asc())


def _homes(session: Session, sale_ids: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Sale number and unit label by sale."""
    query = (
        select(Sale.id, Sale.no, Building.name, Unit.unit_no)
        .join(Unit, Unit.id == Sale.unit_id)
        .join(Building, Building.id == Unit.building_id)
        .where(Sale.id.in_(list(sale_ids)))
    )
    return {sale_id: (no, f"{building}-{unit}") for sale_id, no, building, unit in session.execute(query)}


def _buyer_names(session: Session, todos: Iterable[MoneyTodo]) -> dict[str, list[str]]:
    """Names of the buyers by sale, and of the customer where there is no sale (or none has bought yet)."""
    sale_ids = {todo.sale_id for todo in todos if todo.sale_id}
    customer_ids = {todo.customer_id for todo in todos if todo.customer_id and not todo.sale_id}
    buyers = (
        select(Sale.id, SaleBuyer.position, Customer.name)
        .outerjoin(SaleBuyer, (SaleBuyer.sale_id == Sale.id) & (SaleBuyer.version == Sale.terms_version))
        .join(Customer, Customer.id == func.coalesce(SaleBuyer.customer_id, Sale.customer_id))
        .where(Sale.id.in_(sale_ids))
    )
    customers = select(Customer.id, Customer.created_at, Customer.name).where(Customer.id.in_(customer_ids))
    names: dict[str, list[str]] = defaultdict(list)
    if sale_ids:
        for owner_id, _, name in session.execute(buyers.order_by(Sale.id, SaleBuyer.position)):
            names[owner_id].append(name)
    if customer_ids:
        for owner_id, _, name in session.execute(customers):
            names[owner_id].append(name)
    return names


def _captured(session: Session, todos: Iterable[MoneyTodo]) -> dict[str, int]:
    """Fen of captured receipts that nobody has confirmed yet, by the to-do that they were taken for."""
    asked = [todo for todo in todos if todo.kind is TodoKind.COLLECT and todo.state is TodoState.OPEN]
    sale_ids = {todo.sale_id for todo in asked if todo.sale_id}
    customer_ids = {todo.customer_id for todo in asked if todo.customer_id and not todo.sale_id}
    query = (
        select(Receipt.todo_id, func.sum(Receipt.amount_fen))
        .join(MoneyTodo, MoneyTodo.receipt_id == Receipt.id)
        .where(MoneyTodo.kind == TodoKind.CONFIRM, MoneyTodo.state == TodoState.OPEN)
        .where(MoneyTodo.sale_id.in_(sale_ids) | MoneyTodo.customer_id.in_(customer_ids))
        .where(Receipt.todo_id.in_([todo.id for todo in asked]))
        .group_by(Receipt.todo_id)
    )
    return {str(todo_id): int(fen) for todo_id, fen in session.execute(query)} if asked else {}


def _row(
    todo: MoneyTodo, homes: dict[str, tuple[str, str]], names: dict[str, list[str]], captured: dict[str, int]
) -> TodoRow:
    sale_no, unit_label = homes.get(todo.sale_id or "", (None, None))
    return TodoRow(
        id=todo.id,
        kind=todo.kind,
        state=todo.state,
        amount_fen=todo.amount_fen,
        due_on=todo.due_on,
        debtor=todo.debtor,
        project_id=todo.project_id,
        path=todo.path,
        sale_id=todo.sale_id,
        sale_no=sale_no,
        unit_label=unit_label,
        customer_id=todo.customer_id,
        buyer_names=tuple(names.get(todo.sale_id or todo.customer_id or "", ())),
        receivable_id=todo.receivable_id,
        receipt_id=todo.receipt_id,
        refund_id=todo.refund_id,
        compensation_id=todo.compensation_id,
        note=todo.note,
        link=todo.link,
        reason=todo.reason,
        captured_fen=captured.get(todo.id, 0),
    )
