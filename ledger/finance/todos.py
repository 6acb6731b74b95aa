"""Money to-dos (财务待办): opened once however often a step is retried, done by the money operation itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock
from kernel.errors import Invalid
from kernel.facts import tell
from ledger.finance.amounts import require_amount
from ledger.finance.errors import AlreadyDone, KeyReused, TodoMissing
from ledger.finance.facts import TodoDone, TodoOpened
from ledger.finance.journal import Place
from ledger.finance.kinds import Debtor, TodoKind, TodoState
from ledger.finance.models import MoneyTodo, Receivable
from ledger.locking import locked
from ledger.organisation.models import Project
from ledger.scope import scoped
from ledger.staff.permissions import Permission

_DONE_BY_HAND = (TodoKind.ISSUE_PAPER, TodoKind.VERIFY)
Completion = Callable[[Session, Actor, Clock, MoneyTodo], None]
_completions: dict[TodoKind, Completion] = {}


def completes(kind: TodoKind) -> Callable[[Completion], Completion]:
    """Register what completing a to-do of a kind does: packages above finance supply it."""

    def register(act: Completion) -> Completion:
        _completions[kind] = act
        return act

    return register


def open_todo(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    key: str,
    kind: TodoKind,
    project_id: str,
    amount_fen: int,
    due_on: date,
    path: str | None = None,
    debtor: Debtor = Debtor.BUYER,
    sale_id: str | None = None,
    customer_id: str | None = None,
    receivable_id: str | None = None,
    receipt_id: str | None = None,
    refund_id: str | None = None,
    link: str | None = None,
    note: str | None = None,
    instance_id: str | None = None,
) -> MoneyTodo:
    """Open a to-do, or return the one that was opened under ``key`` before, whatever became of it since.

    A retried step may know of money that came meanwhile, so another amount is no contradiction. Raises
    `KeyReused` when the key belongs to a to-do of another kind.
    """
    place = _place(session, project_id, path)
    actor.require(Permission.FINANCE_RECEIVE, place.path)
    require_amount(amount_fen)
    todo = MoneyTodo(
        key=key,
        kind=TodoKind(kind),
        project_id=place.project_id,
        path=place.path,
        sale_id=sale_id,
        customer_id=customer_id,
        receivable_id=receivable_id,
        receipt_id=receipt_id,
        refund_id=refund_id,
        debtor=Debtor(debtor),
        amount_fen=amount_fen,
        due_on=due_on,
        link=link,
        note=note,
        instance_id=instance_id,
        created_at=clock.now(),
    )
    return add_todo(session, actor, clock, todo)


def ask_for(
    session: Session, actor: Actor, clock: Clock, line: Receivable, *, key: str, fen: int, due_on: date, note: str
) -> MoneyTodo:
    """`add_todo` to collect ``fen`` of a receivable; ``note`` is the code of the reason."""
    todo = MoneyTodo(
        key=key,
        kind=TodoKind.COLLECT,
        project_id=line.project_id,
        path=line.path,
        sale_id=line.sale_id,
        customer_id=line.customer_id,
        receivable_id=line.id,
        debtor=line.debtor,
        amount_fen=fen,
        due_on=due_on,
        note=note,
        created_at=clock.now(),
    )
    return add_todo(session, actor, clock, todo)


def add_todo(session: Session, actor: Actor, clock: Clock, todo: MoneyTodo) -> MoneyTodo:
    """`open_todo` for the operations of finance, which have checked their own permission."""
    if existing := _add_once(session, todo):
        return existing
    after = {"kind": todo.kind, "amount_fen": todo.amount_fen, "due_on": todo.due_on.isoformat()}
    audit.record(session, actor, clock, "finance:open_todo", "money_todo", todo.id, path=todo.path, after=after)
    tell(session, TodoOpened(todo.id, todo.kind, todo.sale_id, todo.path))
    return todo


def _place(session: Session, project_id: str, path: str | None) -> Place:
    if path is None:
        path = session.scalar(select(Project.path).where(Project.id == project_id))
    if path is None:
        raise TodoMissing("project_missing", field="project_id", id=project_id)
    return Place(project_id, path)


def _add_once(session: Session, todo: MoneyTodo) -> MoneyTodo | None:
    """Add the to-do and return None, or return the one that already has its key."""
    existing = _by_key(session, todo.key)
    if existing is None:
        try:
            with session.begin_nested():
                session.add(todo)
                session.flush()  # The unique key must speak now: somebody may have been first.
        except IntegrityError:
            existing = _by_key(session, todo.key)
            if existing is None:
                raise
    if existing and existing.kind is not todo.kind:
        raise KeyReused(field="key", todo_id=existing.id)
    return existing


def _by_key(session: Session, key: str) -> MoneyTodo | None:
    return session.scalars(select(MoneyTodo).where(MoneyTodo.key == key)).one_or_none()


def get_todo(session: Session, actor: Actor, permission: str, todo_id: str) -> MoneyTodo:
    """A to-do as it stands; raises `TodoMissing` outside the actor's scope."""
    todo = session.scalars(scoped(actor, MoneyTodo, permission).where(MoneyTodo.id == todo_id)).one_or_none()
    if todo is None:
        raise TodoMissing(field="todo_id", id=todo_id)
    return todo


