"""The tables of titles: a building's first registration, a case per sale, and what happened in it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.append_only import keep_append_only
from kernel.columns import Id, Instant, JsonList, JsonMap, Path, Ref, UtcDateTime, words
from kernel.database import Base
from ledger.inventory.models import table_of
from ledger.titles.kinds import DueRule, HandedTo, TitleEventKind, TitleState

_LIVE = text("state <> 'withdrawn'")


class BuildingTitle(Base):
    """The first registration (首次登记, 大证) of a building: without it no buyer gets a certificate."""

    __tablename__ = "building_title"

    id: Mapped[Id]
    building_id: Mapped[Ref] = mapped_column(ForeignKey("building.id"), unique=True)
    project_id: Mapped[Ref] = mapped_column(ForeignKey("project.id"))
    path: Mapped[Path] = mapped_column(index=True)
    survey_id: Mapped[Ref] = mapped_column(ForeignKey("survey.id"))
    no: Mapped[str] = mapped_column(String(60))
    registered_on: Mapped[date] = mapped_column(Date)
    noted_by: Mapped[Ref]
    at: Mapped[Instant]

    __table_args__ = (UniqueConstraint("project_id", "no"),)


class TitleCase(Base):
    """One sale's way to the certificate (小证). ``due_on`` is the statutory day; it is unknown before hand-over
    of a presale without an agreed day. ``papers`` are the codes of the checklist that are there.
    """

    __tablename__ = "title_case"

    id: Mapped[Id]
    sale_id: Mapped[Ref] = mapped_column(ForeignKey("sale.id"), index=True)
    building_id: Mapped[Ref] = mapped_column(ForeignKey("building.id"))
    project_id: Mapped[Ref] = mapped_column(ForeignKey("project.id"))
    path: Mapped[Path] = mapped_column(index=True)
    owner_id: Mapped[Ref]
    state: Mapped[TitleState] = mapped_column(words(TitleState, "state"))
    since: Mapped[date] = mapped_column(Date)
    due_on: Mapped[date | None] = mapped_column(Date)
    due_rule: Mapped[DueRule] = mapped_column(words(DueRule, "due_rule"))
    delivered_on: Mapped[date | None] = mapped_column(Date)
    papers: Mapped[JsonList]
    submitted_on: Mapped[date | None] = mapped_column(Date)
    submission_no: Mapped[str | None] = mapped_column(String(60))
    returned_reason: Mapped[str | None] = mapped_column(String(500))
    certificate_no: Mapped[str | None] = mapped_column(String(60))
    issued_on: Mapped[date | None] = mapped_column(Date)
    handed_on: Mapped[date | None] = mapped_column(Date)
    handed_to: Mapped[HandedTo | None] = mapped_column(words(HandedTo, "handed_to"))
    instance_id: Mapped[str | None] = mapped_column(String(36), index=True)
    opened_at: Mapped[Instant]
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())

    __table_args__ = (
        Index("uq_title_case_live", "sale_id", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
        Index("ix_title_case_building_id_state", "building_id", "state"),
        UniqueConstraint("project_id", "certificate_no"),
        CheckConstraint("state <> 'submitted' OR submitted_on IS NOT NULL", name="submitted_when"),
        CheckConstraint(
            "state NOT IN ('issued', 'handed_over') OR (issued_on IS NOT NULL AND certificate_no IS NOT NULL)",
            name="issued_with_number",
        ),
        CheckConstraint(
            "state <> 'handed_over' OR (handed_on IS NOT NULL AND handed_to IS NOT NULL)", name="handed_to_whom"
        ),
    )


class TitleEvent(Base):
    """What happened in a title case, on which day, by whom."""

    __tablename__ = "title_event"

    id: Mapped[Id]
    case_id: Mapped[Ref] = mapped_column(ForeignKey("title_case.id"), index=True)
    kind: Mapped[TitleEventKind] = mapped_column(words(TitleEventKind, "kind"))
    on_date: Mapped[date] = mapped_column(Date)
    details: Mapped[JsonMap]
    at: Mapped[Instant]
    by: Mapped[Ref]


keep_append_only(table_of(TitleEvent))
