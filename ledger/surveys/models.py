"""The tables of surveys and area settlements; areas are integer hundredths of a square metre, money is fen."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.append_only import keep_append_only
from kernel.columns import Fen, Id, Instant, JsonMap, Path, Rate, Ref, UtcDateTime, words
from kernel.database import Base
from ledger.inventory.models import table_of
from ledger.surveys.kinds import (
    AreaRule,
    Choice,
    RunKind,
    SettlementState,
    SurveyKind,
    SurveyState,
    Verdict,
)
from ledger.worklists import RunState

_RELEASED = text("state = 'released'")
_LIVE = text("state <> 'withdrawn' AND NOT is_followed")
_STANDING = text("state <> 'withdrawn'")
_RUNNING = text("state = 'running'")


class Survey(Base):
    """A survey (测绘成果) of one building: one person proposes, another releases, a later one replaces it."""

    __tablename__ = "survey"

    id: Mapped[Id]
    project_id: Mapped[Ref] = mapped_column(ForeignKey("project.id"))
    path: Mapped[Path] = mapped_column(index=True)
    building_id: Mapped[Ref] = mapped_column(ForeignKey("building.id"))
    kind: Mapped[SurveyKind] = mapped_column(words(SurveyKind, "kind"))
    no: Mapped[int] = mapped_column(Integer)
    surveyed_on: Mapped[date] = mapped_column(Date)
    file_name: Mapped[str] = mapped_column(String(200))
    state: Mapped[SurveyState] = mapped_column(words(SurveyState, "state"))
    proposed_by: Mapped[Ref]
    proposed_at: Mapped[Instant]
    decided_by: Mapped[str | None] = mapped_column(String(36))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    reason: Mapped[str | None] = mapped_column(String(200))

    __table_args__ = (
        UniqueConstraint("building_id", "no"),
        Index(
            "uq_survey_released",
            "building_id",
            "kind",
            unique=True,
            sqlite_where=_RELEASED,
            postgresql_where=_RELEASED,
        ),
        CheckConstraint("(state = 'proposed') = (decided_by IS NULL)", name="decided"),
        CheckConstraint(
            "state = 'rejected' OR decided_by IS NULL OR decided_by <> proposed_by", name="second_person"
        ),
    )


class SurveyArea(Base):
    """One home's areas in a survey; together with `Survey` the history of each home's areas."""

    __tablename__ = "survey_area"

    survey_id: Mapped[str] = mapped_column(String(36), ForeignKey("survey.id"), primary_key=True)
    unit_id: Mapped[str] = mapped_column(String(36), ForeignKey("unit.id"), primary_key=True, index=True)
    building_area_hundredths: Mapped[int] = mapped_column(Integer)
    inside_area_hundredths: Mapped[int | None] = mapped_column(Integer)

    __table_args__ = (
        CheckConstraint("building_area_hundredths > 0", name="area_is_positive"),
        CheckConstraint(
            "inside_area_hundredths IS NULL OR (inside_area_hundredths > 0"
            " AND inside_area_hundredths <= building_area_hundredths)",
            name="inside_is_inside",
        ),
    )


class AreaSettlement(Base):
    """What a survey changes in one sale (面积补差), by the contract's clause or the law (DOMAIN §5).

    ``ratio`` is exact and unrounded. ``difference_fen`` changes the price and is below zero when the buyer gets
    money back; ``compensation_fen`` is the second half of what lies beyond the tolerance; ``borne_fen`` the
    developer bears. Money of a sale is posted once: by ``posted_at``. All are reckoned from the contract; a
    settlement that follows another (``earlier_id``, whose ``is_followed`` is set) posts what is left after it.
    """

    __tablename__ = "area_settlement"

    id: Mapped[Id]
    sale_id: Mapped[Ref] = mapped_column(ForeignKey("sale.id"), index=True)
    survey_id: Mapped[Ref] = mapped_column(ForeignKey("survey.id"))
    building_id: Mapped[Ref] = mapped_column(ForeignKey("building.id"), index=True)
    project_id: Mapped[Ref] = mapped_column(ForeignKey("project.id"))
    path: Mapped[Path] = mapped_column(index=True)
    owner_id: Mapped[Ref]
    basis: Mapped[str] = mapped_column(String(20))
    rule: Mapped[AreaRule] = mapped_column(words(AreaRule, "rule"))
    tolerance_bp: Mapped[int] = mapped_column(Integer)
    contract_area_hundredths: Mapped[int] = mapped_column(Integer)
    settled_area_hundredths: Mapped[int] = mapped_column(Integer)
    contract_fen: Mapped[Fen]
    ratio: Mapped[Fraction] = mapped_column(Rate())
    verdict: Mapped[Verdict] = mapped_column(words(Verdict, "verdict"))
    difference_fen: Mapped[Fen]
    compensation_fen: Mapped[Fen]
    borne_fen: Mapped[Fen]
    final_fen: Mapped[Fen]
    state: Mapped[SettlementState] = mapped_column(words(SettlementState, "state"))
    choice: Mapped[Choice | None] = mapped_column(words(Choice, "choice"))
    choice_by: Mapped[str | None] = mapped_column(String(36))
    asked_on: Mapped[date | None] = mapped_column(Date)
    answer_by: Mapped[date | None] = mapped_column(Date)
    rescind_by: Mapped[date | None] = mapped_column(Date)
    schedule_id: Mapped[str | None] = mapped_column(String(36), ForeignKey("receivable_schedule.id"), unique=True)
    posted_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    money: Mapped[JsonMap]
    earlier_id: Mapped[str | None] = mapped_column(String(36))
    earlier_fen: Mapped[Fen] = mapped_column(default=0)
    earlier_compensation_fen: Mapped[Fen] = mapped_column(default=0)
    is_followed: Mapped[bool] = mapped_column(default=False)
    instance_id: Mapped[str | None] = mapped_column(String(36), index=True)
    opened_at: Mapped[Instant]
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())

    __table_args__ = (
        Index("uq_area_settlement_live", "sale_id", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
        Index(
            "uq_area_settlement_earlier",
            "earlier_id",
            unique=True,
            sqlite_where=_STANDING,
            postgresql_where=_STANDING,
        ),
        CheckConstraint("state NOT IN ('posted', 'settled') OR posted_at IS NOT NULL", name="posted_when"),
        CheckConstraint("final_fen = contract_fen + difference_fen", name="final"),
        CheckConstraint("compensation_fen >= 0 AND borne_fen >= 0", name="parts"),
    )

    @property
    def due_fen(self) -> int:
        """What changes the price now: the difference, less what an earlier settlement has posted of it."""
        return self.difference_fen - self.earlier_fen

    @property
    def due_compensation_fen(self) -> int:
        """What is to be compensated now; below zero when an earlier settlement gave more."""
        return self.compensation_fen - self.earlier_compensation_fen


class BuildingRun(Base):
    """A run over the sales of a building (批量办理): cases begun or papers submitted, one unit of work each."""

    __tablename__ = "building_run"

    id: Mapped[Id]
    kind: Mapped[RunKind] = mapped_column(words(RunKind, "kind"))
    building_id: Mapped[Ref] = mapped_column(ForeignKey("building.id"))
    survey_id: Mapped[str | None] = mapped_column(String(36), ForeignKey("survey.id"))
    path: Mapped[Path] = mapped_column(index=True)
    details: Mapped[JsonMap]
    state: Mapped[RunState] = mapped_column(words(RunState, "state"))
    total: Mapped[int] = mapped_column(Integer, default=0)
    done: Mapped[int] = mapped_column(Integer, default=0)
    failed: Mapped[int] = mapped_column(Integer, default=0)
    begun_at: Mapped[Instant]
    begun_by: Mapped[Ref]
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime())

    __table_args__ = (
        Index(
            "uq_building_run_running",
            "building_id",
            "kind",
            unique=True,
            sqlite_where=_RUNNING,
            postgresql_where=_RUNNING,
        ),
    )


class BuildingRunItem(Base):
    """One sale of a run. ``code`` says why it failed."""

    __tablename__ = "building_run_item"

    run_id: Mapped[str] = mapped_column(String(36), ForeignKey("building_run.id"), primary_key=True)
    sale_id: Mapped[str] = mapped_column(String(36), ForeignKey("sale.id"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(8))
    code: Mapped[str | None] = mapped_column(String(60))

    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'done', 'failed')", name="state"),
        Index("ix_building_run_item_run_id_state_position", "run_id", "state", "position"),
    )


keep_append_only(table_of(SurveyArea))
