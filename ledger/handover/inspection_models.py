"""The tables of inspecting: rooms and parts to look at, what was said of each, photos, the signed form, defects.

What an inspector enters on his phone carries an id that the phone made: sent twice, it is one row. It names the
revision of the part that he saw; when somebody else has changed the part since, both versions stay and a person
decides.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from kernel.append_only import keep_append_only
from kernel.columns import Id, Instant, JsonList, Path, Ref, UtcDateTime, words
from kernel.database import Base
from ledger.handover.kinds import Choice, DefectState, EntryState, Outcome, Verdict
from ledger.inventory.models import table_of

_UNDECIDED = text("state = 'conflict'")


class InspectionPlan(Base):
    """What is looked at in a home of a layout (验房模板), by version; an empty layout means every other one.

    ``rooms`` is a list of {code, en, zh, parts: [{code, en, zh}]}.
    """

    __tablename__ = "inspection_plan"

    id: Mapped[Id]
    project_id: Mapped[Ref] = mapped_column(ForeignKey("project.id"))
    path: Mapped[Path]
    layout: Mapped[str] = mapped_column(String(60), default="")
    version: Mapped[int] = mapped_column(Integer)
    rooms: Mapped[JsonList]
    by: Mapped[Ref]
    at: Mapped[Instant]

    __table_args__ = (UniqueConstraint("project_id", "layout", "version"),)


class InspectionItem(Base):
    """What stands of a part now; ``revision`` rises with each change."""

    __tablename__ = "inspection_item"

    case_id: Mapped[str] = mapped_column(ForeignKey("move_in_case.id"), primary_key=True)
    room: Mapped[str] = mapped_column(String(40), primary_key=True)
    part: Mapped[str] = mapped_column(String(40), primary_key=True)
    verdict: Mapped[Verdict] = mapped_column(words(Verdict, "verdict"))
    note: Mapped[str] = mapped_column(String(500), default="")
    revision: Mapped[int] = mapped_column(Integer, default=1)
    entry_id: Mapped[Ref]
    changed_by: Mapped[Ref]
    changed_at: Mapped[Instant]


class InspectionEntry(Base):
    """What an inspector entered; the id is made by his phone, ``made_at`` is what its clock said."""

    __tablename__ = "inspection_entry"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    case_id: Mapped[Ref] = mapped_column(ForeignKey("move_in_case.id"), index=True)
    room: Mapped[str] = mapped_column(String(40))
    part: Mapped[str] = mapped_column(String(40))
    seen_revision: Mapped[int] = mapped_column(Integer)
    verdict: Mapped[Verdict] = mapped_column(words(Verdict, "verdict"))
    note: Mapped[str] = mapped_column(String(500), default="")
    content_hash: Mapped[str] = mapped_column(String(64))
    round: Mapped[int] = mapped_column(Integer)
    by: Mapped[Ref]
    made_at: Mapped[Instant]
    at: Mapped[Instant]


class InspectionConflict(Base):
    """An entry met another's: which of the two stands is a person's to say."""

    __tablename__ = "inspection_conflict"

    entry_id: Mapped[str] = mapped_column(ForeignKey("inspection_entry.id"), primary_key=True)
    case_id: Mapped[Ref] = mapped_column(ForeignKey("move_in_case.id"), index=True)
    standing_entry_id: Mapped[Ref] = mapped_column(ForeignKey("inspection_entry.id"))
    state: Mapped[EntryState] = mapped_column(words(EntryState, "state"), default=EntryState.CONFLICT)
    choice: Mapped[Choice | None] = mapped_column(words(Choice, "choice"))
    decided_by: Mapped[str | None] = mapped_column(String(36))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime())

    __table_args__ = (
        CheckConstraint("(state = 'applied') = (choice IS NOT NULL)", name="decided"),
        Index("ix_inspection_conflict_open", "case_id", sqlite_where=_UNDECIDED, postgresql_where=_UNDECIDED),
    )


class InspectionPhoto(Base):
    """A photo of a part; the id is made by the phone, the document holds what is left without its EXIF."""

    __tablename__ = "inspection_photo"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    case_id: Mapped[Ref] = mapped_column(ForeignKey("move_in_case.id"), index=True)
    room: Mapped[str] = mapped_column(String(40))
    part: Mapped[str] = mapped_column(String(40))
    document_id: Mapped[Ref] = mapped_column(ForeignKey("document.id"))
    sent_hash: Mapped[str] = mapped_column(String(64))
    by: Mapped[Ref]
    at: Mapped[Instant]


class InspectionVisit(Base):
    """An inspection that is signed (验房单); the id is made by the phone.

    ``form_hash`` seals what was signed: every part as it stood, the outcome, the picture of the signature.
    """

    __tablename__ = "inspection_visit"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    case_id: Mapped[Ref] = mapped_column(ForeignKey("move_in_case.id"))
    round: Mapped[int] = mapped_column(Integer)
    outcome: Mapped[Outcome] = mapped_column(words(Outcome, "outcome"))
    reason: Mapped[str | None] = mapped_column(String(500))
    signer: Mapped[str] = mapped_column(String(80))
    signature_id: Mapped[Ref] = mapped_column(ForeignKey("document.id"))
    form: Mapped[JsonList]
    form_hash: Mapped[str] = mapped_column(String(64))
    by: Mapped[Ref]
    at: Mapped[Instant]

    __table_args__ = (UniqueConstraint("case_id", "round"),)


class MoveInDefect(Base):
    """Something to be repaired (整改项): whose, by when, and how far."""

    __tablename__ = "move_in_defect"

    id: Mapped[Id]
    case_id: Mapped[Ref] = mapped_column(ForeignKey("move_in_case.id"))
    batch_id: Mapped[Ref] = mapped_column(ForeignKey("move_in_batch.id"))
    room: Mapped[str] = mapped_column(String(40))
    part: Mapped[str] = mapped_column(String(40))
    note: Mapped[str] = mapped_column(String(500), default="")
    round: Mapped[int] = mapped_column(Integer)
    contractor: Mapped[str | None] = mapped_column(String(80))
    due_on: Mapped[date] = mapped_column(Date)
    state: Mapped[DefectState] = mapped_column(words(DefectState, "state"), default=DefectState.OPEN)
    times: Mapped[int] = mapped_column(Integer, default=1)
    found_on: Mapped[date] = mapped_column(Date)
    repaired_on: Mapped[date | None] = mapped_column(Date)
    accepted_on: Mapped[date | None] = mapped_column(Date)

    __table_args__ = (
        ForeignKeyConstraint(
            ["case_id", "room", "part"],
            ["inspection_item.case_id", "inspection_item.room", "inspection_item.part"],
        ),
        UniqueConstraint("case_id", "room", "part"),
        CheckConstraint("state <> 'repaired' OR repaired_on IS NOT NULL", name="repaired_when"),
        CheckConstraint("state <> 'accepted' OR accepted_on IS NOT NULL", name="accepted_when"),
        Index("ix_move_in_defect_batch_id_state", "batch_id", "state"),
    )


for _model in (InspectionPlan, InspectionEntry, InspectionPhoto, InspectionVisit):
    keep_append_only(table_of(_model))
