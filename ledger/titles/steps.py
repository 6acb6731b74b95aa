"""The steps of a title case (办证): papers, tax and fund, submission, the registry's answer, hand-out.

The registry's answers come from the desk; each act is noted with its day and tells whoever waits for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from kernel.facts import tell
from ledger.finance.kinds import Debtor, ReceivableState
from ledger.finance.models import Receivable
from ledger.finance.parties import today_at
from ledger.staff.permissions import Permission
from ledger.titles.errors import TitleInvalid
from ledger.titles.facts import TitleIssued, TitleReturned, TitleSubmitted
from ledger.titles.kinds import PAPERS, HandedTo, TitleEventKind, TitleState
from ledger.titles.models import TitleCase
from ledger.titles.moving import lock_case, move, require_day, require_state


def keep_papers(session: Session, actor: Actor, clock: Clock, *, case_id: str, papers: Iterable[str]) -> TitleCase:
    """The papers that are there. Raises `TitleInvalid` while one of the checklist is missing, `TitleStale`."""
    case = lock_case(session, actor, case_id, Permission.TITLES_WORK)
    require_state(case, TitleState.REGISTERED, TitleState.PAPERS)
    given = [code for code in PAPERS if code in set(papers)]
    if missing := [code for code in PAPERS if code not in given]:
        raise TitleInvalid(
            "title_papers_missing", field="papers", missing=[f"title_paper.{one}" for one in missing]
        )
    case.papers = given
    today = today_at(session, clock, case.project_id)
    move(session, actor, clock, case, TitleState.PAPERS, TitleEventKind.PAPERS, today)
    return case


def note_paid(session: Session, actor: Actor, clock: Clock, *, case_id: str) -> TitleCase:
    """Tax and fund are paid: the case can be submitted."""
    case = lock_case(session, actor, case_id, Permission.TITLES_WORK)
    if case.state is TitleState.PAPERS:
        today = today_at(session, clock, case.project_id)
        move(session, actor, clock, case, TitleState.PAID, TitleEventKind.PAID, today)
    return case


def submit_case(
    session: Session, actor: Actor, clock: Clock, *, case_id: str, submitted_on: date, number: str
) -> TitleCase:
    """The papers were handed to the registry (递件). Raises `TitleStale`, `TitleInvalid` for a day to come."""
    case = lock_case(session, actor, case_id, Permission.TITLES_WORK)
    if case.state is TitleState.SUBMITTED:
        return case
    require_state(case, TitleState.PAID)
    require_day(session, clock, case, submitted_on, "submitted_on")
    case.submitted_on, case.submission_no, case.returned_reason = submitted_on, _words(number, "number", 60), None
    details = {"number": case.submission_no}
    move(session, actor, clock, case, TitleState.SUBMITTED, TitleEventKind.SUBMITTED, submitted_on, **details)
    tell(session, TitleSubmitted(case.sale_id, case.id, case.path))
    return case


def return_case(session: Session, actor: Actor, clock: Clock, *, case_id: str, on: date, reason: str) -> TitleCase:
    """The registry sent the papers back (退件): they are collected anew."""
    case = lock_case(session, actor, case_id, Permission.TITLES_WORK)
    require_state(case, TitleState.SUBMITTED)
    require_day(session, clock, case, on, "returned_on", earliest=case.submitted_on)
    case.returned_reason, case.papers = _words(reason, "reason", 500), []
    details = {"reason": case.returned_reason}
    move(session, actor, clock, case, TitleState.REGISTERED, TitleEventKind.RETURNED, on, **details)
    tell(session, TitleReturned(case.sale_id, case.id, case.path, reason=case.returned_reason))
    return case


def issue_case(
    session: Session, actor: Actor, clock: Clock, *, case_id: str, number: str, issued_on: date
) -> TitleCase:
    """The certificate was issued under its number. Raises `TitleInvalid` when another case has the number."""
    case = lock_case(session, actor, case_id, Permission.TITLES_WORK)
    require_state(case, TitleState.SUBMITTED)
    require_day(session, clock, case, issued_on, "issued_on", earliest=case.submitted_on)
    number = _words(number, "certificate_no", 60)
    taken = select(TitleCase.id).where(
        TitleCase.project_id == case.project_id, TitleCase.certificate_no == number, TitleCase.id != case.id
    )
    if session.scalar(taken.limit(1)) is not None:
        raise TitleInvalid("title_number_taken", field="certificate_no", number=number)
    case.certificate_no, case.issued_on = number, issued_on
    move(session, actor, clock, case, TitleState.ISSUED, TitleEventKind.ISSUED, issued_on, number=number)
    tell(session, TitleIssued(case.sale_id, case.id, case.path))
    return case


def hand_out(
    session: Session, actor: Actor, clock: Clock, *, case_id: str, handed_on: date, to: HandedTo | str
) -> TitleCase:
    """The certificate was handed out, to the bank only where the price is paid with a loan."""
    case = lock_case(session, actor, case_id, Permission.TITLES_WORK)
    require_state(case, TitleState.ISSUED)
    require_day(session, clock, case, handed_on, "handed_on", earliest=case.issued_on)
    to = HandedTo(to)
    if to is HandedTo.BANK and not is_mortgaged(session, case.sale_id):
        raise TitleInvalid("title_not_mortgaged", field="handed_to")
    case.handed_on, case.handed_to, case.closed_at = handed_on, to, clock.now()
    move(session, actor, clock, case, TitleState.HANDED_OVER, TitleEventKind.HANDED_OVER, handed_on, to=to)
    return case


def is_mortgaged(session: Session, sale_id: str) -> bool:
    """Whether a loan stands in the sale's price."""
    query = select(Receivable.id).where(
        Receivable.sale_id == sale_id,
        Receivable.debtor != Debtor.BUYER,
        Receivable.state == ReceivableState.PLANNED,
    )
    return session.scalar(query.limit(1)) is not None


def _words(text: str, field: str, longest: int) -> str:
    words = " ".join(text.split())
    if not words or len(words) > longest:
        raise TitleInvalid("title_words", field=field, longest=longest)
    return words
