"""User tasks: rows that answer the inbox alone, with their candidates and declared business facts."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Date, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.tables.columns import Name, PathText, ScopePath
from kernel.columns import Id, Instant, Json, JsonList, JsonMap
from kernel.database import Base

_ASSIGNED = text("assignee IS NOT NULL")
_OWNED = text("owner IS NOT NULL")
_OPEN = text("state = 'open'")
_SNOOZED = text("follow_up_at IS NOT NULL")
_BELOW = text("parent_id IS NOT NULL")


class TaskRow(Base):
    """A user task. ``state`` is open, completed or cancelled; ``delegation`` pending or resolved or None.

    ``far_due`` is the due instant, or the end of time without one, so that lists sort alike on both databases.
    ``troubled`` says that completing it has failed and an incident may be open. ``due_rule`` is the text by which
    the due instant was reckoned, None once a person has set it; ``warn_rule`` how long before it a warning comes.
    ``scope_token`` is the root token of the scope that it stands in, ``turn`` what its diagram says to restore
    when a case goes back.

    The task of somebody who was added to another task names that as ``parent_id`` and has no token of its own;
    ``signing_id`` and ``part`` (before, after, vote) say to which signing it belongs. What the other waits for is
    ``held``: before, after or vote, planned while nobody holds it up yet, over when all that is behind it.
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
    due_rule: Mapped[str | None] = mapped_column(String(255))
    warn_rule: Mapped[str | None] = mapped_column(String(60))
    warn_at: Mapped[Instant | None]
    revision: Mapped[int]
    scope_token: Mapped[int | None]
    attachments: Mapped[list[str] | None] = mapped_column(Json)
    turn: Mapped[dict[str, Any] | None] = mapped_column(Json)
    parent_id: Mapped[str | None] = mapped_column(String(36))
    signing_id: Mapped[str | None] = mapped_column(String(36))
    part: Mapped[str | None] = mapped_column(String(8))
    held: Mapped[str | None] = mapped_column(String(8))

    __table_args__ = (
        Index("ix_engine_task_parent", "parent_id", sqlite_where=_BELOW, postgresql_where=_BELOW),
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
        # All that the board of managers counts, person by person.
        Index("ix_engine_task_load", "state", "path", "assignee", "far_due", "created_at", "definition_key"),
        Index("ix_engine_task_business_key", "business_key"),
        Index("ix_engine_task_snoozed", "follow_up_at", sqlite_where=_SNOOZED, postgresql_where=_SNOOZED),
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
