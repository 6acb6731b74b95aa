"""User tasks: rows that answer the inbox alone, with their candidates and declared business facts."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, Date, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.tables.columns import Name, PathText, ScopePath
from kernel.columns import Id, Instant, JsonList, JsonMap
from kernel.database import Base

_ASSIGNED = text("assignee IS NOT NULL")
_OWNED = text("owner IS NOT NULL")
_OPEN = text("state = 'open'")


class TaskRow(Base):
    """A user task. ``state`` is open, completed or cancelled; ``delegation`` pending or resolved or None.

    ``far_due`` is the due instant, or the end of time without one, so that lists sort alike on both databases.
    ``troubled`` says that completing it has failed and an incident may be open.
    """

    __tablename__ = "engine_task"

    id: Mapped[Id]
    instance_id: Mapped[str] = mapped_column(ForeignKey("engine_instance.id"))
    definition_key: Mapped[Name]
    definition_version: Mapped[int]
    element_id: Mapped[Name]
    token: Mapped[int]
    name: Mapped[Name]
    name_labels: Mapped[JsonMap]
    state: Mapped[str] = mapped_column(String(12))
    assignee: Mapped[str | None] = mapped_column(String(36))
    owner: Mapped[str | None] = mapped_column(String(36))
    delegation: Mapped[str | None] = mapped_column(String(12))
    candidates: Mapped[JsonList]
    excluded: Mapped[JsonList]
    due_at: Mapped[Instant | None]
    far_due: Mapped[Instant]
    follow_up_at: Mapped[Instant | None]
    priority: Mapped[int]
    path: Mapped[ScopePath]
    form_key: Mapped[str | None] = mapped_column(String(255))
    facts: Mapped[JsonMap]
    draft: Mapped[JsonMap]
    business_key: Mapped[str | None] = mapped_column(String(255))
    created_at: Mapped[Instant]
    completed_at: Mapped[Instant | None]
    completed_by: Mapped[str | None] = mapped_column(String(36))
    on_behalf_of: Mapped[str | None] = mapped_column(String(36))
    troubled: Mapped[bool] = mapped_column(default=False)
    revision: Mapped[int]

    __table_args__ = (
        Index("ix_engine_task_instance_state", "instance_id", "state"),
        Index("ix_engine_task_state_far_due", "state", "far_due"),
        Index("ix_engine_task_owner", "owner", sqlite_where=_OWNED, postgresql_where=_OWNED),
        Index(
            "ix_engine_task_assignee_state",
            "assignee",
            "state",
            "far_due",
            sqlite_where=_ASSIGNED,
            postgresql_where=_ASSIGNED,
        ),
        Index("ix_engine_task_completed_by", "completed_by", "completed_at"),
        Index("ix_engine_task_path_state", "path", "state", "far_due"),
        Index("ix_engine_task_business_key", "business_key"),
        Index(
            "ix_engine_task_open_element", "element_id", "instance_id", sqlite_where=_OPEN, postgresql_where=_OPEN
        ),
    )


class CandidateRow(Base):
    """Who may take a task: a role at an organisation node, or one person (``user_id``)."""

    __tablename__ = "engine_task_candidate"

    task_id: Mapped[str] = mapped_column(ForeignKey("engine_task.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    role: Mapped[str | None] = mapped_column(String(60))
    path: Mapped[str | None] = mapped_column(PathText)
    user_id: Mapped[str | None] = mapped_column(String(36))

    __table_args__ = (
        Index("ix_engine_task_candidate_role_path", "role", "path"),
        Index("ix_engine_task_candidate_user", "user_id"),
    )


class TaskFactRow(Base):
    """A declared business fact of a task, in the column of its type, for filtering and sorting."""

    __tablename__ = "engine_task_fact"

    task_id: Mapped[str] = mapped_column(ForeignKey("engine_task.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    text: Mapped[str | None] = mapped_column(String(250))
    number: Mapped[int | None] = mapped_column(BigInteger)
    day: Mapped[date | None] = mapped_column("date", Date)

    __table_args__ = (
        Index("ix_engine_task_fact_name_text", "name", "text"),
        Index("ix_engine_task_fact_name_number", "name", "number"),
        Index("ix_engine_task_fact_name_date", "name", "date"),
    )
