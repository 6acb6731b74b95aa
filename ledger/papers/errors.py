"""What papers in number ranges refuse, by field."""

from __future__ import annotations

from kernel.errors import Invalid, Missing, Stale


class RangeInvalid(Invalid):
    """A number range (号段) is no range, or overlaps one that is there; the field says what to correct."""

    code = "range_invalid"


class RangeMissing(Missing):
    """No such number range within the actor's scope."""

    code = "range_missing"


class NoNumberLeft(Invalid):
    """No range that the person may use has a number left; receive a new one."""

    code = "no_number_left"


class PaperRefused(Invalid):
    """The paper cannot be issued, exchanged or voided that way."""

    code = "paper_refused"


class PaperMissing(Missing):
    """No such paper within the actor's scope."""

    code = "paper_missing"


class PaperTaken(Stale):
    """Somebody else issued, voided or exchanged it first."""

    code = "paper_taken"
