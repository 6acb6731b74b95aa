"""Receivables are raised at subscription and signing, and always sum to the contract to the fen."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from kernel.actor import SYSTEM
from kernel.errors import Invalid, NotAllowed
from kernel.ids import new_id
from ledger.finance.errors import KeyReused, PlanMissing, PlanNotUsable, SaleClosed, SaleMissing, ScheduleInvalid
from ledger.finance.kinds import Debtor, PlanKind, ReceivableKind, ReceivableState, TodoState
from ledger.finance.models import MoneyTodo, Receivable, ReceivableSchedule
from ledger.finance.operations import Charge, approve_plan, propose_plan, retire_plan
from ledger.finance.templates import list_plans, preview_plan
from ledger.organisation.operations import set_parameter

from .house import APPROVER, DEPOSIT, DOWN, LOAN, PRICE, TODAY


def live(session, sale):
    query = select(Receivable).where(Receivable.sale_id == sale.id, Receivable.state == ReceivableState.PLANNED)
    return list(session.scalars(query.order_by(Receivable.sequence)))


def test_signing_turns_the_deposit_into_price_and_raises_the_rest(session, desk, house):
    sale = house.sale()
    desk.deposit(sale)
    desk.sign(sale)
    assert [(line.kind, line.debtor, line.amount_fen, line.due_on) for line in live(session, sale)] == [
        (ReceivableKind.DEPOSIT, Debtor.BUYER, DEPOSIT, TODAY + timedelta(days=1)),
        (ReceivableKind.DOWN_PAYMENT, Debtor.BUYER, 326_789_00, date(2026, 3, 9)),
        (ReceivableKind.LOAN, Debtor.BANK, 860_000_00, date(2026, 5, 1)),
    ]


def test_charges_for_others_stand_beside_the_price(session, desk, house):
    sale = house.sale()
    charges = [
        Charge(ReceivableKind.DEED_TAX, 18_551_84),
        Charge(ReceivableKind.MAINTENANCE_FUND, 8_000_00, due_on=date(2026, 9, 1)),
    ]
    desk.sign(sale, charges=charges)
    tax, fund = (line for line in live(session, sale) if line.class_ == "collected")
    assert (tax.due_on, tax.milestone, fund.due_on) == (None, "handed_over", date(2026, 9, 1))


def test_a_charge_that_belongs_to_the_price_is_refused(desk, house):
    with pytest.raises(Invalid, match="charge_not_collected_for_others"):
        desk.sign(house.sale(), charges=[Charge(ReceivableKind.LOAN, 5)])


def test_signing_twice_raises_once(session, desk, house):
    sale = house.sale()
    first = desk.sign(sale)
    assert desk.sign(sale).id == first.id
    assert len(live(session, sale)) == 2
    with pytest.raises(ScheduleInvalid, match="schedule_exists"):
        desk.sign(sale, template_id=house.instalments_id)


def test_a_total_that_is_not_the_contracts_is_refused(desk, house):
    with pytest.raises(ScheduleInvalid) as refusal:
        desk.sign(house.sale(), total=PRICE + 1)
    assert (refusal.value.code, refusal.value.field) == ("total_is_not_contracts", "total_fen")


def test_a_deposit_is_raised_once(desk, house):
    sale = house.sale()
    assert desk.deposit(sale).id == desk.deposit(sale).id
    with pytest.raises(KeyReused):
        desk.deposit(sale, DEPOSIT + 1)


def test_a_closed_sale_owes_nothing_new(desk, house):
    sale = house.sale()
    house.close(sale)
    with pytest.raises(SaleClosed):
        desk.deposit(sale)
    with pytest.raises(SaleClosed):
        desk.sign(sale)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO receivable SELECT 'x', sale_id, customer_id, origin, 'x', project_id, path, 9, kind, class,"
        " debtor, 5, due_on, trigger_kind, milestone, milestone_days, state, NULL, NULL, created_at, raised_on, NULL,"
        " NULL"
        " FROM receivable WHERE kind = 'loan'",
        "UPDATE receivable SET state = 'superseded' WHERE kind = 'loan'",
    ],
)
def test_after_signing_no_price_line_changes_without_a_new_seal(session, desk, house, statement):
    desk.sign(house.sale())
    with pytest.raises(DBAPIError, match="receivable_unsealed"):
        session.execute(text(statement))


@pytest.mark.parametrize(
    "change",
    ["amount_fen = amount_fen + 1", "class = 'separate'", "kind = 'fee'", "sale_id = NULL, customer_id = 'x'"],
)
def test_what_a_receivable_is_never_changes(session, desk, house, change):
    desk.deposit(house.sale())
    with pytest.raises(DBAPIError, match="receivable_fixed"):
        session.execute(text(f"UPDATE receivable SET {change}"))  # noqa: S608 - the test's own words


def test_a_receivable_is_never_deleted(session, desk, house):
    desk.deposit(house.sale())
    with pytest.raises(DBAPIError, match="receivable_fixed"):
        session.execute(text("DELETE FROM receivable"))


def test_a_schedule_whose_lines_do_not_sum_is_refused(session, desk, house, clock):
    sale = house.sale()
    desk.sign(sale)
    false_seal = ReceivableSchedule(
        sale_id=sale.id,
        number=2,
        total_fen=PRICE + 1,
        reason="test",
        path=sale.path,
        sealed_at=clock.now(),
        sealed_by=new_id(),
    )
    session.add(false_seal)
    with pytest.raises(DBAPIError, match="schedule_sum"):
        session.flush()


def test_lines_that_promise_a_seal_that_never_comes_cannot_be_committed(session, desk, house):
    desk.sign(house.sale())
    session.execute(
        text("UPDATE receivable SET state = 'superseded', superseded_in = 'never' WHERE kind = 'loan'")
    )
    with pytest.raises(DBAPIError, match=r"(?i)foreign key"):
        session.commit()


def test_another_plan_keeps_what_is_paid_and_moves_the_rest(session, desk, house):
    sale = house.sale()
    deposit = desk.deposit(sale)
    desk.pay(sale, DEPOSIT)
    desk.sign(sale)
    down = live(session, sale)[1]
    desk.pay(sale, 100_000_00)
    desk.do(
        "replan",
        sale_id=sale.id,
        template_id=house.instalments_id,
        total_fen=PRICE,
        signed_on=TODAY,
        reason="plan_change",
    )
    lines = live(session, sale)
    assert [line.kind for line in lines] == [
        ReceivableKind.DEPOSIT,
        ReceivableKind.DOWN_PAYMENT,
        ReceivableKind.INSTALMENT,
    ]
    assert lines[0].id == deposit.id
    assert lines[1].id != down.id
    assert sum(line.amount_fen for line in lines) == PRICE
    account = desk.account(sale)
    assert [line.allocated_fen for line in account.lines] == [DEPOSIT, 100_000_00, 0]
    assert account.credit_fen == 0


def test_there_is_nothing_to_plan_anew_before_signing(desk, house):
    with pytest.raises(ScheduleInvalid, match="schedule_missing"):
        desk.do(
            "replan",
            sale_id=house.sale().id,
            template_id=house.plan_id,
            total_fen=PRICE,
            signed_on=TODAY,
            reason="plan_change",
        )


def test_a_milestone_that_is_reached_lets_its_lines_fall_due(session, desk, house):
    sale = house.sale()
    desk.sign(sale, template_id=house.instalments_id)
    milestone = {"project_id": house.project.id, "milestone": "topped_out", "reached_on": TODAY}
    assert desk.do("reach_milestone", **milestone) == 1
    assert live(session, sale)[1].due_on == TODAY + timedelta(days=10)
    assert desk.do("reach_milestone", **milestone) == 0
    with pytest.raises(Invalid, match="milestone_in_future"):
        desk.do("reach_milestone", **{**milestone, "reached_on": TODAY + timedelta(days=1)})


def test_closing_the_account_frees_the_money_and_cancels_collection(session, desk, house):
    sale = house.sale()
    desk.deposit(sale)
    desk.pay(sale, DEPOSIT)
    desk.sign(sale)
    desk.collect(live(session, sale)[1])
    assert desk.do("close_account", sale_id=sale.id, reason="cancelled") == DEPOSIT
    assert live(session, sale) == []
    todos = session.scalars(select(MoneyTodo).where(MoneyTodo.kind == "collect")).all()
    assert {todo.state for todo in todos} == {TodoState.CANCELLED}
    assert desk.do("close_account", sale_id=sale.id, reason="cancelled") == DEPOSIT


def test_only_approved_plans_are_used(session, desk, house, admin, clock):
    draft = propose_plan(
        session,
        admin,
        clock,
        project_id=house.project.id,
        code="loan",
        kind=PlanKind.LOAN,
        labels={"zh": "按揭"},
        lines=(DOWN, LOAN),
    )
    assert draft.version == 2
    with pytest.raises(PlanNotUsable):
        desk.sign(house.sale(), template_id=draft.id)
    with pytest.raises(NotAllowed, match="approver_is_proposer"):
        approve_plan(session, admin, clock, template_id=draft.id)
    with pytest.raises(NotAllowed, match="approver_is_proposer"):
        approve_plan(session, replace(APPROVER, on_behalf_of=admin.id), clock, template_id=draft.id)
    approve_plan(session, APPROVER, clock, template_id=draft.id)
    assert [plan.id for plan in list_plans(session, admin, project_id=house.project.id)] == [
        draft.id,
        house.instalments_id,
    ]
    desk.sign(house.sale(), template_id=house.plan_id)  # Chosen before it was replaced.
    retire_plan(session, SYSTEM, clock, template_id=draft.id)
    assert len(list_plans(session, admin, project_id=house.project.id, usable_only=False)) == 3


def test_a_plan_of_nowhere_is_refused(desk, house):
    with pytest.raises(PlanMissing):
        desk.sign(house.sale(), template_id=new_id())


def test_a_quote_previews_the_lines(session, admin, house):
    down, loan = preview_plan(
        session, admin, template_id=house.plan_id, total_fen=PRICE, deposit_fen=DEPOSIT, signed_on=TODAY
    )
    assert (down.amount_fen, loan.amount_fen) == (326_789_00, 860_000_00)


def test_a_sale_outside_the_scope_looks_absent(session, desk, house, actor_with):
    sale = house.sale()
    desk.actor = actor_with("finance:raise", path="/keyturn/elsewhere/")
    with pytest.raises(SaleMissing):
        desk.deposit(sale)
    desk.actor = actor_with("finance:view", path="/keyturn/")
    with pytest.raises(SaleMissing):
        desk.deposit(sale)


def test_a_projects_parameters_say_what_is_collected_for_others(session, desk, house):
    for name, value in [
        ("deed_tax_basis_points", 150),
        ("maintenance_fund_fen_per_m2", 81_23),
        ("registration_fee_fen", 80_00),
    ]:
        set_parameter(
            session, SYSTEM, desk.clock, path=house.project.path, name=name, value=value, effective_from=TODAY
        )
    sale = house.sale(price=1_236_789_33)
    desk.sign(sale, total=1_236_789_33)
    collected = {line.kind: line.amount_fen for line in live(session, sale) if line.class_ == "collected"}
    assert collected == {
        ReceivableKind.DEED_TAX: 18_551_84,  # 18,551.83995
        ReceivableKind.MAINTENANCE_FUND: 8_123_00,  # 100 m²
        ReceivableKind.REGISTRATION_FEE: 80_00,
    }


def test_a_project_rounds_loans_its_own_way(session, desk, house):
    set_parameter(
        session,
        SYSTEM,
        desk.clock,
        path=house.project.path,
        name="loan_rounding_fen",
        value=1000_00,
        effective_from=TODAY,
    )
    sale = house.sale()
    desk.sign(sale)
    assert live(session, sale)[1].amount_fen == 865_000_00
