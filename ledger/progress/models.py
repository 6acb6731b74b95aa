"""The table of the steps that buyers see."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.columns import Id, Instant, JsonMap, Path, Ref, UtcDateTime, words
from kernel.database import Base
from ledger.progress.kinds import Family, Outcome

_OPEN = text("ended_at IS NULL")


class ProgressStep(Base):
    """A step of a sale after signing; beginning it again is the next ``round``.

    ``due_on`` is the last day that is on time, ``delayed_at`` when the buyers were told that it is late, with
    ``delay_reason`` in the clerk's words. ``owner_role`` answers for it, ``clerk_id`` names the person where one
    is known, ``owner_id`` is the sale's consultant. ``labels`` name the step by language. ``key`` makes a repeated
    beginning find the first.
    """

    __tablename__ = "progress_step"

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(200), unique=True)
    sale_id: Mapped[Ref] = mapped_column(ForeignKey("sale.id"), index=True)
    project_id: Mapped[Ref] = mapped_column(ForeignKey("project.id"))
    path: Mapped[Path]
    owner_id: Mapped[Ref]
    family: Mapped[Family] = mapped_column(words(Family, "family"))
    step: Mapped[str] = mapped_column(String(40))
    round: Mapped[int] = mapped_column(Integer, default=1)
    labels: Mapped[JsonMap]
    owner_role: Mapped[str] = mapped_column(String(40))
    clerk_id: Mapped[str | None] = mapped_column(String(36))
    instance_id: Mapped[str | None] = mapped_column(String(36), index=True)
    due_on: Mapped[date | None] = mapped_column(Date)
    begun_at: Mapped[Instant]
    delayed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    delay_reason: Mapped[str | None] = mapped_column(String(200))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    ended_on: Mapped[date | None] = mapped_column(Date)
    ended_by: Mapped[str | None] = mapped_column(String(36))
    outcome: Mapped[Outcome | None] = mapped_column(words(Outcome, "outcome"))

    __table_args__ = (
        UniqueConstraint("sale_id", "family", "step", "round"),
        CheckConstraint("(ended_at IS NULL) = (outcome IS NULL)", name="outcome_when_ended"),
        CheckConstraint("(ended_at IS NULL) = (ended_on IS NULL)", name="day_when_ended"),
        CheckConstraint("round > 0", name="round"),
        Index(
            "uq_progress_step_open",
            "sale_id",
            "family",
            "step",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index("ix_progress_step_due", "due_on", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_progress_step_path_ended_on", "path", "ended_on"),
    )
