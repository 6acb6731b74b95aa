"""Queue numbers (预约排号): unique and ordered in a batch, called in order of issue or of a draw (FEATURES C1)."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Literal

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock, business_date
from kernel.errors import Missing
from ledger.inventory.models import Unit
from ledger.inventory.price_versions import MOST_FEN
from ledger.locking import locked
from ledger.organisation.models import Project
from ledger.organisation.parameters import PAY_BEFORE_PERMIT, QUEUE_FEE_FEN
from ledger.organisation.queries import get_project, list_permits, parameter
from ledger.sales.acts import Act
from ledger.sales.errors import AmountInvalid, PermitMissing, QueueBatchInvalid, QueueNotReady, QueueOrder
from ledger.sales.models import Sale
from ledger.sales.queue_models import QueueBatch, QueueNumber
from ledger.scope import require_on, visible
from ledger.staff.permissions import Permission

OrderRule = Literal["sequence", "draw"]
_LONGEST_SEED = 80


def open_queue_batch(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    project_id: str,
    code: str,
    name: str,
    fee_fen: int | None = None,
    order_rule: OrderRule = "sequence",
) -> QueueBatch:
    """Begin an issue of queue numbers; the refundable fee (诚意金) is the project's parameter unless given.

    Raises `QueueBatchInvalid` when the code is empty or taken, `AmountInvalid`, and `NotAllowed` for who issues
    numbers but does not run their batches.
    """
    project = get_project(session, actor, project_id, Permission.SALES_QUEUE)
    actor.require(Permission.SALES_RUN_QUEUE, project.path)
    today = business_date(clock, project.zone)
    fee = parameter(session, project.path, QUEUE_FEE_FEN, today) if fee_fen is None else fee_fen
    if not 0 <= fee <= MOST_FEN:
        raise AmountInvalid(field="fee_fen", amount_fen=fee)
    code = code.strip()
    taken = select(QueueBatch.id).where(QueueBatch.project_id == project.id, QueueBatch.code == code)
    if not code or session.scalar(taken) is not None:
        raise QueueBatchInvalid("queue_code_taken" if code else "queue_code_empty", field="code", given=code)
    batch = QueueBatch(
        project_id=project.id,
        path=project.path,
        code=code,
        name=name.strip() or code,
        fee_fen=fee,
        order_rule=order_rule,
        state="open",
        last_seq=0,
    )
    session.add(batch)
    session.flush()  # Numbers refer to the batch's id.
    _record(session, actor, clock, "open", batch, after={"code": code, "fee_fen": fee, "order_rule": order_rule})
    return batch


def issue_queue_number(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    batch_id: str,
    customer_id: str,
    intended_unit_ids: Sequence[str] = (),
    consultant_id: str | None = None,
    key: str | None = None,
) -> QueueNumber:
    """Give a customer the next number of an open batch, with or without units in mind.

    Raises `QueueNotReady` when the batch is called or closed, `Missing` for customer or units.
    """
    if key is not None:
        query = select(QueueNumber).where(QueueNumber.key == key)
        if earlier := session.scalars(query).one_or_none():
            return earlier
    batch = _lock_batch(session, actor, batch_id)
    _require_batch(batch, "open")
    Act(session, actor, clock).require_customers(customer_id)
    _require_units(session, batch, intended_unit_ids)
    batch.last_seq += 1
    number = QueueNumber(
        batch_id=batch.id,
        path=batch.path,
        seq=batch.last_seq,
        rank=batch.last_seq if batch.order_rule == "sequence" else None,
        customer_id=customer_id,
        owner_id=consultant_id or actor.id,
        fee_fen=batch.fee_fen,
        intended_unit_ids=list(dict.fromkeys(intended_unit_ids)),
        state="registered",
        key=key,
        issued_at=clock.now(),
    )
    session.add(number)
    session.flush()  # The caller opens a to-do for the fee under the number's id.
    _record(session, actor, clock, "issue", number, after={"seq": number.seq})
    return number


def mark_queue_fee_paid(session: Session, actor: Actor, clock: Clock, *, number_id: str) -> QueueNumber:
    """Note that finance confirmed the fee; a second time changes nothing.

    Raises `PermitMissing`: no payment of any kind before the project has a permit (DOMAIN §2), unless the
    project's parameter ``pay_before_permit`` says that its city allows it.
    """
    number, batch = _lock_number(session, actor, number_id)
    if number.paid_at is not None:
        return number
    _require_number(number, "registered")
    _check_permit(session, clock, batch)
    number.state, number.paid_at = "paid", clock.now()
    _record(session, actor, clock, "paid", number, after={"fee_fen": number.fee_fen})
    return number


def _check_permit(session: Session, clock: Clock, batch: QueueBatch) -> None:
    today = business_date(clock, session.get_one(Project, batch.project_id).zone)
    granted = any(permit.granted_on <= today for permit in list_permits(session, batch.project_id))
    if not granted and not parameter(session, batch.path, PAY_BEFORE_PERMIT, today):
        raise PermitMissing(path=batch.path)


def draw_queue(session: Session, actor: Actor, clock: Clock, *, batch_id: str, seed: str) -> list[QueueNumber]:
    """Draw the order of calling (摇号) from a published seed, once; anybody can draw it again and compare.

    The numbers in issue order are shuffled by Python's Mersenne Twister seeded with the text. Raises
    `QueueNotReady` when the batch is not for drawing or drawn already, `QueueBatchInvalid` without a seed,
    `NotAllowed` as `open_queue_batch`.
    """
    batch = _lock_batch(session, actor, batch_id)
    actor.require(Permission.SALES_RUN_QUEUE, batch.path)
    seed = seed.strip()[:_LONGEST_SEED]
    if not seed:
        raise QueueBatchInvalid("queue_seed_missing", field="seed")
    if batch.order_rule != "draw" or batch.drawn_at is not None or batch.state != "open":
        raise QueueNotReady("queue_not_for_drawing", batch_id=batch.id, state=batch.state)
    numbers = list(
        session.scalars(select(QueueNumber).where(QueueNumber.batch_id == batch.id).order_by(QueueNumber.seq))
    )
    random.Random(seed).shuffle(numbers)  # noqa: S311 - a seeded, repeatable draw is what is asked for
    for rank, number in enumerate(numbers, 1):
        number.rank = rank
    batch.draw_seed, batch.drawn_at, batch.state = seed, clock.now(), "calling"
    order = [number.seq for number in numbers]
    _record(session, actor, clock, "draw", batch, after={"seed": batch.draw_seed, "order": order})
    return numbers


def call_queue_number(session: Session, actor: Actor, clock: Clock, *, number_id: str) -> QueueNumber:
    """Call a number to pick its unit; only the first that waits may be called.

    Waiting are paid numbers, and registered ones where there is no fee. The first call ends the issue. Raises
    `QueueOrder` (whose turn it is), `QueueNotReady`.
    """
    number, batch = _lock_number(session, actor, number_id)
    if number.state == "called":
        return number
    if batch.state == "closed" or (batch.order_rule == "draw" and batch.drawn_at is None):
        code = "queue_closed" if batch.state == "closed" else "queue_not_drawn"
        raise QueueNotReady(code, batch_id=batch.id, state=batch.state)
    _require_number(number, *_waiting_states(batch))
    first = session.scalars(waiting_numbers(batch).limit(1)).first()
    if first is not None and first.id != number.id:
        raise QueueOrder(number_id=number.id, seq=number.seq, next_seq=first.seq)
    number.state, number.called_at, batch.state = "called", clock.now(), "calling"
    _record(session, actor, clock, "call", number, after={"seq": number.seq})
    return number


def waiting_numbers(batch: QueueBatch) -> Select[QueueNumber]:
    """The numbers that may still be called, in order."""
    return (
        select(QueueNumber)
        .where(QueueNumber.batch_id == batch.id, QueueNumber.state.in_(_waiting_states(batch)))
        .order_by(QueueNumber.rank)
    )


def pass_queue_number(session: Session, actor: Actor, clock: Clock, *, number_id: str) -> QueueNumber:
    """The bearer was called and did not pick; the number has had its turn (过号), its fee can be refunded."""
    return _close(session, actor, clock, number_id, "passed", "called")


def refund_queue_number(session: Session, actor: Actor, clock: Clock, *, number_id: str) -> QueueNumber:
    """Close a number whose fee is given back; finance pays it."""
    return _close(session, actor, clock, number_id, "refunded", "paid", "called", "passed")


def void_queue_number(session: Session, actor: Actor, clock: Clock, *, number_id: str) -> QueueNumber:
    """Close a number for which nothing was paid."""
    return _close(session, actor, clock, number_id, "void", "registered")


def close_queue_batch(session: Session, actor: Actor, clock: Clock, *, batch_id: str) -> QueueBatch:
    """End a batch: nothing more is issued or called; open numbers are refunded or voided one by one.

    Raises `NotAllowed` as `open_queue_batch`.
    """
    batch = _lock_batch(session, actor, batch_id)
    actor.require(Permission.SALES_RUN_QUEUE, batch.path)
    if batch.state != "closed":
        before, batch.state = batch.state, "closed"
        _record(session, actor, clock, "close", batch, after={"before": before})
    return batch


def convert_queue_number(act: Act, *, number_id: str, sale: Sale) -> QueueNumber:
    """Close a called number with the sale its bearer opened. Raises `QueueNotReady` for another's number."""
    number, batch = _lock_number(act.session, act.actor, number_id)
    if batch.project_id != sale.project_id:
        raise QueueNotReady("queue_of_another_project", number_id=number.id)
    if number.customer_id != sale.customer_id:
        raise QueueNotReady("queue_number_of_another", number_id=number.id, seq=number.seq)
    _require_number(number, "called")
    number.state, number.sale_id, number.closed_at = "converted", sale.id, act.clock.now()
    sale.queue_number_id = number.id
    _record(act.session, act.actor, act.clock, "convert", number, after={"sale_id": sale.id})
    return number


