"""Payment plans (付款方式) as pure arithmetic: a template's lines applied to a total, to the fen.

A line's share is basis points of the total, a fixed amount, or the remainder. Loans are rounded down to 10,000
yuan (DOMAIN §4), the remainder takes what rounding leaves. The deposit already agreed is part of the total: it
is taken off the buyer's own lines in order, so that the down payment's line is what is left of it to pay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ledger.finance.errors import PlanInvalid
from ledger.finance.kinds import Debtor, PlanKind, ReceivableKind, ShareKind, TriggerKind
from ledger.finance.loan import LOAN_STEP_FEN

WHOLE = 10_000

_DEBTOR_OF = {ReceivableKind.LOAN: Debtor.BANK, ReceivableKind.FUND: Debtor.FUND_CENTRE}
_KINDS_OF = {
    PlanKind.LUMP: {ReceivableKind.DOWN_PAYMENT, ReceivableKind.INSTALMENT},
    PlanKind.INSTALMENTS: {ReceivableKind.DOWN_PAYMENT, ReceivableKind.INSTALMENT},
    PlanKind.LOAN: {ReceivableKind.DOWN_PAYMENT, ReceivableKind.INSTALMENT, ReceivableKind.LOAN},
    PlanKind.FUND: {ReceivableKind.DOWN_PAYMENT, ReceivableKind.INSTALMENT, ReceivableKind.FUND},
    PlanKind.COMBINED: {
        ReceivableKind.DOWN_PAYMENT,
        ReceivableKind.INSTALMENT,
        ReceivableKind.LOAN,
        ReceivableKind.FUND,
    },
}
_FINANCED = {
    PlanKind.LUMP: set(),
    PlanKind.INSTALMENTS: set(),
    PlanKind.LOAN: {ReceivableKind.LOAN},
    PlanKind.FUND: {ReceivableKind.FUND},
    PlanKind.COMBINED: {ReceivableKind.LOAN, ReceivableKind.FUND},
}


@dataclass(frozen=True)
class Share:
    """How much: ``value`` is basis points or fen, and nothing for the remainder.

    ``inclusive`` lets a loan's basis points count the loans before it: 70 % less what the fund lends. ``cap_fen``
    limits what the fund centre lends.
    """

    kind: ShareKind
    value: int = 0
    inclusive: bool = False
    cap_fen: int | None = None


@dataclass(frozen=True)
class Trigger:
    """When: days after signing, a date, or days after a building milestone (工程节点) such as ``topped_out``."""

    kind: TriggerKind
    days: int = 0
    on: date | None = None
    milestone: str | None = None

    def due_on(self, signed_on: date) -> date | None:
        """The due date, or None while a milestone has not been reached."""
        if self.kind is TriggerKind.AFTER_SIGNING:
            return signed_on + timedelta(days=self.days)
        return self.on


@dataclass(frozen=True)
class PlanLine:
    """One line of a template."""

    kind: ReceivableKind
    share: Share
    trigger: Trigger

    @property
    def debtor(self) -> Debtor:
        """Who pays the line: a loan is the bank's, a fund loan the fund centre's, all else the buyer's."""
        return _DEBTOR_OF.get(self.kind, Debtor.BUYER)


@dataclass(frozen=True)
class PlannedLine:
    """One line of a plan applied to a total: fen, and the day it falls due if that is known."""

    kind: ReceivableKind
    debtor: Debtor
    amount_fen: int
    due_on: date | None
    trigger: Trigger


def check_lines(kind: PlanKind, lines: Sequence[PlanLine]) -> None:
    """Raise `PlanInvalid` naming the line that keeps these lines from being a plan of that kind."""
    if not lines:
        raise PlanInvalid("plan_without_lines", field="lines")
    for index, line in enumerate(lines):
        _check_line(kind, line, f"lines.{index}")
    remainders = [i for i, line in enumerate(lines) if line.share.kind is ShareKind.REMAINDER]
    if len(remainders) != 1:
        raise PlanInvalid("plan_needs_one_remainder", field="lines", found=len(remainders))
    if lines[remainders[0]].debtor is not Debtor.BUYER:
        raise PlanInvalid("plan_remainder_not_buyers", field=f"lines.{remainders[0]}.share")
    shares = sum(x.share.value for x in lines if x.share.kind is ShareKind.BASIS_POINTS and not x.share.inclusive)
    if shares > WHOLE:
        raise PlanInvalid("plan_shares_above_whole", field="lines", basis_points=shares)
    if kind is PlanKind.LUMP and len(lines) != 1:
        raise PlanInvalid("plan_lump_has_one_line", field="lines")
    if missing := _FINANCED[kind] - {line.kind for line in lines}:
        raise PlanInvalid("plan_without_loan", field="lines", kind=f"receivable_kind.{min(missing)}")


