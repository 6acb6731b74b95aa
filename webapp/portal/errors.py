"""Why a buyer's link or page cannot be used."""

from __future__ import annotations

from kernel.errors import Invalid, Missing, NotAllowed, Stale


class LinkUnknown(Missing):
    """No such link: mistyped, or from another house."""

    code = "portal_link_unknown"


class LinkUsed(Stale):
    """The link was opened already, on ``at``."""

    code = "portal_link_used"


class LinkExpired(Stale):
    """The link could be opened until ``at``."""

    code = "portal_link_expired"


class LinkReplaced(Stale):
    """A newer link was sent."""

    code = "portal_link_replaced"


class NotABuyer(NotAllowed):
    """Whoever held the link is no buyer of the sale any more."""

    code = "portal_not_a_buyer"


class VisitOver(NotAllowed):
    """There is no session, or it has ended."""

    code = "portal_visit_over"


class NoAddress(Invalid):
    """The buyer has neither phone nor e-mail."""

    code = "portal_no_address"


class AskedTooOften(Stale):
    """A buyer asks for links too often."""

    code = "portal_asked_too_often"
