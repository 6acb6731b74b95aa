"""Payment plans come to the total, to the fen, whatever the total."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.finance.errors import PlanInvalid
from ledger.finance.kinds import Debtor, PlanKind, ReceivableKind, ShareKind, TriggerKind
from ledger.finance.plans import PlanLine, Share, Trigger, build_lines, check_lines

SIGNED = date(2026, 3, 2)
REST = Share(ShareKind.REMAINDER)


def after(days: int) -> Trigger:
    return Trigger(TriggerKind.AFTER_SIGNING, days=days)


def part(basis_points: int, *, inclusive: bool = False, cap_fen: int | None = None) -> Share:
    return Share(ShareKind.BASIS_POINTS, basis_points, inclusive, cap_fen)


LOAN = (
    PlanLine(ReceivableKind.DOWN_PAYMENT, REST, after(7)),
    PlanLine(ReceivableKind.LOAN, part(7000), after(60)),
)
COMBINED = (
    PlanLine(ReceivableKind.DOWN_PAYMENT, REST, after(7)),
    PlanLine(ReceivableKind.FUND, part(7000, cap_fen=600_000_00), after(60)),
    PlanLine(ReceivableKind.LOAN, part(7000, inclusive=True), after(60)),
)
INSTALMENTS = (
    PlanLine(ReceivableKind.DOWN_PAYMENT, part(3000), after(7)),
    PlanLine(ReceivableKind.INSTALMENT, part(3333), after(90)),
    PlanLine(ReceivableKind.INSTALMENT, REST, Trigger(TriggerKind.MILESTONE, milestone="topped_out")),
)


def test_a_loan_is_rounded_down_to_ten_thousand_and_the_down_payment_takes_the_rest():
    down, loan = build_lines(LOAN, 1_236_789_00, signed_on=SIGNED)
    assert (loan.amount_fen, down.amount_fen) == (860_000_00, 376_789_00)
    assert (loan.debtor, down.debtor) == (Debtor.BANK, Debtor.BUYER)


def test_the_down_payment_includes_the_deposit_already_paid():
    down, loan = build_lines(LOAN, 1_236_789_00, deposit_fen=50_000_00, signed_on=SIGNED)
    assert (loan.amount_fen, down.amount_fen) == (860_000_00, 326_789_00)
    assert down.due_on == date(2026, 3, 9)


def test_a_bank_lends_what_the_fund_does_not():
    down, fund, loan = build_lines(COMBINED, 1_236_789_00, signed_on=SIGNED)
    assert (fund.amount_fen, loan.amount_fen, down.amount_fen) == (600_000_00, 260_000_00, 376_789_00)
    assert fund.debtor is Debtor.FUND_CENTRE


def test_a_milestone_has_no_date_until_it_is_reached():
    *_, last = build_lines(INSTALMENTS, 1_000_000_01, signed_on=SIGNED)
    assert last.due_on is None
    assert last.amount_fen == 1_000_000_01 - 300_000_00 - 333_300_00


def test_a_large_deposit_leaves_less_to_borrow():
    lines = build_lines(LOAN, 65_000_00, deposit_fen=50_000_00, signed_on=SIGNED)
    assert [(line.kind, line.amount_fen) for line in lines] == [
        (ReceivableKind.DOWN_PAYMENT, 5_000_00),
        (ReceivableKind.LOAN, 10_000_00),
    ]


@pytest.mark.parametrize(
    "plan", [LOAN, COMBINED, INSTALMENTS, (PlanLine(ReceivableKind.DOWN_PAYMENT, REST, after(7)),)]
)
@settings(derandomize=True, max_examples=150)
@given(data=st.data())
def test_lines_and_deposit_sum_to_the_total_to_the_fen(plan, data):
    total = data.draw(st.integers(0, 10**12))
    deposit = data.draw(st.integers(0, total))
    lines = build_lines(plan, total, deposit_fen=deposit, signed_on=SIGNED)
    assert deposit + sum(line.amount_fen for line in lines) == total
    assert all(line.amount_fen > 0 for line in lines)


shares = st.one_of(
    st.builds(Share, st.just(ShareKind.BASIS_POINTS), st.integers(1, 10_000)),
    st.builds(Share, st.just(ShareKind.FIXED), st.integers(1, 10**11)),
)
kinds = st.sampled_from(
    [ReceivableKind.DOWN_PAYMENT, ReceivableKind.INSTALMENT, ReceivableKind.LOAN, ReceivableKind.FUND]
)


@settings(derandomize=True, max_examples=150)
@given(
    others=st.lists(st.tuples(kinds, shares), max_size=8), total=st.integers(0, 10**12), place=st.integers(0, 8)
)
def test_any_lines_with_a_remainder_sum_to_the_total(others, total, place):
    lines = [PlanLine(kind, share, after(1)) for kind, share in others]
    lines.insert(place, PlanLine(ReceivableKind.INSTALMENT, REST, after(1)))
    built = build_lines(lines, total, deposit_fen=total // 20, signed_on=SIGNED)
    assert total // 20 + sum(line.amount_fen for line in built) == total


def test_a_deposit_above_the_total_is_refused():
    with pytest.raises(PlanInvalid) as refusal:
        build_lines(LOAN, 100, deposit_fen=101, signed_on=SIGNED)
    assert refusal.value.field == "deposit_fen"


@pytest.mark.parametrize(
    ("kind", "lines", "code", "field"),
    [
        (PlanKind.LOAN, (), "plan_without_lines", "lines"),
        (PlanKind.LOAN, LOAN[:1], "plan_without_loan", "lines"),
        (PlanKind.LOAN, LOAN[1:], "plan_needs_one_remainder", "lines"),
        (PlanKind.LUMP, LOAN, "plan_line_kind", "lines.1.kind"),
        (PlanKind.LUMP, (LOAN[0], *INSTALMENTS[:1]), "plan_lump_has_one_line", "lines"),
        (PlanKind.INSTALMENTS, (LOAN[0], LOAN[0]), "plan_needs_one_remainder", "lines"),
        (
            PlanKind.LOAN,
            (LOAN[0], PlanLine(ReceivableKind.LOAN, REST, after(1))),
            "plan_needs_one_remainder",
            "lines",
        ),
        (
            PlanKind.INSTALMENTS,
            (LOAN[0], PlanLine(ReceivableKind.INSTALMENT, part(10_001), after(1))),
            "plan_basis_points",
            "lines.1.share",
        ),
        (
            PlanKind.INSTALMENTS,
            (LOAN[0], *(PlanLine(ReceivableKind.INSTALMENT, part(6000), after(1)) for _ in range(2))),
            "plan_shares_above_whole",
            "lines",
        ),
        (
            PlanKind.INSTALMENTS,
            (PlanLine(ReceivableKind.INSTALMENT, REST, Trigger(TriggerKind.ON_DATE)),),
            "plan_date_missing",
            "lines.0.trigger",
        ),
        (
            PlanKind.INSTALMENTS,
            (PlanLine(ReceivableKind.INSTALMENT, REST, Trigger(TriggerKind.MILESTONE)),),
            "plan_milestone_missing",
            "lines.0.trigger",
        ),
    ],
)
def test_lines_that_make_no_plan_are_refused_by_line(kind, lines, code, field):
    with pytest.raises(PlanInvalid) as refusal:
        check_lines(kind, lines)
    assert (refusal.value.code, refusal.value.field) == (code, field)


def test_the_usual_plans_are_accepted():
    check_lines(PlanKind.LOAN, LOAN)
    check_lines(PlanKind.COMBINED, COMBINED)
    check_lines(PlanKind.INSTALMENTS, INSTALMENTS)
