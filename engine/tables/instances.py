"""Running and finished instances with what happened in them.

An instance row holds dynamic state only: which tokens stand where. The diagram itself is parsed once per
definition version and shared by all instances of it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, Index, SmallInteger, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.tables.columns import Name, ScopePath, table_of
from engine.tables.keeping import RELEASED
from kernel.append_only import Release, keep_append_only
from kernel.columns import Id, Instant, Json, JsonList, JsonMap, Ref
from kernel.database import Base

_LIVE = text("state IN ('active', 'suspended')")


class InstanceRow(Base):
    """A process instance. ``state`` is active, suspended, completed, cancelled or failed.

    ``tokens`` is the serialized dynamic state in format ``tokens_format``; ``revision`` grows with every command.
    ``goes_straight`` says that it was returned and goes straight back to who returned it.
    """

    __tablename__ = "engine_instance"

    id: Mapped[Id]
    definition_id: Mapped[str] = mapped_column(ForeignKey("engine_definition.id"), index=True)
    definition_key: Mapped[Name]
    definition_version: Mapped[int]
    state: Mapped[str] = mapped_column(String(12))
    business_key: Mapped[str | None] = mapped_column(String(255))
    path: Mapped[ScopePath]
    variables: Mapped[JsonMap]
    facts: Mapped[JsonMap]
    tokens: Mapped[str] = mapped_column(Text)
    tokens_format: Mapped[int] = mapped_column(SmallInteger)
    revision: Mapped[int]
    history_seq: Mapped[int]
    reason: Mapped[str | None] = mapped_column(String(500))
    started_at: Mapped[Instant]
    started_by: Mapped[Ref]
    changed_at: Mapped[Instant]
    ended_at: Mapped[Instant | None]
    goes_straight: Mapped[bool | None]

    __table_args__ = (
        Index("ix_engine_instance_state_key", "state", "definition_key"),
        Index("ix_engine_instance_business_key", "business_key"),
        Index("ix_engine_instance_path", "path"),
        Index("ix_engine_instance_started_at", "started_at", "id"),
        Index("ix_engine_instance_ended_at", "ended_at"),
        Index("ix_engine_instance_started_by", "started_by", "started_at"),
        Index(
            "uq_engine_instance_live_business_key",
            "definition_key",
            "business_key",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
    )


class HistoryRow(Base):
    """One thing that happened in an instance: a code with parameters; rows are only ever added."""

    __tablename__ = "engine_history"

    instance_id: Mapped[str] = mapped_column(ForeignKey("engine_instance.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[Instant]
    code: Mapped[str] = mapped_column(String(40))
    element_id: Mapped[str | None] = mapped_column(String(255))
    element_name: Mapped[str | None] = mapped_column(String(255))
    task_id: Mapped[str | None] = mapped_column(String(36), index=True)
    actor_id: Mapped[Ref]
    on_behalf_of: Mapped[str | None] = mapped_column(String(36))
    params: Mapped[JsonMap]


class CommentRow(Base):
    """What somebody wrote on a task or case; later approvers see it."""

    __tablename__ = "engine_comment"

    id: Mapped[Id]
    instance_id: Mapped[str] = mapped_column(ForeignKey("engine_instance.id"), index=True)
    task_id: Mapped[str | None] = mapped_column(String(36), index=True)
    author_id: Mapped[Ref]
    on_behalf_of: Mapped[str | None] = mapped_column(String(36))
    at: Mapped[Instant]
    text: Mapped[str] = mapped_column(Text)


class DecisionLogRow(Base):
    """A decision taken: with which inputs, which rules fired, what came out."""

    __tablename__ = "engine_decision_log"

    id: Mapped[Id]
    instance_id: Mapped[str] = mapped_column(ForeignKey("engine_instance.id"), index=True)
    element_id: Mapped[Name]
    decision_key: Mapped[Name]
    decision_version: Mapped[int]
    inputs: Mapped[JsonMap]
    outputs: Mapped[Any] = mapped_column(Json)
    fired: Mapped[JsonList]
    at: Mapped[Instant]


class IncidentRow(Base):
    """A step that failed for a technical reason; ``command`` is what a retry runs again.

    ``input`` holds the values that the step read, like process data itself; ``trace`` names files and lines alone.
    """

    __tablename__ = "engine_incident"

    id: Mapped[Id]
    instance_id: Mapped[str | None] = mapped_column(ForeignKey("engine_instance.id"), index=True)
    job_id: Mapped[str | None] = mapped_column(String(36), index=True)
    task_id: Mapped[str | None] = mapped_column(String(36), index=True)
    definition_key: Mapped[Name]
    element_id: Mapped[Name]
    element_name: Mapped[Name]
    error_type: Mapped[Name]
    message_code: Mapped[Name]
    params: Mapped[JsonMap]
    command: Mapped[dict[str, Any] | None] = mapped_column(Json)
    state: Mapped[str] = mapped_column(String(12), index=True)
    path: Mapped[ScopePath]
    created_at: Mapped[Instant]
    resolved_at: Mapped[Instant | None]
    resolved_by: Mapped[str | None] = mapped_column(String(36))
    input: Mapped[dict[str, Any] | None] = mapped_column(Json)
    trace: Mapped[list[Any] | None] = mapped_column(Json)
    note: Mapped[str | None] = mapped_column(String(1000))
    noted_by: Mapped[str | None] = mapped_column(String(36))
    noted_at: Mapped[Instant | None]


for _row in (HistoryRow, CommentRow, DecisionLogRow):
    keep_append_only(table_of(_row), Release(RELEASED, "instance_id"))
