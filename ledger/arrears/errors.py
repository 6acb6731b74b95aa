"""What chasing arrears refuses, by field. No names of people in parameters."""

from __future__ import annotations

from kernel.errors import Invalid, Missing, Stale


class CaseMissing(Missing):
    """No such arrears case within the actor's scope."""

    code = "arrears_case_missing"


class ProposalMissing(Missing):
    """No such proposal within the actor's scope."""

    code = "arrears_proposal_missing"


class RunMissing(Missing):
    """No such run within the actor's scope."""

    code = "arrears_run_missing"


class CaseClosed(Stale):
    """The case is closed: the money is there or the sale is over."""

    code = "arrears_case_closed"


class CaseSuspended(Stale):
    """A promise or a block holds the case already; wait for its day or lift it first."""

    code = "arrears_case_suspended"


class ProposalDecided(Stale):
    """The proposal was sent or withdrawn already."""

    code = "arrears_proposal_decided"


class AlreadyEnded(Stale):
    """It was ended already: a dispute decided, a block lifted, a delivery proved."""

    code = "arrears_already_ended"


class TooEarly(Invalid):
    """The level may not be sent before its earliest day."""

    code = "arrears_too_early"


class NothingOpen(Stale):
    """Everything the proposal was about is paid or contested."""

    code = "arrears_nothing_open"


class ArrearsInvalid(Invalid):
    """What was entered does not fit: a day in the past, an amount above what is open, a reason that is missing."""

    code = "arrears_invalid"


class BankLinesWait(Stale):
    """Bank lines wait to be matched; match them first, or let the parameter only warn."""

    code = "arrears_bank_lines_wait"


class CaseUnheard(Stale):
    """The process of the case does not listen: it is suspended, halted by an incident, or was moved by hand."""

    code = "arrears_case_unheard"
