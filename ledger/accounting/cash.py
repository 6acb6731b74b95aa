"""Counting cash at the end of a day (日结盘点): by denomination, against what was taken, signed by a second."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock, business_date
from ledger.accounting.errors import CashCountMissing, CountInvalid, CountOutdated, SecondPersonNeeded
from ledger.accounting.models import CashCount, CashCountSignature
from ledger.accounting.periods import books_of
from ledger.finance.errors import DateInvalid
from ledger.finance.kinds import EventKind, Method
from ledger.finance.models import Receipt, ReceiptEvent
from ledger.organisation.models import Project
from ledger.scope import get_scoped, scoped
from ledger.staff.permissions import Permission

DENOMINATIONS = (100_00, 50_00, 20_00, 10_00, 5_00, 1_00, 50, 10)
"""The notes and coins in use, in fen."""

MOST_PIECES = 100_000


@dataclass(frozen=True)
class CashSheet:
    """A clerk's cash of a day: fen that ought to be there, receipts they come from, the last count if any."""

    clerk_id: str
    on_date: date
    expected_fen: int
    receipts: int
    count: CashCount | None = None
    signature: CashCountSignature | None = None

    @property
    def is_current(self) -> bool:
        """Whether the last count was made against what ought to be there now."""
        return self.count is not None and self.count.expected_fen == self.expected_fen

    @property
    def is_settled(self) -> bool:
        """Whether the day may be closed as far as this clerk is concerned."""
        return self.is_current and self.signature is not None


def cash_sheets(
    session: Session, project_id: str, *, first: date | None = None, last: date, clerk_id: str | None = None
) -> list[CashSheet]:
    """Every clerk's cash of the days from ``first`` through ``last`` on which any moved or was counted."""
    moved = _moved(session, project_id, first, last, clerk_id)
    counts = _last_counts(session, project_id, first, last, clerk_id)
    signatures = {
        row.count_id: row
        for row in session.scalars(
            select(CashCountSignature).where(CashCountSignature.count_id.in_([c.id for c in counts.values()]))
        )
    }
    sheets = []
    for key in sorted(moved.keys() | counts.keys()):
        count = counts.get(key)
        fen, receipts = moved.get(key, (0, 0))
        signature = signatures.get(count.id) if count else None
        sheets.append(CashSheet(key[1], key[0], fen, receipts, count, signature))
    return sheets


def _moved(
    session: Session, project_id: str, first: date | None, last: date, clerk_id: str | None
) -> dict[tuple[date, str], tuple[int, int]]:
    """Fen of cash taken less fen taken back, and how many receipts, by day and clerk."""
    query = (
        select(
            ReceiptEvent.on_date,
            Receipt.captured_by,
            ReceiptEvent.kind,
            func.sum(Receipt.amount_fen),
            func.count(),
        )
        .join(Receipt, Receipt.id == ReceiptEvent.receipt_id)
        .where(
            Receipt.project_id == project_id,
            Receipt.method == Method.CASH,
            ReceiptEvent.kind.in_((EventKind.CAPTURED, EventKind.REVERSED)),
            ReceiptEvent.on_date <= last,
        )
        .group_by(ReceiptEvent.on_date, Receipt.captured_by, ReceiptEvent.kind)
    )
    if first is not None:
        query = query.where(ReceiptEvent.on_date >= first)
    if clerk_id is not None:
        query = query.where(Receipt.captured_by == clerk_id)
    found: dict[tuple[date, str], tuple[int, int]] = {}
    for day, clerk, kind, fen, receipts in session.execute(query):
        sign = 1 if kind is EventKind.CAPTURED else -1
        before = found.get((day, clerk), (0, 0))
        found[day, clerk] = (before[0] + sign * int(fen), before[1] + receipts)
    return found


def _last_counts(
    session: Session, project_id: str, first: date | None, last: date, clerk_id: str | None
) -> dict[tuple[date, str], CashCount]:
    query = select(CashCount).where(CashCount.project_id == project_id, CashCount.on_date <= last)
    if first is not None:
        query = query.where(CashCount.on_date >= first)
    if clerk_id is not None:
        query = query.where(CashCount.clerk_id == clerk_id)
    return {(row.on_date, row.clerk_id): row for row in session.scalars(query.order_by(CashCount.number))}


