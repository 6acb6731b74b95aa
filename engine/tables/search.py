"""Words by which cases are found."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base

WORD_LENGTH = 24
# Beginnings are compared by range, so their order must be that of the bytes on both databases.
_Word = String(WORD_LENGTH).with_variant(String(WORD_LENGTH, collation="C"), "postgresql")


class WordRow(Base):
    """A beginning of a text by which an instance is found."""

    __tablename__ = "engine_instance_word"

    word: Mapped[str] = mapped_column(_Word, primary_key=True)
    instance_id: Mapped[str] = mapped_column(ForeignKey("engine_instance.id"), primary_key=True, index=True)
