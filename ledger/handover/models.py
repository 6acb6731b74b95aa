"""The tables of handing over: batches, slots, cases, appointments, events. What happened is never changed.

A slot and a day count what is booked beside their capacity, and the database refuses one too many; so two who take
the last place meet there.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from kernel.append_only import keep_append_only
from kernel.columns import Fen, Id, Instant, JsonMap, Path, Ref, UtcDateTime, words
from kernel.database import Base
from ledger.handover.kinds import AppointmentState, Booker, CaseState, EventKind
from ledger.inventory.models import table_of
from ledger.worklists import ItemState, RunState

_RUNNING = text("state = 'running'")
_BOOKED = text("state = 'booked'")
_LIVE = text("state NOT IN ('closed', 'withdrawn')")


class MoveInBatch(Base):
    """A building handed over together (集中交付): its notice (入伙通知), its days, how far the notices are.

    ``completion_no`` is the number under which its completion is filed (竣工验收备案), without which nothing may
    be handed over; ``first_on`` to ``last_on`` are the days of the hand-over.
    """

    __tablename__ = "move_in_batch"

    id: Mapped[Id]
    project_id: Mapped[Ref] = mapped_column(ForeignKey("project.id"))
    building_id: Mapped[Ref] = mapped_column(ForeignKey("building.id"))
    path: Mapped[Path] = mapped_column(index=True)
    completion_no: Mapped[str] = mapped_column(String(60))
    place: Mapped[str] = mapped_column(String(120))
    notice_on: Mapped[date] = mapped_column(Date)
    first_on: Mapped[date] = mapped_column(Date)
    last_on: Mapped[date] = mapped_column(Date)
    state: Mapped[RunState] = mapped_column(words(RunState, "state"), default=RunState.RUNNING)
    total: Mapped[int] = mapped_column(Integer, default=0)
    done: Mapped[int] = mapped_column(Integer, default=0)
    failed: Mapped[int] = mapped_column(Integer, default=0)
    begun_at: Mapped[Instant]
    begun_by: Mapped[Ref]
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime())

    __table_args__ = (
        CheckConstraint("first_on <= last_on AND notice_on <= first_on", name="days"),
        Index(
            "uq_move_in_batch_running",
            "building_id",
            unique=True,
            sqlite_where=_RUNNING,
            postgresql_where=_RUNNING,
        ),
    )


class MoveInBatchItem(Base):
    """One sale of a batch; ``code`` says why it failed."""

    __tablename__ = "move_in_batch_item"

    batch_id: Mapped[str] = mapped_column(ForeignKey("move_in_batch.id"), primary_key=True)
    sale_id: Mapped[str] = mapped_column(ForeignKey("sale.id"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer)
    state: Mapped[ItemState] = mapped_column(words(ItemState, "state"), default=ItemState.WAITING)
    code: Mapped[str | None] = mapped_column(String(60))


class MoveInDay(Base):
    """How many appointments a batch takes on a day."""

    __tablename__ = "move_in_day"

    batch_id: Mapped[str] = mapped_column(ForeignKey("move_in_batch.id"), primary_key=True)
    on_date: Mapped[date] = mapped_column(Date, primary_key=True)
    capacity: Mapped[int] = mapped_column(Integer)
    booked: Mapped[int] = mapped_column(Integer, default=0)

    __table_args__ = (CheckConstraint("booked >= 0 AND booked <= capacity", name="room"),)


class MoveInSlot(Base):
    """Hours of one member of staff in which so many buyers are received (预约时段); wall-clock of the project."""

    __tablename__ = "move_in_slot"

    id: Mapped[Id]
    batch_id: Mapped[Ref] = mapped_column(ForeignKey("move_in_batch.id"))
    staff_id: Mapped[Ref]
    on_date: Mapped[date] = mapped_column(Date)
    begins: Mapped[str] = mapped_column(String(5))
    ends: Mapped[str] = mapped_column(String(5))
    capacity: Mapped[int] = mapped_column(Integer)
    booked: Mapped[int] = mapped_column(Integer, default=0)

    __table_args__ = (
        UniqueConstraint("batch_id", "staff_id", "on_date", "begins"),
        CheckConstraint("booked >= 0 AND booked <= capacity", name="room"),
        CheckConstraint("begins < ends", name="hours"),
        Index("ix_move_in_slot_batch_id_on_date", "batch_id", "on_date"),
    )


class MoveInCase(Base):
    """One home on its way to its buyer (入伙), at most one at a time for a sale.

    ``agreed_on`` is the contract's day of delivery, ``risk_passed_on`` the day from which the buyer bears the
    risk: that of the keys, or the notified day after a refusal without cause (SPC 2020). ``allowed`` holds the fen
    by line with which keys were allowed, ``allowed_hash`` seals what was approved.
    """

    __tablename__ = "move_in_case"

    id: Mapped[Id]
    sale_id: Mapped[Ref] = mapped_column(ForeignKey("sale.id"), index=True)
    unit_id: Mapped[Ref] = mapped_column(ForeignKey("unit.id"))
    batch_id: Mapped[Ref] = mapped_column(ForeignKey("move_in_batch.id"), index=True)
    project_id: Mapped[Ref] = mapped_column(ForeignKey("project.id"))
    path: Mapped[Path] = mapped_column(index=True)
    owner_id: Mapped[Ref]
    instance_id: Mapped[str | None] = mapped_column(String(36), index=True)
    state: Mapped[CaseState] = mapped_column(words(CaseState, "state"), default=CaseState.NOTIFIED)
    on_hold: Mapped[bool] = mapped_column(default=False)
    notified_on: Mapped[date] = mapped_column(Date)
    hand_over_on: Mapped[date] = mapped_column(Date)
    agreed_on: Mapped[date | None] = mapped_column(Date)
    appoint_by: Mapped[date] = mapped_column(Date)
    no_shows: Mapped[int] = mapped_column(Integer, default=0)
    arrived_on: Mapped[date | None] = mapped_column(Date)
    open_fen: Mapped[Fen] = mapped_column(default=0)
    allowed: Mapped[JsonMap]
    allowed_hash: Mapped[str | None] = mapped_column(String(64))
    round: Mapped[int] = mapped_column(Integer, default=0)
    refused_on: Mapped[date | None] = mapped_column(Date)
    refusal_justified: Mapped[bool | None] = mapped_column()
    refusal_reason: Mapped[str | None] = mapped_column(String(500))
    risk_passed_on: Mapped[date | None] = mapped_column(Date)
    handed_over_on: Mapped[date | None] = mapped_column(Date)
    compensation_fen: Mapped[Fen] = mapped_column(default=0)
    satisfaction: Mapped[int | None] = mapped_column(Integer)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    opened_at: Mapped[Instant]
    changed_at: Mapped[Instant]

    __table_args__ = (
        CheckConstraint("satisfaction IS NULL OR (satisfaction >= 1 AND satisfaction <= 5)", name="satisfaction"),
        CheckConstraint("state <> 'handed_over' OR handed_over_on IS NOT NULL", name="keys_have_a_day"),
        CheckConstraint("handed_over_on IS NULL OR risk_passed_on IS NOT NULL", name="risk_goes_with_the_keys"),
        CheckConstraint("(state IN ('closed', 'withdrawn')) = (closed_at IS NOT NULL)", name="closed_when"),
        Index("uq_move_in_case_live", "sale_id", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
    )


class MoveInAppointment(Base):
    """A buyer comes in a slot; one at a time for a case, the earlier ones stay to be read."""

    __tablename__ = "move_in_appointment"

    id: Mapped[Id]
    case_id: Mapped[Ref] = mapped_column(ForeignKey("move_in_case.id"))
    slot_id: Mapped[Ref] = mapped_column(ForeignKey("move_in_slot.id"), index=True)
    state: Mapped[AppointmentState] = mapped_column(
        words(AppointmentState, "state"), default=AppointmentState.BOOKED
    )
    booked_by: Mapped[Booker] = mapped_column(words(Booker, "booked_by"))
    actor_id: Mapped[Ref]
    at: Mapped[Instant]

    __table_args__ = (
        Index(
            "uq_move_in_appointment_booked",
            "case_id",
            unique=True,
            sqlite_where=_BOOKED,
            postgresql_where=_BOOKED,
        ),
    )


class MoveInEvent(Base):
    """What happened to a hand-over, on which business day, by whom."""

    __tablename__ = "move_in_event"

    id: Mapped[Id]
    case_id: Mapped[Ref] = mapped_column(ForeignKey("move_in_case.id"), index=True)
    batch_id: Mapped[Ref] = mapped_column(ForeignKey("move_in_batch.id"))
    kind: Mapped[EventKind] = mapped_column(words(EventKind, "kind"))
    on_date: Mapped[date] = mapped_column(Date)
    note: Mapped[str | None] = mapped_column(String(500))
    details: Mapped[JsonMap]
    actor_id: Mapped[Ref]
    at: Mapped[Instant]

    __table_args__ = (Index("ix_move_in_event_batch_id_on_date", "batch_id", "on_date"),)


keep_append_only(table_of(MoveInEvent))