def count_cash(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    project_id: str,
    on_date: date,
    pieces: Mapping[int, int],
    clerk_id: str | None = None,
    reason: str | None = None,
) -> CashCount:
    """Count a clerk's cash of a day, one's own unless ``clerk_id`` says whose; ``pieces`` by denomination in fen.

    Counting again replaces the count, and a signature is needed anew. Raises `CountInvalid` by field,
    `DateInvalid` for a day to come or one that is closed, `NotAllowed`.
    """
    project = get_scoped(session, actor, Project, Permission.FINANCE_VIEW, project_id)
    clerk = clerk_id or actor.id
    actor.require(Permission.FINANCE_RECEIVE if clerk == actor.id else Permission.ACCOUNTING_CLOSE, project.path)
    _require_countable(session, clock, project, on_date)
    counted = sum(fen * number for fen, number in _checked(pieces).items())
    sheets = cash_sheets(session, project_id, first=on_date, last=on_date, clerk_id=clerk)
    sheet = sheets[0] if sheets else CashSheet(clerk, on_date, 0, 0)
    reason = (reason or "").strip()[:500] or None
    if counted != sheet.expected_fen and reason is None:
        raise CountInvalid(
            "cash_difference_needs_reason", field="reason", difference_fen=counted - sheet.expected_fen
        )
    count = CashCount(
        project_id=project_id,
        path=project.path,
        clerk_id=clerk,
        on_date=on_date,
        number=sheet.count.number + 1 if sheet.count else 1,
        pieces={str(fen): number for fen, number in pieces.items() if number},
        counted_fen=counted,
        expected_fen=sheet.expected_fen,
        reason=reason,
        at=clock.now(),
        by=actor.id,
    )
    try:
        with session.begin_nested():
            session.add(count)
    except IntegrityError as clash:  # Somebody counted the same cash in the same moment.
        raise CountOutdated from clash
    after = {"on": on_date.isoformat(), "counted_fen": counted, "expected_fen": sheet.expected_fen}
    audit.record(
        session, actor, clock, "accounting:count_cash", "cash_count", count.id,
        path=project.path, after=after, reason=reason,
    )  # fmt: skip
    return count


def _require_countable(session: Session, clock: Clock, project: Project, on_date: date) -> None:
    today = business_date(clock, project.zone)
    books = books_of(session, project.id)
    latest = max(today, books.first_open(today))
    if on_date > latest:
        raise DateInvalid("date_in_future", field="on_date", latest=latest)
    if books.closed_through is not None and on_date <= books.closed_through:
        raise DateInvalid("day_is_closed", field="on_date", closed_through=books.closed_through)


def _checked(pieces: Mapping[int, int]) -> Mapping[int, int]:
    for fen, number in pieces.items():
        if fen not in DENOMINATIONS or not 0 <= number <= MOST_PIECES:
            raise CountInvalid("cash_pieces_invalid", field=f"pieces-{fen}", most=MOST_PIECES)
    return pieces


def sign_count(session: Session, actor: Actor, clock: Clock, *, count_id: str) -> CashCountSignature:
    """A second person has seen the cash that was counted; signing twice changes nothing.

    Raises `CashCountMissing`, `SecondPersonNeeded` for who counted or took the money, and `CountOutdated` when
    cash moved since, or it was counted again.
    """
    query = scoped(actor, CashCount, Permission.FINANCE_VIEW).where(CashCount.id == count_id)
    count = session.scalars(query.with_for_update()).one_or_none()
    if count is None:
        raise CashCountMissing(id=count_id)
    actor.require(Permission.ACCOUNTING_CLOSE, count.path)
    if actor.id in (count.by, count.clerk_id) or actor.on_behalf_of in (count.by, count.clerk_id):
        raise SecondPersonNeeded("signer_is_counter")
    if signed := session.get(CashCountSignature, count_id):
        return signed
    (sheet,) = cash_sheets(
        session, count.project_id, first=count.on_date, last=count.on_date, clerk_id=count.clerk_id
    )
    if sheet.count is None or sheet.count.id != count.id or not sheet.is_current:
        raise CountOutdated
    signature = CashCountSignature(count_id=count.id, at=clock.now(), by=actor.id)
    session.add(signature)
    session.flush()  # A rule of the database has its say.
    audit.record(session, actor, clock, "accounting:sign_count", "cash_count", count.id, path=count.path)
    return signature
