"""The tables of templates and of the papers made of them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from kernel.columns import Id, Instant, Path, Ref, UtcDateTime
from kernel.database import Base
from ledger.finance.triggers import Rule, guard_tables

STATES = ("draft", "proposed", "released", "retired")


class PaperTemplate(Base):
    """A version of a kind's text at a node (``path``; the nearest node wins) in one language.

    A version without ``created_by`` is as delivered. The text of a version that is no draft is never changed.
    """

    __tablename__ = "paper_template"

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(40))
    path: Mapped[Path]
    language: Mapped[str] = mapped_column(String(2))
    version: Mapped[int] = mapped_column(Integer)
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(8))
    note: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[Instant]
    created_by: Mapped[str | None] = mapped_column(String(36))
    changed_at: Mapped[Instant]
    changed_by: Mapped[str | None] = mapped_column(String(36))
    proposed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    proposed_by: Mapped[str | None] = mapped_column(String(36))
    released_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    released_by: Mapped[str | None] = mapped_column(String(36))
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    retired_by: Mapped[str | None] = mapped_column(String(36))
    revision: Mapped[int] = mapped_column(Integer, default=1)

    __table_args__ = (
        UniqueConstraint("kind", "path", "language", "version"),
        Index(
            "uq_paper_template_released",
            "kind",
            "path",
            "language",
            unique=True,
            sqlite_where=sql("state = 'released'"),
            postgresql_where=sql("state = 'released'"),
        ),
        Index(
            "uq_paper_template_open",
            "kind",
            "path",
            "language",
            unique=True,
            sqlite_where=sql("state IN ('draft', 'proposed')"),
            postgresql_where=sql("state IN ('draft', 'proposed')"),
        ),
        CheckConstraint("state IN ('draft', 'proposed', 'released', 'retired')", name="state"),
        CheckConstraint("language IN ('zh', 'en')", name="language"),
        CheckConstraint(
            "state <> 'released' OR created_by IS NULL OR (released_by IS NOT NULL AND proposed_by IS NOT NULL"
            " AND released_by <> proposed_by AND released_by <> changed_by)",
            name="second_person",
        ),
        CheckConstraint("state <> 'retired' OR retired_at IS NOT NULL", name="retired_when"),
    )


class MadePaper(Base):
    """A paper that was made: of which version, with which values (sealed as a kept file), under which number.

    The document with the PDF has the same id; it is stored after the commit. ``key`` makes a repeated order find
    the first one.
    """

    __tablename__ = "made_paper"

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[Ref]
    about_id: Mapped[str | None] = mapped_column(String(80))
    number: Mapped[str] = mapped_column(String(60))
    language: Mapped[str] = mapped_column(String(2))
    template_id: Mapped[Ref] = mapped_column(ForeignKey("paper_template.id"))
    values_id: Mapped[Ref] = mapped_column(ForeignKey("kept_file.id"))
    values_sha256: Mapped[str] = mapped_column(String(64))
    path: Mapped[Path]
    owner_id: Mapped[str | None] = mapped_column(String(36))
    issued_on: Mapped[date] = mapped_column(Date)
    at: Mapped[Instant]
    by: Mapped[Ref]

    __table_args__ = (
        UniqueConstraint("kind", "number"),
        Index("ix_made_paper_subject_subject_id", "subject", "subject_id"),
    )


_RULES = (
    Rule(
        "paper_template",
        "UPDATE",
        "template_text_fixed",
        "(OLD.state <> 'draft' AND NEW.text <> OLD.text) OR NEW.kind <> OLD.kind OR NEW.path <> OLD.path"
        " OR NEW.language <> OLD.language OR NEW.version <> OLD.version"
        " OR (OLD.state = 'retired' AND NEW.state <> 'retired')",
    ),
    Rule("paper_template", "DELETE", "template_text_fixed", "1 = 1"),
)

guard_tables(Base.metadata, _RULES, ("made_paper",))
