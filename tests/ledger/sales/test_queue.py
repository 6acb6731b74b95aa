"""Queue numbers are unique and ordered, called in their turn, closed by a sale or a refund."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from kernel.actor import SYSTEM, Actor
from kernel.clock import MovedClock, business_date
from kernel.errors import Missing, NotAllowed
from ledger.customers.models import Customer
from ledger.inventory.models import Unit
from ledger.organisation import operations as organisation
from ledger.organisation.models import Project
from ledger.organisation.parameters import OPENING_MODE
from ledger.sales.errors import AmountInvalid, PermitMissing, QueueBatchInvalid, QueueNotReady, QueueOrder
from ledger.sales.operations import (
    call_queue_number,
    close_queue_batch,
    draw_queue,
    issue_queue_number,
    mark_queue_fee_paid,
    open_queue_batch,
    open_sale,
    pass_queue_number,
    refund_queue_number,
    void_queue_number,
)
from ledger.sales.queries import find_queue_batches, list_queue_numbers
from ledger.sales.queue_models import QueueBatch, QueueNumber

FEE = 1_000_000


@pytest.fixture
def issue(
    session: Session, admin: Actor, clock: MovedClock, customer: Callable[[str], Customer]
) -> Callable[..., list[QueueNumber]]:
    def make(batch: QueueBatch, count: int, *, paid: bool = True) -> list[QueueNumber]:
        numbers = []
        for n in range(count):
            number = issue_queue_number(
                session, admin, clock, batch_id=batch.id, customer_id=customer(f"客户{n}").id
            )
            if paid:
                mark_queue_fee_paid(session, admin, clock, number_id=number.id)
            numbers.append(number)
        return numbers

    return make


def begin(session: Session, admin: Actor, clock: MovedClock, project: Project, **more: object) -> QueueBatch:
    given = {"code": "A", "name": "Opening", "fee_fen": FEE}
    return open_queue_batch(session, admin, clock, project_id=project.id, **(given | more))  # type: ignore[arg-type]


def test_numbers_are_called_in_order_and_become_sales(
    session: Session, admin: Actor, clock: MovedClock, project: Project, units: list[Unit],
    issue: Callable[..., list[QueueNumber]],
) -> None:  # fmt: skip
    batch = begin(session, admin, clock, project)
    first, second, third = issue(batch, 3)
    assert [n.seq for n in (first, second, third)] == [1, 2, 3]
    with pytest.raises(QueueOrder) as refusal:
        call_queue_number(session, admin, clock, number_id=second.id)
    assert refusal.value.params["next_seq"] == 1
    call_queue_number(session, admin, clock, number_id=first.id)
    sale = open_sale(
        session, admin, clock, unit_id=units[0].id, customer_id=first.customer_id, queue_number_id=first.id
    )
    assert (first.state, first.sale_id, sale.entry) == ("converted", sale.id, "queue")
    call_queue_number(session, admin, clock, number_id=second.id)
    pass_queue_number(session, admin, clock, number_id=second.id)
    refund_queue_number(session, admin, clock, number_id=second.id)
    call_queue_number(session, admin, clock, number_id=third.id)
    assert [n.state for n, _ in list_queue_numbers(session, admin, batch.id)] == [
        "converted",
        "refunded",
        "called",
    ]


def test_an_unpaid_number_is_not_waited_for(
    session: Session, admin: Actor, clock: MovedClock, project: Project, issue: Callable[..., list[QueueNumber]]
) -> None:
    batch = begin(session, admin, clock, project)
    unpaid, paid = issue(batch, 2, paid=False)
    mark_queue_fee_paid(session, admin, clock, number_id=paid.id)
    with pytest.raises(QueueNotReady):
        call_queue_number(session, admin, clock, number_id=unpaid.id)
    assert call_queue_number(session, admin, clock, number_id=paid.id).state == "called"
    assert void_queue_number(session, admin, clock, number_id=unpaid.id).state == "void"


def test_a_draw_gives_the_same_order_for_the_same_seed_and_only_once(
    session: Session, admin: Actor, clock: MovedClock, project: Project, issue: Callable[..., list[QueueNumber]]
) -> None:
    orders = []
    for code in ("A", "B"):
        batch = begin(session, admin, clock, project, code=code, order_rule="draw")
        numbers = issue(batch, 8)
        with pytest.raises(QueueNotReady):
            call_queue_number(session, admin, clock, number_id=numbers[0].id)
        drawn = draw_queue(session, admin, clock, batch_id=batch.id, seed="notary 2026-03-02")
        orders.append([number.seq for number in drawn])
        with pytest.raises(QueueNotReady):
            draw_queue(session, admin, clock, batch_id=batch.id, seed="another")
        session.flush()
        call_queue_number(session, admin, clock, number_id=drawn[0].id)
    assert orders[0] == orders[1] != sorted(orders[0])


def test_no_fee_is_taken_before_the_permit(
    session: Session, admin: Actor, clock: MovedClock, project: Project, customer: Callable[[str], Customer]
) -> None:
    unlicensed = organisation.create_project(session, admin, clock, code="yunxi", name="云溪花园")
    batch = begin(session, admin, clock, unlicensed)
    number = issue_queue_number(session, admin, clock, batch_id=batch.id, customer_id=customer("王芳").id)
    with pytest.raises(PermitMissing):
        mark_queue_fee_paid(session, admin, clock, number_id=number.id)
    organisation.set_parameter(
        session, SYSTEM, clock, path=unlicensed.path, name="pay_before_permit", value=True,
        effective_from=clock.now().date(),
    )  # fmt: skip
    assert mark_queue_fee_paid(session, admin, clock, number_id=number.id).state == "paid"


def test_somebody_elses_number_opens_no_sale(
    session: Session, admin: Actor, clock: MovedClock, project: Project, units: list[Unit], buyer: Customer,
    issue: Callable[..., list[QueueNumber]],
) -> None:  # fmt: skip
    (number,) = issue(begin(session, admin, clock, project), 1)
    call_queue_number(session, admin, clock, number_id=number.id)
    with pytest.raises(QueueNotReady, match="queue_number_of_another"):
        open_sale(session, admin, clock, unit_id=units[0].id, customer_id=buyer.id, queue_number_id=number.id)


def test_a_number_issued_again_with_its_key_is_the_same(
    session: Session, admin: Actor, clock: MovedClock, project: Project, units: list[Unit], buyer: Customer
) -> None:
    batch = begin(session, admin, clock, project)
    ids = {
        issue_queue_number(
            session,
            admin,
            clock,
            batch_id=batch.id,
            customer_id=buyer.id,
            intended_unit_ids=[units[0].id],
            key="k",
        ).id
        for _ in range(2)
    }
    assert (len(ids), batch.last_seq) == (1, 1)
    with pytest.raises(Missing):
        issue_queue_number(
            session, admin, clock, batch_id=batch.id, customer_id=buyer.id, intended_unit_ids=["nowhere"]
        )


def test_wrong_batches_and_strangers_are_refused(
    session: Session, admin: Actor, clock: MovedClock, project: Project, buyer: Customer,
    actor_with: Callable[..., Actor],
) -> None:  # fmt: skip
    batch = begin(session, admin, clock, project)
    with pytest.raises(QueueBatchInvalid, match="queue_code_taken"):
        begin(session, admin, clock, project)
    with pytest.raises(QueueBatchInvalid, match="queue_code_empty"):
        begin(session, admin, clock, project, code=" ")
    with pytest.raises(AmountInvalid):
        begin(session, admin, clock, project, code="C", fee_fen=-1)
    other = organisation.create_project(session, admin, clock, code="yunxi", name="云溪花园")
    stranger = actor_with("sales:queue", path=other.path)
    assert find_queue_batches(session, stranger) == []
    with pytest.raises(Missing):
        issue_queue_number(session, stranger, clock, batch_id=batch.id, customer_id=buyer.id)
    own = actor_with("sales:queue", path=project.path, own_only=True)
    with pytest.raises(Missing):
        issue_queue_number(session, own, clock, batch_id=batch.id, customer_id=buyer.id)
    mine = issue_queue_number(session, admin, clock, batch_id=batch.id, customer_id=buyer.id)
    with pytest.raises((Missing, NotAllowed)):
        void_queue_number(session, own, clock, number_id=mine.id)
    close_queue_batch(session, admin, clock, batch_id=batch.id)
    with pytest.raises(QueueNotReady):
        issue_queue_number(session, admin, clock, batch_id=batch.id, customer_id=buyer.id)


def test_on_opening_day_homes_go_to_called_numbers_alone(
    session: Session, admin: Actor, clock: MovedClock, project: Project, units: list[Unit], buyer: Customer
) -> None:
    today = business_date(clock, project.zone)
    organisation.set_parameter(
        session, SYSTEM, clock, path=project.path, name=OPENING_MODE, value="opening_day", effective_from=today
    )
    batch = open_queue_batch(session, admin, clock, project_id=project.id, code="A", name="", fee_fen=0)
    number = issue_queue_number(session, admin, clock, batch_id=batch.id, customer_id=buyer.id)
    with pytest.raises(QueueNotReady, match="opening_by_queue"):
        open_sale(session, admin, clock, unit_id=units[0].id, customer_id=buyer.id)
    call_queue_number(session, admin, clock, number_id=number.id)
    taken = open_sale(session, admin, clock, unit_id=units[0].id, customer_id=buyer.id, queue_number_id=number.id)
    assert taken.entry == "queue"
    close_queue_batch(session, admin, clock, batch_id=batch.id)
    assert open_sale(session, admin, clock, unit_id=units[1].id, customer_id=buyer.id).entry == "walk_in"


def test_who_issues_numbers_neither_opens_nor_draws_nor_closes_a_batch(
    session: Session, admin: Actor, clock: MovedClock, project: Project, actor_with: Callable[..., Actor]
) -> None:
    seller = actor_with("sales:queue", path=project.path)
    batch = begin(session, admin, clock, project, order_rule="draw")
    with pytest.raises(NotAllowed):
        open_queue_batch(session, seller, clock, project_id=project.id, code="Z", name="")
    with pytest.raises(NotAllowed):
        draw_queue(session, seller, clock, batch_id=batch.id, seed="mine first")
    with pytest.raises(NotAllowed):
        close_queue_batch(session, seller, clock, batch_id=batch.id)
