"""Title cases (办证): opened, moved step by step, returned, begun anew after a change, withdrawn with the sale.

The registry's answers come from the desk; each act is noted with its day and tells whoever waits for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock
from kernel.facts import tell
from ledger.finance.kinds import Debtor, ReceivableState
from ledger.finance.models import Receivable
from ledger.finance.parties import lock_sale_row, today_at
from ledger.inventory.models import Unit
from ledger.locking import locked
from ledger.sales.models import Sale
from ledger.sales.stage_models import Contract
from ledger.scope import scoped
from ledger.staff.permissions import Permission
from ledger.titles.clocks import statutory_day
from ledger.titles.errors import TitleCaseMissing, TitleInvalid, TitleStale
from ledger.titles.facts import TitleClockSet, TitleIssued, TitleReturned, TitleSubmitted
from ledger.titles.kinds import CLOSED, PAPERS, HandedTo, TitleEventKind, TitleState
from ledger.titles.models import BuildingTitle, TitleCase, TitleEvent


def open_case(session: Session, actor: Actor, clock: Clock, *, sale_id: str, instance_id: str) -> TitleCase:
    """Open the case of a contracted sale; one that is open already is returned as it is.

    Raises `TitleInvalid` for a sale without a live contract.
    """
    lock_sale_row(session, sale_id)
    found = case_of(session, sale_id)
    if found is not None:
        return found
    sale = session.get_one(Sale, sale_id)
    actor.require(Permission.TITLE_START, sale.path)
    contract = session.scalars(select(Contract).where(Contract.sale_id == sale_id)).one_or_none()
    if contract is None or sale.state != "live":
        raise TitleInvalid("title_no_contract", field="sale_id")
    today = today_at(session, clock, sale.project_id)
    building_id = session.get_one(Unit, sale.unit_id).building_id
    registered = title_of(session, building_id)
    case = TitleCase(
        sale_id=sale.id,
        building_id=building_id,
        project_id=sale.project_id,
        path=sale.path,
        owner_id=sale.owner_id,
        state=TitleState.REGISTERED if registered else TitleState.MEASURED,
        since=today,
        papers=[],
        instance_id=instance_id,
        opened_at=clock.now(),
    )
    _set_clock(session, case, contract, registered)
    session.add(case)
    session.flush()  # One live case of a sale: the rule must speak now, and events refer to the id.
    _note(session, actor, clock, case, TitleEventKind.OPENED, today)
    return case


def _set_clock(session: Session, case: TitleCase, contract: Contract, registered: BuildingTitle | None) -> None:
    case.due_rule, case.due_on = statutory_day(
        contract.clauses,
        signed_on=contract.signed_on,
        delivered_on=case.delivered_on,
        registered_before_signing=registered is not None and registered.registered_on <= contract.signed_on,
    )


def set_delivered(
    session: Session, actor: Actor, clock: Clock, *, sale_id: str, delivered_on: date
) -> TitleCase | None:
    """The home was handed over: the statutory clock of a presale runs from that day. None without a case."""
    case = case_of(session, sale_id)
    if case is None or case.state in CLOSED or case.delivered_on == delivered_on:
        return case
    contract = session.scalars(select(Contract).where(Contract.sale_id == sale_id)).one()
    case.delivered_on, before = delivered_on, case.due_on
    _set_clock(session, case, contract, title_of(session, case.building_id))
    if case.due_on is not None and case.due_on != before:
        _note(session, actor, clock, case, TitleEventKind.CLOCK, delivered_on, due_on=case.due_on.isoformat())
        tell(session, TitleClockSet(case.sale_id, case.id, case.path, due_on=case.due_on))
    return case


def note_registered(session: Session, actor: Actor, clock: Clock, *, case_id: str) -> TitleCase:
    """The building has its first registration: papers can be collected."""
    case = lock_case(session, actor, case_id, Permission.TITLE_START)
    registered = title_of(session, case.building_id)
    if case.state is TitleState.MEASURED and registered is not None:
        _move(
            session, actor, clock, case, TitleState.REGISTERED, TitleEventKind.REGISTERED, registered.registered_on
        )
    return case


def keep_papers(session: Session, actor: Actor, clock: Clock, *, case_id: str, papers: Iterable[str]) -> TitleCase:
    """The papers that are there. Raises `TitleInvalid` while one of the checklist is missing, `TitleStale`."""
    case = lock_case(session, actor, case_id, Permission.TITLES_WORK)
    _require(case, TitleState.REGISTERED, TitleState.PAPERS)
    given = [code for code in PAPERS if code in set(papers)]
    if missing := [code for code in PAPERS if code not in given]:
        raise TitleInvalid(
            "title_papers_missing", field="papers", missing=[f"title_paper.{one}" for one in missing]
        )
    case.papers = given
    today = today_at(session, clock, case.project_id)
    _move(session, actor, clock, case, TitleState.PAPERS, TitleEventKind.PAPERS, today)
    return case


def note_paid(session: Session, actor: Actor, clock: Clock, *, case_id: str) -> TitleCase:
    """Tax and fund are paid: the case can be submitted."""
    case = lock_case(session, actor, case_id, Permission.TITLES_WORK)
    if case.state is TitleState.PAPERS:
        today = today_at(session, clock, case.project_id)
        _move(session, actor, clock, case, TitleState.PAID, TitleEventKind.PAID, today)
    return case


def submit_case(
    session: Session, actor: Actor, clock: Clock, *, case_id: str, submitted_on: date, number: str
) -> TitleCase:
    """The papers were handed to the registry (递件). Raises `TitleStale`, `TitleInvalid` for a day to come."""
    case = lock_case(session, actor, case_id, Permission.TITLES_WORK)
    if case.state is TitleState.SUBMITTED:
        return case
    _require(case, TitleState.PAID)
    _require_day(session, clock, case, submitted_on, "submitted_on")
    case.submitted_on, case.submission_no, case.returned_reason = submitted_on, _words(number, "number", 60), None
    details = {"number": case.submission_no}
    _move(session, actor, clock, case, TitleState.SUBMITTED, TitleEventKind.SUBMITTED, submitted_on, **details)
    tell(session, TitleSubmitted(case.sale_id, case.id, case.path))
    return case


def return_case(session: Session, actor: Actor, clock: Clock, *, case_id: str, on: date, reason: str) -> TitleCase:
    """The registry sent the papers back (退件): they are collected anew."""
    case = lock_case(session, actor, case_id, Permission.TITLES_WORK)
    _require(case, TitleState.SUBMITTED)
    _require_day(session, clock, case, on, "returned_on", earliest=case.submitted_on)
    case.returned_reason, case.papers = _words(reason, "reason", 500), []
    details = {"reason": case.returned_reason}
    _move(session, actor, clock, case, TitleState.REGISTERED, TitleEventKind.RETURNED, on, **details)
    tell(session, TitleReturned(case.sale_id, case.id, case.path, reason=case.returned_reason))
    return case


def issue_case(
    session: Session, actor: Actor, clock: Clock, *, case_id: str, number: str, issued_on: date
) -> TitleCase:
    """The certificate was issued under its number. Raises `TitleInvalid` when another case has the number."""
    case = lock_case(session, actor, case_id, Permission.TITLES_WORK)
    _require(case, TitleState.SUBMITTED)
    _require_day(session, clock, case, issued_on, "issued_on", earliest=case.submitted_on)
    number = _words(number, "certificate_no", 60)
    taken = select(TitleCase.id).where(
        TitleCase.project_id == case.project_id, TitleCase.certificate_no == number, TitleCase.id != case.id
    )
    if session.scalar(taken.limit(1)) is not None:
        raise TitleInvalid("title_number_taken", field="certificate_no", number=number)
    case.certificate_no, case.issued_on = number, issued_on
    _move(session, actor, clock, case, TitleState.ISSUED, TitleEventKind.ISSUED, issued_on, number=number)
    tell(session, TitleIssued(case.sale_id, case.id, case.path))
    return case


def hand_out(
    session: Session, actor: Actor, clock: Clock, *, case_id: str, handed_on: date, to: HandedTo | str
) -> TitleCase:
    """The certificate was handed out, to the bank only where the price is paid with a loan."""
    case = lock_case(session, actor, case_id, Permission.TITLES_WORK)
    _require(case, TitleState.ISSUED)
    _require_day(session, clock, case, handed_on, "handed_on", earliest=case.issued_on)
    to = HandedTo(to)
    if to is HandedTo.BANK and not is_mortgaged(session, case.sale_id):
        raise TitleInvalid("title_not_mortgaged", field="handed_to")
    case.handed_on, case.handed_to, case.closed_at = handed_on, to, clock.now()
    _move(session, actor, clock, case, TitleState.HANDED_OVER, TitleEventKind.HANDED_OVER, handed_on, to=to)
    return case


def begin_anew(session: Session, actor: Actor, clock: Clock, *, case_id: str) -> TitleCase:
    """A change of the sale was executed: papers are collected anew for what is so now; what is issued stays."""
    case = lock_case(session, actor, case_id, Permission.TITLE_START)
    if case.state in (TitleState.PAPERS, TitleState.PAID, TitleState.SUBMITTED):
        case.papers, case.submission_no = [], None
        today = today_at(session, clock, case.project_id)
        _move(session, actor, clock, case, TitleState.REGISTERED, TitleEventKind.BEGUN_ANEW, today)
    return case


def withdraw_case(session: Session, actor: Actor, clock: Clock, *, case_id: str, reason: str) -> TitleCase:
    """The sale is over, or its process is: the case is void. Twice is once."""
    case = lock_case(session, actor, case_id, Permission.TITLE_START)
    if case.state not in CLOSED:
        case.closed_at, today = clock.now(), today_at(session, clock, case.project_id)
        details = {"reason": reason[:200]}
        _move(session, actor, clock, case, TitleState.WITHDRAWN, TitleEventKind.WITHDRAWN, today, **details)
    return case


def note_late(session: Session, actor: Actor, clock: Clock, *, case_id: str) -> bool:
    """Note that the statutory day is over without a certificate; False while it is not, or once it was noted."""
    case = lock_case(session, actor, case_id, Permission.TITLE_START)
    today = today_at(session, clock, case.project_id)
    if case.state in (*CLOSED, TitleState.ISSUED) or case.due_on is None or today <= case.due_on:
        return False
    noted = select(TitleEvent.id).where(
        TitleEvent.case_id == case.id, TitleEvent.kind == TitleEventKind.LATE, TitleEvent.on_date > case.due_on
    )
    if session.scalar(noted.limit(1)) is not None:
        return False
    _note(session, actor, clock, case, TitleEventKind.LATE, today, due_on=case.due_on.isoformat())
    return True


def case_of(session: Session, sale_id: str) -> TitleCase | None:
    """The live case of a sale, if there is one."""
    query = select(TitleCase).where(TitleCase.sale_id == sale_id, TitleCase.state != TitleState.WITHDRAWN)
    return session.scalars(query).one_or_none()


def title_of(session: Session, building_id: str) -> BuildingTitle | None:
    """The first registration of a building, if it has one."""
    return session.scalars(select(BuildingTitle).where(BuildingTitle.building_id == building_id)).one_or_none()


def is_mortgaged(session: Session, sale_id: str) -> bool:
    """Whether a loan stands in the sale's price."""
    query = select(Receivable.id).where(
        Receivable.sale_id == sale_id,
        Receivable.debtor != Debtor.BUYER,
        Receivable.state == ReceivableState.PLANNED,
    )
    return session.scalar(query.limit(1)) is not None