def lock_todo(session: Session, actor: Actor, permission: str, todo_id: str) -> MoneyTodo:
    """A to-do, locked; raises `TodoMissing` outside the actor's scope."""
    query = scoped(actor, MoneyTodo, permission).where(MoneyTodo.id == todo_id)
    todo = session.scalars(locked(query, MoneyTodo)).one_or_none()
    if todo is None:
        raise TodoMissing(field="todo_id", id=todo_id)
    return todo


def complete_todo(session: Session, actor: Actor, clock: Clock, *, todo_id: str) -> MoneyTodo:
    """Tick off a to-do that no money operation completes: a paper issued, something verified. Twice is once.

    Raises `Invalid` for the kinds that the money operation itself completes and `AlreadyDone` if it was cancelled.
    """
    todo = get_todo(session, actor, Permission.FINANCE_CONFIRM, todo_id)
    if todo.kind not in _DONE_BY_HAND:
        raise Invalid("todo_done_by_operation", field="todo_id", kind=f"todo_kind.{todo.kind}")
    if todo.state is TodoState.OPEN and (act := _completions.get(todo.kind)):
        act(session, actor, clock, todo)  # Before the to-do is locked: money is locked first.
    todo = lock_todo(session, actor, Permission.FINANCE_CONFIRM, todo_id)
    if todo.state is TodoState.CANCELLED:
        raise AlreadyDone("todo_cancelled", by=todo.closed_by, at=todo.closed_at)
    close_todo(session, actor, clock, todo)
    return todo


def cancel_todo(session: Session, actor: Actor, clock: Clock, *, todo_id: str, reason: str) -> MoneyTodo:
    """Cancel an open to-do with a reason; a cancelled one stays so. Raises `AlreadyDone` if it was completed."""
    todo = lock_todo(session, actor, Permission.FINANCE_CONFIRM, todo_id)
    if not reason.strip():
        raise Invalid("reason_missing", field="reason")
    if todo.state is TodoState.DONE:
        raise AlreadyDone("todo_done", by=todo.closed_by, at=todo.closed_at)
    void_todo(session, actor, clock, todo, reason)
    return todo


def close_todo(session: Session, actor: Actor, clock: Clock, todo: MoneyTodo) -> None:
    """Mark an open to-do as done by the operation that did it."""
    if todo.state is not TodoState.OPEN:
        return
    todo.state, todo.closed_at, todo.closed_by = TodoState.DONE, clock.now(), actor.id
    audit.record(session, actor, clock, "finance:complete_todo", "money_todo", todo.id, path=todo.path)
    tell(session, TodoDone(todo.id, todo.kind, todo.sale_id, todo.instance_id, todo.path))


def void_todo(session: Session, actor: Actor, clock: Clock, todo: MoneyTodo, reason: str) -> None:
    """Mark an open to-do as cancelled."""
    if todo.state is not TodoState.OPEN:
        return
    todo.state, todo.closed_at, todo.closed_by, todo.reason = TodoState.CANCELLED, clock.now(), actor.id, reason
    audit.record(
        session, actor, clock, "finance:cancel_todo", "money_todo", todo.id, path=todo.path, reason=reason
    )


def open_todos_of(session: Session, kind: TodoKind, **columns: str) -> list[MoneyTodo]:
    """The open to-dos of a kind about one receivable, receipt, refund or sale (by column name)."""
    query = select(MoneyTodo).where(MoneyTodo.kind == kind, MoneyTodo.state == TodoState.OPEN)
    return list(session.scalars(query.filter_by(**columns).order_by(MoneyTodo.id)))
