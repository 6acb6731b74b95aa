"""Receiving number ranges (领用), spoiling blank forms (空白作废) and giving unused numbers back (退回)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock
from kernel.errors import Invalid
from ledger.finance.errors import DateInvalid
from ledger.finance.parties import today_at
from ledger.locking import locked
from ledger.organisation.models import Project
from ledger.papers.errors import NoNumberLeft, RangeInvalid, RangeMissing
from ledger.papers.kinds import PaperKind
from ledger.papers.models import Paper, PaperRange, PaperRangeReturn, PaperVoid
from ledger.scope import get_scoped, scoped
from ledger.staff.permissions import Permission
from ledger.staff.queries import names

MOST_NUMBERS = 100_000
MOST_SPOILED = 100
_LONGEST_PREFIX = 20
_WIDEST = 15
_LONGEST_REASON = 500


def receive_range(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    project_id: str,
    kind: PaperKind | str,
    prefix: str,
    first: str,
    last: str,
    received_on: date,
    holder_id: str | None = None,
) -> PaperRange:
    """Take a range of numbers in, written as on the papers: ``first`` "000001" to ``last`` "000100".

    Raises `RangeInvalid` and `DateInvalid` by field, `NotAllowed`.
    """
    project = get_scoped(session, actor, Project, Permission.FINANCE_VIEW, project_id)
    actor.require(Permission.PAPERS_MANAGE, project.path)
    numbers = _numbers(first, last)
    prefix = _prefix(prefix)
    if kind not in list(PaperKind):
        raise RangeInvalid("paper_kind_unknown", field="kind")
    if holder_id and not names(session, [holder_id]):
        raise RangeInvalid("range_holder_unknown", field="holder_id")
    today = today_at(session, clock, project_id)
    if received_on > today:
        raise DateInvalid("date_in_future", field="received_on", latest=today)
    received = PaperRange(
        project_id=project_id,
        path=project.path,
        kind=PaperKind(kind),
        prefix=prefix,
        width=len(first.strip()),
        first=numbers[0],
        last=numbers[1],
        holder_id=holder_id or None,
        received_on=received_on,
        at=clock.now(),
        by=actor.id,
    )
    try:
        with session.begin_nested():
            session.add(received)
    except DBAPIError as refusal:
        if "range_overlaps" in str(refusal.orig):
            raise RangeInvalid("range_overlaps", field="first") from refusal
        raise
    after = {"kind": received.kind, "from": received.label(received.first), "to": received.label(received.last)}
    audit.record(
        session, actor, clock, "papers:receive", "paper_range", received.id, path=project.path, after=after
    )
    return received


def _numbers(first: str, last: str) -> tuple[int, int]:
    for field, text in (("first", first.strip()), ("last", last.strip())):
        if not (text.isascii() and text.isdigit() and len(text) <= _WIDEST):
            raise RangeInvalid("range_number_no_digits", field=field, longest=_WIDEST)
    if len(first.strip()) != len(last.strip()):
        raise RangeInvalid("range_width_differs", field="last")
    if int(first) > int(last):
        raise RangeInvalid("range_backwards", field="last")
    if int(last) - int(first) >= MOST_NUMBERS:
        raise RangeInvalid("range_too_long", field="last", most=MOST_NUMBERS)
    return int(first), int(last)


def _prefix(text: str) -> str:
    text = text.strip()
    if len(text) > _LONGEST_PREFIX or any(not (sign.isalnum() or sign in "-/_.") for sign in text):
        raise RangeInvalid("range_prefix_wrong", field="prefix", longest=_LONGEST_PREFIX)
    return text


def lock_range(session: Session, actor: Actor, permission: str, range_id: str) -> PaperRange:
    """A range, locked until the commit; raises `RangeMissing` outside the actor's scope, `NotAllowed`."""
    query = scoped(actor, PaperRange, Permission.FINANCE_VIEW).where(PaperRange.id == range_id)
    found = session.scalars(locked(query, PaperRange)).one_or_none()
    if found is None:
        raise RangeMissing(field="range_id", id=range_id)
    actor.require(permission, found.path)
    return found


def next_number(session: Session, received: PaperRange) -> int | None:
    """The next number of a locked range, or None when none is left or the rest was given back."""
    if session.get(PaperRangeReturn, received.id) is not None:
        return None
    highest = session.scalar(select(func.max(Paper.number)).where(Paper.range_id == received.id))
    following = received.first if highest is None else highest + 1
    return following if following <= received.last else None


