"""What titles refuse, by field. No names of people in parameters."""

from __future__ import annotations

from kernel.errors import Invalid, Missing, Stale


class TitleCaseMissing(Missing):
    """No such title case within the actor's scope."""

    code = "title_case_missing"


class TitleStale(Stale):
    """The case stands elsewhere by now."""

    code = "title_case_stale"


class TitleInvalid(Invalid):
    """What was entered does not fit: a day to come, a number that is taken, a paper that is missing."""

    code = "title_invalid"
