"""How far the telling has come."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from kernel.columns import UtcDateTime
from kernel.database import Base


class NoticeCursor(Base):
    """One row: the newest task that was looked at, and until when due instants were."""

    __tablename__ = "webapp_notice_cursor"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    task_id: Mapped[str] = mapped_column(String(36), default="")
    due_until: Mapped[datetime | None] = mapped_column(UtcDateTime())
