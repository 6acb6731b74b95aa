"""Runs of statements for many sales: what was ordered, and what came of each sale."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from kernel.columns import Id, Instant
from kernel.database import Base
from ledger.worklists import Worklist


class StatementRun(Base):
    """One person's order of statements for a project or one building. ``state``: running, stopped or ended."""

    __tablename__ = "webapp_statement_run"

    id: Mapped[Id]
    person_id: Mapped[str] = mapped_column(String(36))
    project_id: Mapped[str] = mapped_column(String(36))
    building_id: Mapped[str | None] = mapped_column(String(36))
    first: Mapped[date] = mapped_column(Date)
    last: Mapped[date] = mapped_column(Date)
    state: Mapped[str] = mapped_column(String(8))
    begun_at: Mapped[Instant] = mapped_column(index=True)


class StatementItem(Base):
    """One sale of a run. ``state`` is waiting, done (with its paper) or refused (with the code of why)."""

    __tablename__ = "webapp_statement_item"

    run_id: Mapped[str] = mapped_column(ForeignKey("webapp_statement_run.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sale_id: Mapped[str] = mapped_column(String(36))
    state: Mapped[str] = mapped_column(String(8))
    code: Mapped[str | None] = mapped_column(String(60))
    document_id: Mapped[str | None] = mapped_column(String(36))


SALES = Worklist(StatementRun, StatementItem, of="run_id", subject="sale_id", failed="refused")
"""The sales of a run."""


def forget_statement_runs(session: Session, instant: datetime) -> None:
    """Drop runs begun before an instant; their papers stay."""
    old = select(StatementRun.id).where(StatementRun.begun_at < instant)
    session.execute(delete(StatementItem).where(StatementItem.run_id.in_(old)))
    session.execute(delete(StatementRun).where(StatementRun.begun_at < instant))
