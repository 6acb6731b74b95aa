"""What the books refuse, by field. Days in parameters are ISO dates, amounts fen."""

from __future__ import annotations

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


class SecondPersonNeeded(NotAllowed):
    """Who counted or closed does not sign or open it again; ask a second person."""

    code = "second_person_for_books"
