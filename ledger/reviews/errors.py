"""What can be wrong with a proposed change. No error carries what a field holds."""

from __future__ import annotations

from kernel.errors import Invalid, Missing, Stale


class ReviewNeeded(Invalid):
    """The record is marked: propose the change, a second person accepts it. ``kind`` names the kind of record."""

    code = "review_needed"


class ChangeInvalid(Invalid):
    """The change cannot be proposed like this; ``field`` names what is wrong."""

    code = "change_invalid"


class ReviewerMissing(Invalid):
    """Nobody but its proposer may review the change; ``right``, ``roles`` and ``place`` say what to give whom."""

    code = "reviewer_missing"


class ChangeMissing(Missing):
    """No such change, or outside the scope."""

    code = "change_missing"


class ChangeWaits(Stale):
    """Another change of the same record waits already; ``by`` and ``at`` say whose and since when."""

    code = "change_waits"


class ChangeDecided(Stale):
    """The change was decided or withdrawn before; ``by`` and ``at`` say by whom and when."""

    code = "change_decided"


class ChangeOutdated(Stale):
    """The record is no longer as it was when the change was proposed; ``fields`` are what differs."""

    code = "change_outdated"