def lock_case(session: Session, actor: Actor, case_id: str, right: str) -> TitleCase:
    """A case that the actor may work on, locked. Raises `TitleCaseMissing`, `NotAllowed`."""
    query = scoped(actor, TitleCase, Permission.SALES_VIEW).where(TitleCase.id == case_id)
    case = session.scalars(locked(query, TitleCase)).one_or_none()
    if case is None:
        raise TitleCaseMissing(id=case_id)
    actor.require(right, case.path)
    return case


def _require(case: TitleCase, *states: TitleState) -> None:
    if case.state not in states:
        raise TitleStale(state=f"title.{case.state}")


def _require_day(
    session: Session, clock: Clock, case: TitleCase, day: date, field: str, *, earliest: date | None = None
) -> None:
    latest = today_at(session, clock, case.project_id)
    if day > latest or (earliest is not None and day < earliest):
        raise TitleInvalid("title_day", field=field, earliest=earliest, latest=latest)


def _words(text: str, field: str, longest: int) -> str:
    words = " ".join(text.split())
    if not words or len(words) > longest:
        raise TitleInvalid("title_words", field=field, longest=longest)
    return words


def _move(
    session: Session,
    actor: Actor,
    clock: Clock,
    case: TitleCase,
    state: TitleState,
    kind: TitleEventKind,
    on: date,
    **details: object,
) -> None:
    case.state, case.since = state, on
    _note(session, actor, clock, case, kind, on, **details)


def _note(
    session: Session,
    actor: Actor,
    clock: Clock,
    case: TitleCase,
    kind: TitleEventKind,
    on: date,
    **details: object,
) -> None:
    event = TitleEvent(case_id=case.id, kind=kind, on_date=on, details=details, at=clock.now(), by=actor.id)
    session.add(event)
    session.flush()  # The state's own rules must speak with the event.
    audit.record(session, actor, clock, f"title:{kind}", "title_case", case.id, path=case.path, after=details)
