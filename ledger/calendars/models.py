"""The tables of calendars: named weeks, days that are otherwise, and which node counts by which calendar."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Date, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.columns import Id, Instant, JsonList, JsonMap, Path, Ref
from kernel.database import Base

COUNTRY = "CN"
"""The holder of the public holidays and make-up workdays of mainland China."""


class NamedCalendar(Base):
    """A calendar of the house. ``week`` holds seven texts of blocks, Monday first; an empty one is a day off.

    ``state`` says that the state's public holidays and make-up workdays count.
    """

    __tablename__ = "business_calendar"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    state: Mapped[bool] = mapped_column(default=True)
    week: Mapped[JsonList]
    revision: Mapped[int] = mapped_column(Integer, default=1)
    changed_by: Mapped[Ref]
    changed_at: Mapped[Instant]


class CalendarDay(Base):
    """A day that is otherwise than its weekday. ``holder`` is `COUNTRY`, a calendar's id or a node's id.

    ``blocks`` is the text of its blocks, None for those of an ordinary workday; ``source`` the file it came from.
    """

    __tablename__ = "calendar_day"

    id: Mapped[Id]
    holder: Mapped[Ref]
    day: Mapped[date] = mapped_column(Date)
    working: Mapped[bool]
    names: Mapped[JsonMap]
    blocks: Mapped[str | None] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(String(200), default="")
    set_by: Mapped[Ref]
    set_at: Mapped[Instant]

    __table_args__ = (UniqueConstraint("holder", "day"),)


class CalendarChoice(Base):
    """By which calendar a node and all below it count, until a node below chooses another."""

    __tablename__ = "calendar_choice"

    node_id: Mapped[str] = mapped_column(String(36), ForeignKey("org_node.id"), primary_key=True)
    path: Mapped[Path] = mapped_column(unique=True)
    calendar_id: Mapped[Ref] = mapped_column(ForeignKey("business_calendar.id"))
    set_by: Mapped[Ref]
    set_at: Mapped[Instant]
