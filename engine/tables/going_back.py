"""Cases that went back: returned to an earlier step (退回), or withdrawn by who took it (撤回)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from engine.tables.columns import Name
from kernel.columns import Id, Instant, Json, JsonList, Ref
from kernel.database import Base


class ReturnRow(Base):
    """A task that sent its case back to an earlier one.

    ``way`` is straight (the steps between are not asked again) or again. ``skipped`` are the tasks between, oldest
    first. ``state`` is open until the case has come back to the returner, or goes another way; then done.
    ``scope_token`` and ``from_turn`` are the returning task's, to find it again.
    """

    __tablename__ = "engine_return"

    id: Mapped[Id]
    instance_id: Mapped[str] = mapped_column(ForeignKey("engine_instance.id"))
    scope_token: Mapped[int]
    from_task: Mapped[Ref]
    from_element: Mapped[Name]
    from_turn: Mapped[dict[str, Any] | None] = mapped_column(Json)
    from_candidates: Mapped[JsonList]
    to_task: Mapped[Ref]
    to_element: Mapped[Name]
    way: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(String(500))
    skipped: Mapped[JsonList]
    state: Mapped[str] = mapped_column(String(12))
    at: Mapped[Instant]
    by: Mapped[Ref]
    on_behalf_of: Mapped[str | None] = mapped_column(String(36))

    __table_args__ = (Index("ix_engine_return_instance", "instance_id", "state"),)


class WithdrawalRow(Base):
    """Somebody asks for his task back after others have acted; who holds the case now grants or refuses it.

    ``task_id`` is the asker's completed task, None where the whole request is meant that he began.
    ``state`` is asked, granted or refused.
    """

    __tablename__ = "engine_withdrawal"

    id: Mapped[Id]
    instance_id: Mapped[str] = mapped_column(ForeignKey("engine_instance.id"))
    task_id: Mapped[str | None] = mapped_column(String(36))
    reason: Mapped[str] = mapped_column(String(500))
    state: Mapped[str] = mapped_column(String(12))
    at: Mapped[Instant]
    by: Mapped[Ref]
    on_behalf_of: Mapped[str | None] = mapped_column(String(36))
    answered_at: Mapped[Instant | None]
    answered_by: Mapped[str | None] = mapped_column(String(36))
    answered_for: Mapped[str | None] = mapped_column(String(36))
    answer: Mapped[str] = mapped_column(String(500))

    __table_args__ = (Index("ix_engine_withdrawal_instance", "instance_id", "state"),)
