"""Ageing (账龄): how old what is open was at a date, in classes of days late, down to the single line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal, Protocol

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from ledger.finance.kinds import Debtor, ReceivableKind
from ledger.finance.models import Receivable
from ledger.finance.reports.standing import ReportFilter, open_lines, plan_at
from ledger.organisation.parameters import AGEING_DAYS, days_in
from ledger.organisation.queries import parameter

Dimension = Literal["project", "plan", "debtor"]
DIMENSIONS: tuple[Dimension, ...] = ("project", "plan", "debtor")

UNDATED, NOT_DUE = "undated", "not_due"


class Slice(Protocol):
    """A part of all due dates, such as a class of age or a month."""

    def holds(self, due: ColumnElement[Any], on: date) -> ColumnElement[bool]:
        """The condition on a due date as it was known on the day."""
        ...


@dataclass(frozen=True)
class Band:
    """A class of age. ``key`` names it in addresses; days late are inclusive, None where it has no such end."""

    key: str
    days_from: int | None = None
    days_to: int | None = None

    @property
    def is_late(self) -> bool:
        """Whether what is in it is overdue; what is due on the very day is not."""
        return self.days_from is not None

    def holds(self, due: ColumnElement[Any], on: date) -> ColumnElement[bool]:
        """The condition on a due date as it was known on the day."""
        if self.key == UNDATED:
            return due.is_(None)
        if self.days_from is None:
            return due >= on
        latest = due <= on - timedelta(days=self.days_from)
        return latest if self.days_to is None else and_(latest, due >= on - timedelta(days=self.days_to))


def bands_of(days: Sequence[int]) -> tuple[Band, ...]:
    """What has no date yet, what is not due yet, and the classes of age that end after so many days."""
    ends: list[int | None] = [*days, None]
    starts = [1, *(end + 1 for end in days)]
    late = [Band(f"{first}-{last or ''}", first, last) for first, last in zip(starts, ends, strict=True)]
    return (Band(UNDATED), Band(NOT_DUE), *late)


def bands_at(session: Session, path: str, on: date) -> tuple[Band, ...]:
    """The classes of age that a place of the organisation uses on a day."""
    return bands_of(days_in(parameter(session, path, AGEING_DAYS, on)))


@dataclass(frozen=True)
class AgeingRow:
    """One value of the dimension: open fen and number of open lines by band, in the order of the bands."""

    key: str
    fen: tuple[int, ...]
    counts: tuple[int, ...]

    @property
    def total_fen(self) -> int:
        """Open fen of every age."""
        return sum(self.fen)


@dataclass(frozen=True)
class Ageing:
    """An ageing at a date; the rows sum to the totals."""

    on: date
    by: Dimension
    bands: tuple[Band, ...]
    rows: tuple[AgeingRow, ...] = field(default=())

    @property
    def fen(self) -> tuple[int, ...]:
        """Open fen by band over all rows."""
        return tuple(sum(row.fen[place] for row in self.rows) for place in range(len(self.bands)))

    @property
    def counts(self) -> tuple[int, ...]:
        """Open lines by band over all rows."""
        return tuple(sum(row.counts[place] for row in self.rows) for place in range(len(self.bands)))

    @property
    def total_fen(self) -> int:
        """Everything open."""
        return sum(self.fen)

    @property
    def late_fen(self) -> int:
        """Everything overdue."""
        return sum(fen for band, fen in zip(self.bands, self.fen, strict=True) if band.is_late)


def ageing(
    session: Session, actor: Actor, where: ReportFilter, *, on: date, by: Dimension, bands: Sequence[Band]
) -> Ageing:
    """What was open at the end of a day by age, in one query; the largest debt first."""
    lines = open_lines(actor, where, on, _dimension(by, on).label("key")).subquery()
    columns: list[ColumnElement[Any]] = []
    for band in bands:
        within = band.holds(lines.c.due, on)
        columns.append(func.coalesce(func.sum(lines.c.fen).filter(within), 0))
        columns.append(func.count().filter(and_(within, lines.c.fen != 0)))
    rows = [
        AgeingRow(str(key), tuple(int(fen) for fen in values[0::2]), tuple(int(count) for count in values[1::2]))
        for key, *values in session.execute(select(lines.c.key, *columns).group_by(lines.c.key))
    ]
    rows.sort(key=lambda row: (-row.total_fen, row.key))
    return Ageing(on, by, tuple(bands), tuple(row for row in rows if any(row.counts)))


def _dimension(by: Dimension, on: date) -> ColumnElement[Any]:
    if by == "plan":
        return plan_at(on)
    return Receivable.project_id.expression if by == "project" else Receivable.debtor.expression


@dataclass(frozen=True)
class AgedLine:
    """A receivable as it stood at a date: fen owed and open, its due date as it was known, days late."""

    receivable_id: str
    sale_id: str | None
    customer_id: str | None
    project_id: str
    kind: ReceivableKind
    debtor: Debtor
    amount_fen: int
    open_fen: int
    due_on: date | None
    days: int


@dataclass(frozen=True)
class AgedSale:
    """A sale's part in an ageing; ``sale_id`` is None for queue money that belongs to no sale yet."""

    sale_id: str | None
    open_fen: int
    count: int
    oldest: date | None


