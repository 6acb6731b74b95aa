"""Files on tasks and cases: what they are, who brought them. Who hosts the engine keeps their content."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from kernel.columns import Id, Instant, Ref
from kernel.database import Base


class AttachmentRow(Base):
    """A file. One that was taken away keeps its row as the trace; its content is gone."""

    __tablename__ = "engine_attachment"

    id: Mapped[Id]
    instance_id: Mapped[str] = mapped_column(ForeignKey("engine_instance.id"), index=True)
    task_id: Mapped[str | None] = mapped_column(String(36), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    filename: Mapped[str] = mapped_column(String(160))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(BigInteger)
    content_id: Mapped[Ref]
    added_by: Mapped[Ref]
    added_at: Mapped[Instant]
    removed_by: Mapped[str | None] = mapped_column(String(36))
    removed_at: Mapped[Instant | None]