def _close(session: Session, actor: Actor, clock: Clock, number_id: str, state: str, *before: str) -> QueueNumber:
    number, _batch = _lock_number(session, actor, number_id)
    if number.state == state:
        return number
    _require_number(number, *before)
    number.state, number.closed_at = state, clock.now()
    _record(session, actor, clock, state, number, after={"seq": number.seq})
    return number


def _waiting_states(batch: QueueBatch) -> tuple[str, ...]:
    return ("registered", "paid") if batch.fee_fen == 0 else ("paid",)


def _require_batch(batch: QueueBatch, *states: str) -> None:
    if batch.state not in states:
        raise QueueNotReady(batch_id=batch.id, state=batch.state, wanted=list(states))


def _require_number(number: QueueNumber, *states: str) -> None:
    if number.state not in states:
        raise QueueNotReady(number_id=number.id, seq=number.seq, state=number.state, wanted=list(states))


def _lock_batch(session: Session, actor: Actor, batch_id: str) -> QueueBatch:
    query = select(QueueBatch).where(QueueBatch.id == batch_id, visible(actor, QueueBatch, Permission.SALES_QUEUE))
    batch = session.scalars(locked(query, QueueBatch)).one_or_none()
    if batch is None:
        raise Missing("queue_batch_missing", field="batch_id", batch_id=batch_id)
    return batch


