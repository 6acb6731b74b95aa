"""How people have arranged their inbox: the columns of each box, and lists saved under a name."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from kernel.columns import Id, Instant, JsonList, JsonMap
from kernel.database import Base


class ColumnChoice(Base):
    """The columns somebody chose for a box, in order; without a row the box has its usual ones."""

    __tablename__ = "webapp_inbox_columns"

    person_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    box: Mapped[str] = mapped_column(String(20), primary_key=True)
    columns: Mapped[JsonList]


class SavedFilter(Base):
    """A list that somebody saved under a name: ``criteria`` are the arguments of its address.

    ``fields`` names the business facts that it asks about, so that it is kept from who may not see them.
    """

    __tablename__ = "webapp_saved_filter"

    id: Mapped[Id]
    owner_id: Mapped[str] = mapped_column(String(36))
    name: Mapped[str] = mapped_column(String(60))
    colour: Mapped[str] = mapped_column(String(12))
    position: Mapped[int]
    criteria: Mapped[JsonMap]
    fields: Mapped[JsonList]
    created_at: Mapped[Instant]

    __table_args__ = (Index("ix_webapp_saved_filter_owner", "owner_id", "position"),)


class FilterShare(Base):
    """To whom a filter is shared: the holders of a role at an organisation node or below, or one person."""

    __tablename__ = "webapp_filter_share"

    filter_id: Mapped[str] = mapped_column(ForeignKey("webapp_saved_filter.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    role: Mapped[str | None] = mapped_column(String(60))
    path: Mapped[str | None] = mapped_column(String(250))
    person_id: Mapped[str | None] = mapped_column(String(36))

    __table_args__ = (
        Index("ix_webapp_filter_share_role", "role"),
        Index("ix_webapp_filter_share_person", "person_id"),
    )
