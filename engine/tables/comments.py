"""Later wordings of comments; the first one and every former one stay."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine.tables.columns import table_of
from engine.tables.keeping import RELEASED
from kernel.append_only import Release, keep_append_only
from kernel.columns import Id, Instant
from kernel.database import Base


class CommentEditRow(Base):
    """What a comment says since an instant; its author wrote it anew."""

    __tablename__ = "engine_comment_edit"

    id: Mapped[Id]
    comment_id: Mapped[str] = mapped_column(ForeignKey("engine_comment.id"), index=True)
    instance_id: Mapped[str] = mapped_column(ForeignKey("engine_instance.id"), index=True)
    at: Mapped[Instant]
    text: Mapped[str] = mapped_column(Text)


keep_append_only(table_of(CommentEditRow), Release(RELEASED, "instance_id"))
