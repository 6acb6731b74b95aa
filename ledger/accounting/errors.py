"""What the books refuse, by field. Days in parameters are ISO dates, amounts fen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kernel.errors import Invalid, Missing, NotAllowed, Stale


class PeriodLocked(Invalid):
    """The day lies in a locked period (锁账); give an open day, or have the period opened again."""

    code = "period_locked"


class PeriodInvalid(Invalid):
    """The books cannot be closed, locked or opened up to that day; the code says why."""

    code = "period_invalid"


class CountMissing(Invalid):
    """Cash of the days to be closed is not counted, or its count is not signed; count and sign it first."""

    code = "cash_count_missing"


class CountInvalid(Invalid):
    """A cash count is incomplete: pieces that are no number, or a difference without a reason."""

    code = "cash_count_invalid"


class CashCountMissing(Missing):
    """No such cash count within the actor's scope."""

    code = "cash_count_unknown"


class CountOutdated(Stale):
    """Cash moved after it was counted; count it again."""

    code = "cash_count_outdated"


class MappingInvalid(Invalid):
    """A line of the chart is half filled in or too long; the field names the account."""

    code = "mapping_invalid"


class MappingMissing(Invalid):
    """Accounts that the vouchers need have no counterpart in the company's chart; map them first."""

    code = "mapping_missing"


class VouchersRefused(Invalid):
    """No batch can be made: the days are open, or everything was handed over already."""

    code = "vouchers_refused"


class BatchMissing(Missing):
    """No such batch of vouchers within the actor's scope."""

    code = "voucher_batch_missing"


@dataclass(frozen=True)
class LineRefused:
    """A line of a file (from 1, the heading included) and why it is refused."""

    line: int
    code: str
    params: dict[str, object]


class ConfirmationsRefused(Invalid):
    """Lines of a file of confirmation numbers are wrong; nothing of it was taken in. ``lines`` tell which."""

    code = "confirmations_refused"

    def __init__(self, code: str, lines: Sequence[LineRefused] = (), **params: object) -> None:
        super().__init__(code, field="file", count=len(lines), **params)
        self.lines = tuple(lines)


class SecondPersonNeeded(NotAllowed):
    """Who counted or closed does not sign or open it again; ask a second person."""

    code = "second_person_for_books"
