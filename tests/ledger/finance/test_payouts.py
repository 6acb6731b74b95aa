"""Refunds and compensation by request: reserved, approved with their very content, paid once."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from kernel.actor import SYSTEM
from kernel.errors import Invalid
from ledger.finance.errors import (
    AlreadyDone,
    KeyReused,
    OwnAct,
    PayoutStale,
    PayoutUnapproved,
    RefundRefused,
)
from ledger.finance.facts import CompensationPaid, PayoutCancelled, RefundPaid
from ledger.finance.kinds import CompensationKind, TodoKind
from ledger.finance.models import MoneyTodo, Refund
from ledger.finance.operations import pay_compensation, pay_refund
from ledger.organisation.operations import set_parameter

from .house import DEPOSIT, TODAY


@pytest.fixture
def receipt(desk, house):
    """Credit of 1,000 fen."""
    receipt = desk.take(house.sale(), 1000)
    desk.do("confirm_receipt", receipt_id=receipt.id)
    return receipt


def ask(desk, receipt, fen=400, **more):
    return desk.do(
        "ask_refund", **{"key": "ask", "receipt_id": receipt.id, "amount_fen": fen, "reason": "overpaid", **more}
    )


def approve(desk, refund, *approvers, approved_hash=None):
    return desk.do(
        "approve_refund",
        refund_id=refund.id,
        approved_hash=approved_hash or refund.content_hash,
        approvers=approvers or ("manager",),
        reference="case 1",
    )


def test_money_that_is_asked_for_is_reserved_and_paid_only_once_it_is_approved(session, desk, receipt):
    refund = ask(desk, receipt)
    assert (refund.payee, refund.payee_reason, refund.needs_approval) == ("Lin Wan", None, True)
    with pytest.raises(RefundRefused, match="refund_above_credit"):
        ask(desk, receipt, 601, key="more")
    assert session.scalars(select(MoneyTodo).where(MoneyTodo.kind == TodoKind.REFUND)).all() == []
    with pytest.raises(PayoutUnapproved):
        desk.do("pay_refund", refund_id=refund.id, paid_on=TODAY)
    for _ in range(2):
        approve(desk, refund)
    (todo,) = session.scalars(select(MoneyTodo).where(MoneyTodo.kind == TodoKind.REFUND)).all()
    assert todo.refund_id == refund.id
    with pytest.raises(OwnAct):
        desk.do("pay_refund", refund_id=refund.id, paid_on=TODAY)
    for _ in range(2):
        pay_refund(session, SYSTEM, desk.clock, refund_id=refund.id, paid_on=TODAY)
    assert len(desk.facts(RefundPaid)) == 1


def test_the_database_itself_pays_nothing_that_is_not_approved(session, desk, receipt):
    refund = ask(desk, receipt)
    paid = text(
        "INSERT INTO refund_event (id, refund_id, kind, on_date, at, \"by\") SELECT 'x', id, 'paid', '2026-03-02',"
        " requested_at, requested_by FROM refund WHERE id = :id"
    )
    with pytest.raises(DBAPIError, match="payout_unapproved"):
        session.execute(paid, {"id": refund.id})


def test_an_approval_holds_for_its_content_alone(desk, receipt):
    first = ask(desk, receipt)
    desk.do("cancel_refund", refund_id=first.id, reason="another amount")
    second = ask(desk, receipt, 500, key="second")
    with pytest.raises(PayoutStale):
        approve(desk, second, approved_hash=first.content_hash)
    with pytest.raises(AlreadyDone):
        approve(desk, first)
    assert [fact.payout_id for fact in desk.facts(PayoutCancelled)] == [first.id]


def test_whoever_asks_does_not_approve_and_nobody_approves_twice(desk, receipt):
    refund = ask(desk, receipt)
    for approvers in ((desk.actor.id,), ("manager", "manager")):
        with pytest.raises(OwnAct):
            approve(desk, refund, *approvers)


def test_another_payee_needs_a_reason_and_the_banks_money_has_none(desk, house, receipt):
    with pytest.raises(Invalid) as refusal:
        ask(desk, receipt, payee="Zhou Min")
    assert refusal.value.field == "payee_reason"
    other = ask(desk, receipt, payee="Zhou  Min", payee_reason="daughter, by power of attorney")
    assert (other.payee, other.payee_reason) == ("Zhou Min", "daughter, by power of attorney")
    loan = desk.take(house.sale(), 1000, method="bank_loan", payer="Bank of the River")
    desk.do("confirm_receipt", receipt_id=loan.id)
    with pytest.raises(RefundRefused, match="refund_bank_to_bank"):
        ask(desk, loan, key="bank", payee="Lin Wan", payee_reason="the buyer asks")


def test_asking_twice_is_once(session, desk, receipt):
    assert ask(desk, receipt).id == ask(desk, receipt).id
    assert len(session.scalars(select(Refund)).all()) == 1
    with pytest.raises(KeyReused):
        ask(desk, receipt, 401)


def test_money_that_has_not_arrived_is_not_refunded(desk, house):
    with pytest.raises(RefundRefused, match="refund_unconfirmed"):
        ask(desk, desk.take(house.sale(), 1000))


def test_compensation_is_approved_and_paid_as_a_refund_is_but_takes_nothing_from_a_receipt(session, desk, receipt):
    asked = {"key": "c", "sale_id": receipt.sale_id, "kind": "other", "amount_fen": 2000, "reason": "noise"}
    owed = desk.do("ask_compensation", **asked)
    assert (owed.kind, desk.do("ask_compensation", **asked).id) == (CompensationKind.OTHER, owed.id)
    with pytest.raises(PayoutUnapproved):
        desk.do("pay_compensation", compensation_id=owed.id, paid_on=TODAY)
    approval = {"compensation_id": owed.id, "approvers": ["gm"], "reference": "case 2"}
    with pytest.raises(PayoutStale):
        desk.do("approve_compensation", approved_hash="0" * 64, **approval)
    for _ in range(2):
        desk.do("approve_compensation", approved_hash=owed.content_hash, **approval)
    with pytest.raises(OwnAct):
        desk.do("pay_compensation", compensation_id=owed.id, paid_on=TODAY)
    for _ in range(2):
        pay_compensation(session, SYSTEM, desk.clock, compensation_id=owed.id, paid_on=TODAY)
    assert len(desk.facts(CompensationPaid)) == 1
    with pytest.raises(AlreadyDone):
        desk.do("cancel_compensation", compensation_id=owed.id, reason="too late")
    assert ask(desk, receipt, 1000, key="all").amount_fen == 1000


@pytest.mark.parametrize("statement", ["UPDATE compensation SET amount_fen = 1", "DELETE FROM payout_approval"])
def test_compensation_and_approvals_are_never_changed(session, desk, receipt, statement):
    asked = {"key": "c", "sale_id": receipt.sale_id, "kind": "other", "amount_fen": 2000, "reason": "noise"}
    owed = desk.do("ask_compensation", **asked)
    approval = {"approved_hash": owed.content_hash, "approvers": ["gm"], "reference": "case 2"}
    desk.do("approve_compensation", compensation_id=owed.id, **approval)
    with pytest.raises(DBAPIError, match="append_only"):
        session.execute(text(statement))


def test_who_takes_money_does_not_confirm_it_where_a_second_person_is_asked_for(session, desk, house, actor_with):
    receipt = desk.take(house.sale(), DEPOSIT)
    set_parameter(
        session, SYSTEM, desk.clock, path=house.project.path, name="receipt_second_person", value=True,
        effective_from=TODAY,
    )  # fmt: skip
    with pytest.raises(OwnAct, match="receipt_own"):
        desk.do("confirm_receipt", receipt_id=receipt.id)
    desk.actor = actor_with("finance:confirm")
    assert desk.do("confirm_receipt", receipt_id=receipt.id).credit_fen == DEPOSIT