def return_unused(session: Session, actor: Actor, clock: Clock, *, range_id: str, reason: str) -> PaperRangeReturn:
    """Give the unused numbers of a range back; giving them back twice changes nothing.

    Raises `RangeMissing`, `RangeInvalid` when every number is used, `Invalid` without a reason.
    """
    received = lock_range(session, actor, Permission.PAPERS_MANAGE, range_id)
    if earlier := session.get(PaperRangeReturn, range_id):
        return earlier
    first, reason = next_number(session, received), required_reason(reason)
    if first is None:
        raise RangeInvalid("range_used_up", field="range_id")
    returned = PaperRangeReturn(
        range_id=range_id,
        first=first,
        reason=reason,
        on_date=today_at(session, clock, received.project_id),
        at=clock.now(),
        by=actor.id,
    )
    session.add(returned)
    session.flush()  # The rules of the database have their say.
    after = {"from": received.label(first), "to": received.label(received.last)}
    audit.record(
        session, actor, clock, "papers:return", "paper_range", range_id,
        path=received.path, after=after, reason=reason,
    )  # fmt: skip
    return returned


def spoil(
    session: Session, actor: Actor, clock: Clock, *, range_id: str, reason: str, count: int = 1
) -> list[Paper]:
    """Void the next blank forms of a range: their numbers are used and say nothing.

    Raises `RangeMissing`, `RangeInvalid` by the field ``count``, `NoNumberLeft`, `Invalid` without a reason.
    """
    received = lock_range(session, actor, Permission.PAPERS_ISSUE, range_id)
    reason = required_reason(reason)
    if not 1 <= count <= MOST_SPOILED:
        raise RangeInvalid("spoiled_count", field="count", most=MOST_SPOILED)
    first = next_number(session, received)
    if first is None or first + count - 1 > received.last:
        raise NoNumberLeft(field="count")
    today = today_at(session, clock, received.project_id)
    spoiled = []
    for number in range(first, first + count):
        paper = Paper(
            range_id=range_id,
            kind=received.kind,
            project_id=received.project_id,
            path=received.path,
            number=number,
            label=received.label(number),
            blank=True,
            amount_fen=0,
            payer="",
            home="",
            items=[],
            on_date=today,
            at=clock.now(),
            by=actor.id,
        )
        session.add(paper)
        session.flush()  # The next number follows this one.
        session.add(PaperVoid(paper_id=paper.id, reason=reason, on_date=today, at=clock.now(), by=actor.id))
        spoiled.append(paper)
    session.flush()  # The rules of the database have their say.
    after = {"from": spoiled[0].label, "to": spoiled[-1].label}
    audit.record(
        session, actor, clock, "papers:spoil", "paper_range", range_id,
        path=received.path, after=after, reason=reason,
    )  # fmt: skip
    return spoiled


def required_reason(text: str) -> str:
    """A reason in words. Raises `Invalid` by the field ``reason``."""
    text = text.strip()
    if not text or len(text) > _LONGEST_REASON:
        raise Invalid("text_missing_or_long", field="reason", longest=_LONGEST_REASON)
    return text


def open_ranges(project_id: str, kind: PaperKind) -> Select[PaperRange]:
    """The ranges of a project that still have numbers to give."""
    used = select(func.max(Paper.number)).where(Paper.range_id == PaperRange.id).correlate(PaperRange)
    given_back = select(PaperRangeReturn.range_id).where(PaperRangeReturn.range_id == PaperRange.id)
    return select(PaperRange).where(
        PaperRange.project_id == project_id,
        PaperRange.kind == kind,
        func.coalesce(used.scalar_subquery(), PaperRange.first - 1) < PaperRange.last,
        ~given_back.exists(),
    )


def keeps_ranges(session: Session, project_id: str) -> bool:
    """Whether a project acknowledges money by papers out of number ranges."""
    received = PaperRange.project_id == project_id
    return session.scalar(select(PaperRange.id).where(received).limit(1)) is not None


def usable_by(actor: Actor) -> ColumnElement[bool]:
    """Ranges that are the actor's own or the whole desk's."""
    return or_(PaperRange.holder_id.is_(None), PaperRange.holder_id == actor.id)


def take_number(
    session: Session, actor: Actor, project_id: str, kind: PaperKind, range_id: str | None
) -> tuple[PaperRange, int]:
    """The next number for the actor: of the range asked for, else of the own, else of the desk's, oldest first.

    The range stays locked until the commit. Raises `NoNumberLeft` by the field ``range_id``.
    """
    query = open_ranges(project_id, kind).where(usable_by(actor))
    if range_id:
        query = query.where(PaperRange.id == range_id)
    oldest = (PaperRange.holder_id.is_(None), PaperRange.received_on, PaperRange.id)
    for candidate in session.scalars(query.order_by(*oldest)).all():
        held = session.scalars(locked(select(PaperRange).where(PaperRange.id == candidate.id), PaperRange)).one()
        number = next_number(session, held)
        if number is not None:
            return held, number
    raise NoNumberLeft(field="range_id", kind=f"paper_kind.{kind}")
