"""Late interest (违约金) of sales at a date, explained by segments: accrued, paid, waived, open (DOMAIN §4).

Only instalments of the price that the buyer himself owes bear it: never what is collected for others, never a
loan, which is the bank's to pay. Nothing accrues before a sale has a schedule: until then the deposit rule guards
it. A payment counts on the day on which it was made, whenever it was entered. What has accrued stays owed when the
principal is paid, until it is paid itself or waived. When instalments are planned anew, what has accrued on the
old ones by that day was charged, and the new ones bear interest from the next day on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from ledger.finance.interest_models import InterestCharge, WaiverPart
from ledger.finance.kinds import Debtor, ReceivableClass, ReceivableKind, ReceivableState
from ledger.finance.late_clauses import LateClause, late_clause, late_clauses
from ledger.finance.late_sums import Stretch, round_fen, stretches
from ledger.finance.models import Allocation, Receipt, Receivable, ReceivableSchedule
from ledger.organisation.models import Project
from ledger.sales.models import Sale


@dataclass(frozen=True)
class Segment:
    """Days in a row on which one principal of a receivable was late, and what they cost, in fen."""

    receivable_id: str
    from_day: date
    through_day: date
    principal_fen: int
    days: int
    fen: int
    rate: Fraction


@dataclass(frozen=True)
class LineInterest:
    """The interest of one instalment in fen. ``charged_fen`` of it is a receivable by now.

    ``charged_through`` is the last day that any charge covers, also after the date in question.
    """

    receivable_id: str
    kind: ReceivableKind
    due_on: date | None
    segments: tuple[Segment, ...]
    charged_fen: int
    charged_through: date | None
    paid_fen: int
    waived_fen: int
    running: bool

    @property
    def accrued_fen(self) -> int:
        """All that has accrued."""
        return sum(segment.fen for segment in self.segments)

    @property
    def open_fen(self) -> int:
        """What is neither paid nor waived; never below nothing."""
        return max(0, self.accrued_fen - self.paid_fen - self.waived_fen)


@dataclass(frozen=True)
class SaleInterest:
    """The late interest of a sale at a date, by instalment and in sum; what its contract says of it."""

    sale_id: str
    on: date
    clause: LateClause
    lines: tuple[LineInterest, ...]

    @property
    def accrued_fen(self) -> int:
        """All that has accrued."""
        return sum(line.accrued_fen for line in self.lines)

    @property
    def paid_fen(self) -> int:
        """What is paid of it."""
        return sum(line.paid_fen for line in self.lines)

    @property
    def waived_fen(self) -> int:
        """What need not be paid."""
        return sum(line.waived_fen for line in self.lines)

    @property
    def open_fen(self) -> int:
        """What is still owed of it."""
        return sum(line.open_fen for line in self.lines)

    @property
    def segments(self) -> tuple[Segment, ...]:
        """Every segment of every instalment."""
        return tuple(segment for line in self.lines for segment in line.segments)


def interest_of_sale(session: Session, sale_id: str, *, on: date) -> SaleInterest:
    """The late interest of a sale through ``on``, as if paid that day. The caller has checked the scope."""
    return interest_of_sales(session, [sale_id], on=on)[sale_id]


def late_interest(session: Session, sale_ids: Collection[str], *, on: date) -> dict[str, int]:
    """Fen of late interest that sales owe through a day, charged or not; those that owe none are left out."""
    if not sale_ids:
        return {}
    found = interest_of_sales(session, sale_ids, on=on)
    return {sale_id: one.open_fen for sale_id, one in found.items() if one.open_fen}


def uncharged_fen(session: Session, sale_id: str, *, through: date) -> int:
    """Late interest of a sale that has accrued through a day and is not charged yet, in fen."""
    lines = interest_of_sale(session, sale_id, on=through).lines
    return sum(max(0, line.accrued_fen - line.charged_fen) for line in lines if line.running)


def interest_of_sales(session: Session, sale_ids: Collection[str], *, on: date) -> dict[str, SaleInterest]:
    """The late interest of several sales in a fixed number of queries."""
    ids = sorted(set(sale_ids))
    clauses = late_clauses(session, ids)
    books = _read(session, ids, on)
    found: dict[str, list[LineInterest]] = {sale_id: [] for sale_id in ids}
    for line in books.lines:
        sale_id = str(line.sale_id)
        interest = _line(line, clauses[sale_id], books, on)
        if interest.segments or interest.charged_fen:
            found[sale_id].append(interest)
    return {id_: SaleInterest(id_, on, clauses[id_], tuple(found[id_])) for id_ in ids if id_ in clauses}


def interest_without(
    session: Session, line: Receivable, paid: Mapping[date, int], *, through: date
) -> LineInterest:
    """The interest of one line through a day as if only these payments had been made, beside what is charged."""
    sale_id = str(line.sale_id)
    clause = late_clause(session, sale_id)
    books = _read(session, [sale_id], through)
    begins = _begins(session, [sale_id], [line])
    found = (
        stretches(
            line.amount_fen, begins[line.id], paid, rate=clause.rate, on=through,
            breaks=books.interest_paid[line.id], rounding=clause.rounding,
        )
        if line.id in begins
        else ()
    )  # fmt: skip
    charges = books.charges[line.id]
    return LineInterest(
        line.id,
        line.kind,
        line.due_on,
        tuple(_segment(line.id, one, clause.rate) for one in found),
        charged_fen=sum(charge.fen for charge in charges),
        charged_through=max((charge.through_day for charge in charges), default=None),
        paid_fen=0,
        waived_fen=0,
        running=False,
    )


@dataclass
class _Books:
    """What the ledger says of some sales: lines, the day each begins to count, money and charges by line."""

    lines: list[Receivable]
    begins: dict[str, date]
    paid: dict[str, dict[date, int]] = field(default_factory=lambda: defaultdict(dict))
    interest_paid: dict[str, dict[date, int]] = field(default_factory=lambda: defaultdict(dict))
    waived: dict[str, int] = field(default_factory=dict)
    charges: dict[str, list[InterestCharge]] = field(default_factory=lambda: defaultdict(list))


def _read(session: Session, sale_ids: list[str], on: date) -> _Books:
    charges = _charges(session, sale_ids)
    lines = _lines(session, sale_ids, on, {charge.principal_id for charge in charges})
    books = _Books(lines, _begins(session, sale_ids, lines))
    of_line = {charge.receivable_id: charge.principal_id for charge in charges}
    for charge in charges:
        books.charges[charge.principal_id].append(charge)
    for receivable_id, day, fen in _payments(session, [*(line.id for line in lines), *of_line]):
        if receivable_id in of_line:
            days = books.interest_paid[of_line[receivable_id]]
            days[day] = days.get(day, 0) + fen
        else:
            books.paid[receivable_id][day] = fen
    for receivable_id, fen in _waived(session, list(of_line), on):
        line_id = of_line[receivable_id]
        books.waived[line_id] = books.waived.get(line_id, 0) + fen
    return books


def _lines(session: Session, sale_ids: list[str], on: date, charged: set[str]) -> list[Receivable]:
    """Late instalments that the buyer owes, and those that were charged before they were planned anew."""
    late = (Receivable.state == ReceivableState.PLANNED) & (Receivable.due_on < on) & (Receivable.amount_fen > 0)
    query = select(Receivable).where(
        Receivable.sale_id.in_(sale_ids),
        Receivable.class_ == ReceivableClass.PRICE,
        Receivable.debtor == Debtor.BUYER,
        late | Receivable.id.in_(charged),
    )
    return list(session.scalars(query.order_by(Receivable.sale_id, Receivable.sequence, Receivable.id)))


def _charges(session: Session, sale_ids: list[str]) -> list[InterestCharge]:
    """The charges that stand, in the order of their days."""
    interest = aliased(Receivable)
    query = (
        select(InterestCharge)
        .join(interest, interest.id == InterestCharge.receivable_id)
        .where(interest.sale_id.in_(sale_ids), interest.state != ReceivableState.SUPERSEDED)
    )
    return list(session.scalars(query.order_by(InterestCharge.from_day, InterestCharge.id)))


def _begins(session: Session, sale_ids: list[str], lines: Iterable[Receivable]) -> dict[str, date]:
    """The day after which each line bears interest: its due day, or when a schedule put it under contract.

    Lines of the first schedule count from their due day, whenever it was entered. A line of a later one stands for
    another whose interest is charged through the day of planning; so does a deposit that was due before signing.
    """
    query = (
        select(ReceivableSchedule, Project.zone)
        .join(Sale, Sale.id == ReceivableSchedule.sale_id)
        .join(Project, Project.id == Sale.project_id)
        .where(ReceivableSchedule.sale_id.in_(sale_ids))
        .order_by(ReceivableSchedule.number.desc())
    )
    sealed, first = {}, {}
    for schedule, zone in session.execute(query):
        sealed[schedule.id] = (schedule.number, schedule.sealed_at.astimezone(ZoneInfo(zone)).date())
        first[schedule.sale_id] = sealed[schedule.id]
    begins = {}
    for line in lines:
        under = sealed.get(line.raised_in or "") or first.get(line.sale_id or "")
        if line.due_on is not None and under is not None:
            number, day = under
            plain = number == 1 and line.raised_in is not None
            begins[line.id] = line.due_on if plain else max(line.due_on, day)
    return begins


def _payments(session: Session, receivable_ids: list[str]) -> list[tuple[str, date, int]]:
    """Fen by receivable and day of payment; what was taken back is taken off the day on which it was paid."""
    total = func.sum(Allocation.amount_fen)
    query = (
        select(Allocation.receivable_id, Receipt.paid_on, total)
        .join(Receipt, Receipt.id == Allocation.receipt_id)
        .where(Allocation.receivable_id.in_(receivable_ids))
        .group_by(Allocation.receivable_id, Receipt.paid_on)
        .having(total != 0)
    )
    return [(receivable_id, day, int(fen)) for receivable_id, day, fen in session.execute(query)]


def _waived(session: Session, receivable_ids: list[str], on: date) -> list[tuple[str, int]]:
    query = (
        select(WaiverPart.receivable_id, func.sum(WaiverPart.amount_fen))
        .where(WaiverPart.receivable_id.in_(receivable_ids), WaiverPart.on_date <= on)
        .group_by(WaiverPart.receivable_id)
    )
    return [(receivable_id, int(fen)) for receivable_id, fen in session.execute(query)]


def _line(line: Receivable, clause: LateClause, books: _Books, on: date) -> LineInterest:
    charges, paid = books.charges[line.id], books.interest_paid[line.id]
    running = line.state is ReceivableState.PLANNED
    if running and line.id in books.begins:
        found = stretches(
            line.amount_fen,
            books.begins[line.id],
            books.paid[line.id],
            rate=clause.rate,
            on=on,
            breaks=paid,
            rounding=clause.rounding,
        )
        segments = tuple(_segment(line.id, one, clause.rate) for one in found)
    else:
        segments = tuple(_charged(charge, clause, on) for charge in charges if charge.from_day <= on)
    return LineInterest(
        line.id,
        line.kind,
        line.due_on,
        segments,
        charged_fen=sum(charge.fen for charge in charges),
        charged_through=max((charge.through_day for charge in charges), default=None),
        paid_fen=sum(fen for day, fen in paid.items() if day <= on),
        waived_fen=books.waived.get(line.id, 0),
        running=running,
    )


def _segment(receivable_id: str, one: Stretch, rate: Fraction) -> Segment:
    return Segment(receivable_id, one.from_day, one.through_day, one.principal_fen, one.days, one.fen, rate)


def _charged(charge: InterestCharge, clause: LateClause, on: date) -> Segment:
    """A charge of an instalment that no longer runs, cut off at ``on``."""
    through = min(charge.through_day, on)
    days = (through - charge.from_day).days + 1
    fen = charge.fen
    if through < charge.through_day:
        fen = min(fen, round_fen(charge.principal_fen * charge.rate * days, clause.rounding))
    return Segment(charge.principal_id, charge.from_day, through, charge.principal_fen, days, fen, charge.rate)
