"""Filing the contract with the authority (网签备案): submitted, returned, accepted, cancelled (FEATURES C6)."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from kernel.errors import Invalid
from kernel.facts import tell
from ledger.inventory.changes import given_reason
from ledger.organisation.parameters import FILING_DEADLINE_DAYS
from ledger.organisation.queries import parameter
from ledger.sales.acts import Act, about, require_stage
from ledger.sales.errors import DateInvalid, SaleNotReady
from ledger.sales.facts import FilingAccepted, FilingCancelled, FilingReturned, FilingSubmitted
from ledger.sales.models import Sale
from ledger.sales.stage_models import Contract, Filing
from ledger.staff.permissions import Permission

LONGEST_NO = 60


def submit_filing(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    sale_id: str,
    submitted_on: date | None = None,
    key: str | None = None,
) -> Filing:
    """Note that the contract was submitted, for the first time or again after a return.

    Raises `SaleNotReady`, `DateInvalid` (before signing, or in the future).
    """
    act = Act(session, actor, clock, key)
    if earlier := act.earlier("filing_submitted", sale_id=sale_id):
        return _filing_of(session, earlier)
    sale, filing = _lock(act, sale_id, "submit_filing", "to_file", "returned")
    contract = _contract_of(session, sale)
    submitted_on = _day(act, sale, submitted_on, "submitted_on", filing.returned_on or contract.signed_on)
    filing.state, filing.submitted_on = "submitted", submitted_on
    filing.submissions += 1
    act.note(sale, "filing_submitted", details={"on": submitted_on.isoformat(), "times": filing.submissions})
    tell(session, FilingSubmitted(*about(sale), filing_id=filing.id, submitted_on=submitted_on))
    return filing


def return_filing(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    sale_id: str,
    reason: str,
    returned_on: date | None = None,
    key: str | None = None,
) -> Filing:
    """Note that the authority returned the filing, with its reason. Raises `SaleNotReady`, `ReasonMissing`."""
    act = Act(session, actor, clock, key)
    if earlier := act.earlier("filing_returned", sale_id=sale_id):
        return _filing_of(session, earlier)
    sale, filing = _lock(act, sale_id, "return_filing", "submitted")
    reason = given_reason(reason)
    returned_on = _day(act, sale, returned_on, "returned_on", filing.submitted_on)
    filing.state, filing.returned_on, filing.returned_reason = "returned", returned_on, reason
    act.note(sale, "filing_returned", reason=reason, details={"on": returned_on.isoformat()})
    tell(session, FilingReturned(*about(sale), filing_id=filing.id, returned_on=returned_on))
    return filing


def accept_filing(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    sale_id: str,
    no: str,
    accepted_on: date | None = None,
    key: str | None = None,
) -> Filing:
    """Note that the authority accepted the filing under its number (备案号); the sale is filed.

    Raises `SaleNotReady`, `DateInvalid`, `Invalid` when the number is missing.
    """
    act = Act(session, actor, clock, key)
    if earlier := act.earlier("filing_accepted", sale_id=sale_id):
        return _filing_of(session, earlier)
    sale, filing = _lock(act, sale_id, "accept_filing", "submitted")
    no = no.strip()
    if not no or len(no) > LONGEST_NO:
        raise Invalid("filing_no_missing" if not no else "filing_no_too_long", field="no", longest=LONGEST_NO)
    accepted_on = _day(act, sale, accepted_on, "accepted_on", filing.submitted_on)
    filing.state, filing.no, filing.accepted_on = "accepted", no, accepted_on
    contract = _contract_of(session, sale)
    contract.state, sale.stage = "filed", "filed"
    details = {"no": no, "on": accepted_on.isoformat()}
    act.note(sale, "filing_accepted", before="signed", after="filed", details=details)
    tell(session, FilingAccepted(*about(sale), filing_id=filing.id, accepted_on=accepted_on, no=no))
    return filing


def cancel_filing(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    sale_id: str,
    reason: str,
    cancelled_on: date | None = None,
    key: str | None = None,
) -> Filing:
    """Note that the filing was withdrawn or cancelled by the authority, so that the sale can be closed.

    The contract is then being rescinded. Raises `SaleNotReady`, `DateInvalid`, `ReasonMissing`.
    """
    act = Act(session, actor, clock, key)
    if earlier := act.earlier("filing_cancelled", sale_id=sale_id):
        return _filing_of(session, earlier)
    sale, filing = _lock(act, sale_id, "cancel_filing", "submitted", "returned", "accepted")
    reason = given_reason(reason)
    cancelled_on = _day(act, sale, cancelled_on, "cancelled_on", filing.accepted_on or filing.submitted_on)
    filing.state, filing.cancelled_on = "cancelled", cancelled_on
    _contract_of(session, sale).state = "rescinding"
    before, sale.stage = sale.stage, "signed"
    details = {"on": cancelled_on.isoformat()}
    act.note(sale, "filing_cancelled", before=before, after="signed", reason=reason, details=details)
    tell(session, FilingCancelled(*about(sale), filing_id=filing.id))
    return filing


def _lock(act: Act, sale_id: str, what: str, *states: str) -> tuple[Sale, Filing]:
    sale, _unit = act.lock(sale_id, Permission.SALES_FILE)
    require_stage(sale, what, "signed", "filed")
    filing = _filing_of(act.session, sale)
    if filing.state not in states:
        raise SaleNotReady(
            sale_id=sale.id, no=sale.no, stage=sale.stage, act=what, filing_state=filing.state, wanted=list(states)
        )
    return sale, filing


def _filing_of(session: Session, sale: Sale) -> Filing:
    query = select(Filing).where(Filing.sale_id == sale.id).execution_options(populate_existing=True)
    return session.scalars(query).one()


def _contract_of(session: Session, sale: Sale) -> Contract:
    return session.scalars(select(Contract).where(Contract.sale_id == sale.id)).one()


def _day(act: Act, sale: Sale, given: date | None, field: str, earliest: date | None) -> date:
    """The day given, or today; never in the future nor before what it answers."""
    today = act.today(sale.project_id)
    day = given or today
    if day > today or (earliest is not None and day < earliest):
        raise DateInvalid(field=field, earliest=earliest, latest=today)
    return day


def reopen_filing(
    session: Session, actor: Actor, clock: Clock, *, sale_id: str, reason: str, key: str | None = None
) -> Filing:
    """File the contract again after its filing was cancelled for a change: it stands, with a new deadline.

    Raises `SaleNotReady` unless the filing is cancelled and the sale lives, `ReasonMissing`.
    """
    act = Act(session, actor, clock, key)
    if earlier := act.earlier("filing_reopened", sale_id=sale_id):
        return _filing_of(session, earlier)
    sale, filing = _lock(act, sale_id, "reopen_filing", "cancelled")
    reason = given_reason(reason)
    today = act.today(sale.project_id)
    filing.state = "to_file"
    filing.deadline = today + timedelta(days=parameter(session, sale.path, FILING_DEADLINE_DAYS, today))
    filing.no = filing.submitted_on = filing.accepted_on = filing.cancelled_on = None
    filing.returned_on = filing.returned_reason = None
    _contract_of(session, sale).state = "signed"
    act.note(sale, "filing_reopened", reason=reason, details={"deadline_on": filing.deadline.isoformat()})
    return filing