def _check_line(kind: PlanKind, line: PlanLine, field: str) -> None:
    if line.kind not in _KINDS_OF[kind]:
        words = {"kind": f"receivable_kind.{line.kind}", "plan": f"plan_kind.{kind}"}
        raise PlanInvalid("plan_line_kind", field=f"{field}.kind", **words)
    share, trigger = line.share, line.trigger
    if share.kind is ShareKind.BASIS_POINTS and not 0 < share.value <= WHOLE:
        raise PlanInvalid("plan_basis_points", field=f"{field}.share", value=share.value)
    if share.kind is ShareKind.FIXED and share.value <= 0:
        raise PlanInvalid("plan_fixed_amount", field=f"{field}.share", value=share.value)
    if trigger.kind is TriggerKind.ON_DATE and trigger.on is None:
        raise PlanInvalid("plan_date_missing", field=f"{field}.trigger")
    if trigger.kind is TriggerKind.MILESTONE and not trigger.milestone:
        raise PlanInvalid("plan_milestone_missing", field=f"{field}.trigger")
    if trigger.days < 0:
        raise PlanInvalid("plan_days_negative", field=f"{field}.trigger", days=trigger.days)


def build_lines(
    lines: Sequence[PlanLine],
    total_fen: int,
    *,
    deposit_fen: int = 0,
    signed_on: date,
    loan_step_fen: int = LOAN_STEP_FEN,
) -> tuple[PlannedLine, ...]:
    """The lines to pay besides the deposit; with it they sum to the total to the fen.

    Loans are rounded down to ``loan_step_fen``. Lines that come to nothing are left out. Raises `PlanInvalid` when
    the deposit is above the total.
    """
    if not 0 <= deposit_fen <= total_fen:
        raise PlanInvalid(
            "plan_deposit_above_total", field="deposit_fen", deposit_fen=deposit_fen, total_fen=total_fen
        )
    amounts = _financed(lines, total_fen, total_fen - deposit_fen, max(loan_step_fen, 1))
    _share_buyers(lines, amounts, total_fen, total_fen - sum(amounts.values()))
    _take_off(lines, amounts, deposit_fen)
    return tuple(
        PlannedLine(line.kind, line.debtor, amounts[i], line.trigger.due_on(signed_on), line.trigger)
        for i, line in enumerate(lines)
        if amounts[i]
    )


def _financed(lines: Sequence[PlanLine], total_fen: int, available: int, step_fen: int) -> dict[int, int]:
    """What bank and fund centre lend, by line: never more than the deposit leaves."""
    amounts: dict[int, int] = {}
    for index, line in enumerate(lines):
        if line.debtor is Debtor.BUYER:
            continue
        wanted = _gross(line.share, total_fen)
        if line.share.inclusive:
            wanted = max(0, wanted - sum(amounts.values()))
        if line.share.cap_fen is not None:
            wanted = min(wanted, line.share.cap_fen)
        amounts[index] = _down(min(wanted, available), step_fen)
        available -= amounts[index]
    return amounts


def _share_buyers(lines: Sequence[PlanLine], amounts: dict[int, int], total_fen: int, left: int) -> None:
    """The buyer's own lines, deposit included: stated shares first, the remainder takes the rest."""
    own = [i for i, line in enumerate(lines) if line.debtor is Debtor.BUYER]
    for index in own:
        if lines[index].share.kind is not ShareKind.REMAINDER:
            amounts[index] = min(_gross(lines[index].share, total_fen), left)
            left -= amounts[index]
    for index in own:
        if lines[index].share.kind is ShareKind.REMAINDER:
            amounts[index] = left


def _take_off(lines: Sequence[PlanLine], amounts: dict[int, int], deposit_fen: int) -> None:
    """The deposit counts towards the buyer's lines in their order."""
    for index, line in enumerate(lines):
        if line.debtor is Debtor.BUYER:
            taken = min(amounts[index], deposit_fen)
            amounts[index] -= taken
            deposit_fen -= taken


def _gross(share: Share, total_fen: int) -> int:
    return share.value if share.kind is ShareKind.FIXED else total_fen * share.value // WHOLE


def _down(fen: int, step: int) -> int:
    return fen - fen % step
