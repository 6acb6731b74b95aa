"""What is worth telling people, in the order it came: pointers to history, taken away once somebody was told."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from kernel.columns import Id, Ref
from kernel.database import Base


class NewsRow(Base):
    """An event of a case's history that people may have to be told of; ids are ordered by time."""

    __tablename__ = "engine_news"

    id: Mapped[Id]
    instance_id: Mapped[Ref]
    seq: Mapped[int] = mapped_column()