def _lock_number(session: Session, actor: Actor, number_id: str) -> tuple[QueueNumber, QueueBatch]:
    """The number behind its locked batch: acts on one batch wait for each other, so the order holds."""
    batch_id = session.scalar(select(QueueNumber.batch_id).where(QueueNumber.id == number_id))
    if batch_id is None:
        raise Missing("queue_number_missing", field="number_id", number_id=number_id)
    batch = _lock_batch(session, actor, batch_id)
    query = select(QueueNumber).where(QueueNumber.id == number_id).execution_options(populate_existing=True)
    number = session.scalars(query).one()
    require_on(actor, Permission.SALES_QUEUE, path=number.path, owner_id=number.owner_id)
    return number, batch


def _require_units(session: Session, batch: QueueBatch, unit_ids: Sequence[str]) -> None:
    count = select(func.count()).where(Unit.id.in_(unit_ids), Unit.project_id == batch.project_id)
    if unit_ids and session.scalar(count) != len(set(unit_ids)):
        raise Missing("unit_missing", field="intended_unit_ids")


def _record(
    session: Session,
    actor: Actor,
    clock: Clock,
    act: str,
    row: QueueBatch | QueueNumber,
    *,
    after: dict[str, object],
) -> None:
    audit.record(session, actor, clock, f"queue:{act}", row.__tablename__, row.id, path=row.path, after=after)