def list_aged_lines(
    session: Session,
    actor: Actor,
    where: ReportFilter,
    *,
    on: date,
    band: Slice | None = None,
    limit: int | None = 50,
    offset: int = 0,
) -> list[AgedLine]:
    """The lines behind a figure of the ageing, the longest late first, in one query; they sum to it."""
    lines = _in_band(actor, where, on, band).subquery()
    query = (
        select(Receivable, lines.c.due, lines.c.fen)
        .join(lines, lines.c.id == Receivable.id)
        .order_by(lines.c.due.is_(None), lines.c.due, Receivable.id)
    )
    return [_aged(row[0], row[1], int(row[2]), on) for row in session.execute(query.limit(limit).offset(offset))]


def _aged(line: Receivable, due: date | None, fen: int, on: date) -> AgedLine:
    return AgedLine(
        line.id,
        line.sale_id,
        line.customer_id,
        line.project_id,
        line.kind,
        line.debtor,
        line.amount_fen,
        fen,
        due,
        max((on - due).days, 0) if due else 0,
    )


def list_aged_sales(
    session: Session,
    actor: Actor,
    where: ReportFilter,
    *,
    on: date,
    band: Slice | None = None,
    limit: int | None = 50,
    offset: int = 0,
) -> list[AgedSale]:
    """The sales behind a figure of the ageing, the largest debt first, in one query; they sum to it."""
    lines = _in_band(actor, where, on, band).subquery()
    fen = func.sum(lines.c.fen)
    query = (
        select(lines.c.sale_id, fen, func.count(), func.min(lines.c.due))
        .group_by(lines.c.sale_id)
        .order_by(fen.desc(), lines.c.sale_id)
    )
    rows = session.execute(query.limit(limit).offset(offset))
    return [AgedSale(row[0], int(row[1]), int(row[2]), row[3]) for row in rows]


def band_total(
    session: Session, actor: Actor, where: ReportFilter, *, on: date, band: Slice | None = None
) -> tuple[int, int]:
    """Open fen and number of lines of a band, over all pages of its lists."""
    lines = _in_band(actor, where, on, band).subquery()
    row = session.execute(select(func.coalesce(func.sum(lines.c.fen), 0), func.count()).select_from(lines)).one()
    return int(row[0]), int(row[1])


def _in_band(actor: Actor, where: ReportFilter, on: date, band: Slice | None) -> Select[Any]:
    """Id, sale, due date and open fen of the lines of a band that are not settled."""
    lines = open_lines(actor, where, on, Receivable.id.label("id"), Receivable.sale_id.label("sale_id")).subquery()
    query = select(lines.c.id, lines.c.sale_id, lines.c.due, lines.c.fen).where(lines.c.fen != 0)
    return query if band is None else query.where(band.holds(lines.c.due, on))
