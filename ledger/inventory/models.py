"""The tables of the inventory: buildings, units with their history, price versions, import batches.

A unit counts as released (已开盘) when a price version is in force for it: ``price_version_id`` is set. A unit is
withheld (销控) when ``withheld_reason`` is set. Areas are integer hundredths of a square metre.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Table, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.append_only import keep_append_only
from kernel.columns import Fen, Id, Instant, JsonList, JsonMap, Path, Ref, UtcDateTime
from kernel.database import Base


class Building(Base):
    """A building (楼栋) of a project; ``code`` is how the price list names it, normalised."""

    __tablename__ = "building"

    id: Mapped[Id]
    project_id: Mapped[Ref] = mapped_column(ForeignKey("project.id"))
    path: Mapped[Path]
    phase: Mapped[str | None] = mapped_column(String(40))
    code: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(60))

    __table_args__ = (UniqueConstraint("project_id", "code"),)


class Unit(Base):
    """A home (房源). ``status`` says how far its sale is; ``sale_id``, ``taken_by``, ``taken_at`` who has it.

    ``handed_over_on`` is the day of the keys (交付日). ``held_until`` is the end of a hold, after which the unit
    is free for anybody. ``listed_reason`` is what the last price list said, so that reading the same list again
    does not undo what people decided since.
    """

    __tablename__ = "unit"

    id: Mapped[Id]
    project_id: Mapped[Ref] = mapped_column(ForeignKey("project.id"))
    path: Mapped[Path] = mapped_column(index=True)
    building_id: Mapped[Ref] = mapped_column(ForeignKey("building.id"))
    unit_no: Mapped[str] = mapped_column(String(40))
    entrance: Mapped[str] = mapped_column(String(20), default="")
    floor: Mapped[int | None] = mapped_column(Integer)
    layout: Mapped[str] = mapped_column(String(60), default="")
    orientation: Mapped[str] = mapped_column(String(40), default="")
    building_area_hundredths: Mapped[int] = mapped_column(Integer)
    inside_area_hundredths: Mapped[int | None] = mapped_column(Integer)
    pricing_basis: Mapped[str] = mapped_column(String(20), default="building_area")
    permit_id: Mapped[str | None] = mapped_column(String(36), ForeignKey("presale_permit.id"))
    price_version_id: Mapped[str | None] = mapped_column(String(36), ForeignKey("price_version.id"))
    mortgaged: Mapped[bool] = mapped_column(default=False)
    seized: Mapped[bool] = mapped_column(default=False)
    not_for_sale: Mapped[bool] = mapped_column(default=False)
    withheld_reason: Mapped[str | None] = mapped_column(String(200))
    listed_reason: Mapped[str | None] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(String(16), default="available")
    sale_id: Mapped[str | None] = mapped_column(String(36))
    taken_by: Mapped[str | None] = mapped_column(String(36))
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    held_until: Mapped[datetime | None] = mapped_column(UtcDateTime())
    handed_over_on: Mapped[date | None] = mapped_column(Date)
    revision: Mapped[int] = mapped_column(Integer, default=1)
    changed_at: Mapped[Instant]

    __table_args__ = (
        UniqueConstraint("building_id", "unit_no"),
        Index("ix_unit_project_id_changed_at", "project_id", "changed_at"),
        CheckConstraint(
            "status IN ('available', 'held', 'small_ordered', 'subscribed', 'contracted', 'delivered')",
            name="status",
        ),
        CheckConstraint("pricing_basis IN ('building_area', 'inside_area', 'unit')", name="pricing_basis"),
        CheckConstraint("(status = 'available') = (sale_id IS NULL)", name="taken_by_a_sale"),
        CheckConstraint("status = 'available' OR withheld_reason IS NULL", name="withheld_is_not_taken"),
        CheckConstraint("held_until IS NULL OR status = 'held'", name="held_until_of_a_hold"),
        CheckConstraint("building_area_hundredths > 0", name="area_is_positive"),
    )


class UnitEvent(Base):
    """A change of a unit: status, withholding, flag, price or master data; with reason and actor."""

    __tablename__ = "unit_event"

    id: Mapped[Id]
    unit_id: Mapped[Ref] = mapped_column(ForeignKey("unit.id"))
    project_id: Mapped[Ref]
    path: Mapped[Path]
    kind: Mapped[str] = mapped_column(String(20))
    before: Mapped[str | None] = mapped_column(String(200))
    after: Mapped[str | None] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(String(200))
    actor_id: Mapped[Ref]
    sale_id: Mapped[str | None] = mapped_column(String(36))
    at: Mapped[Instant]

    __table_args__ = (
        Index("ix_unit_event_unit_id_at", "unit_id", "at"),
        CheckConstraint(
            "kind IN ('created', 'status', 'withheld', 'flag', 'price', 'permit', 'data')", name="kind"
        ),
    )


class PriceVersion(Base):
    """A set of prices proposed together; a second person approves it, then it comes into force.

    ``released_by`` names the administrator who set prices in force at set-up without an approval.
    """

    __tablename__ = "price_version"

    id: Mapped[Id]
    project_id: Mapped[Ref] = mapped_column(ForeignKey("project.id"))
    path: Mapped[Path]
    no: Mapped[int] = mapped_column(Integer)
    note: Mapped[str] = mapped_column(String(200), default="")
    state: Mapped[str] = mapped_column(String(12))
    proposed_by: Mapped[Ref]
    proposed_at: Mapped[Instant]
    approved_by: Mapped[str | None] = mapped_column(String(36))
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    released_by: Mapped[str | None] = mapped_column(String(36))
    effective_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    in_force_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    end_reason: Mapped[str | None] = mapped_column(String(200))

    __table_args__ = (
        UniqueConstraint("project_id", "no"),
        CheckConstraint(
            "state IN ('draft', 'submitted', 'approved', 'in_force', 'superseded', 'rejected')", name="state"
        ),
        CheckConstraint("approved_by IS NULL OR approved_by <> proposed_by", name="second_person"),
        CheckConstraint(
            "state NOT IN ('approved', 'in_force', 'superseded')"
            " OR approved_by IS NOT NULL OR released_by IS NOT NULL",
            name="approved_before_use",
        ),
    )


class UnitPrice(Base):
    """A unit's prices in one version; in force from ``since`` until ``until`` (exclusive), open while null."""

    __tablename__ = "unit_price"

    version_id: Mapped[str] = mapped_column(String(36), ForeignKey("price_version.id"), primary_key=True)
    unit_id: Mapped[str] = mapped_column(String(36), ForeignKey("unit.id"), primary_key=True)
    list_unit_price_fen: Mapped[Fen]
    list_price_fen: Mapped[Fen]
    floor_price_fen: Mapped[Fen | None] = mapped_column()
    since: Mapped[datetime | None] = mapped_column(UtcDateTime())
    until: Mapped[datetime | None] = mapped_column(UtcDateTime())

    __table_args__ = (
        Index(
            "uq_unit_price_in_force",
            "unit_id",
            unique=True,
            sqlite_where=text("since IS NOT NULL AND until IS NULL"),
            postgresql_where=text("since IS NOT NULL AND until IS NULL"),
        ),
        Index("ix_unit_price_unit_id_since", "unit_id", "since"),
        CheckConstraint("list_price_fen > 0 AND list_unit_price_fen >= 0", name="list_price_is_positive"),
        CheckConstraint("floor_price_fen IS NULL OR floor_price_fen > 0", name="floor_price_is_positive"),
        CheckConstraint("until IS NULL OR (since IS NOT NULL AND until >= since)", name="period"),
    )


class ImportBatch(Base):
    """A price list that changed something: counts, and the rows that were refused."""

    __tablename__ = "import_batch"

    id: Mapped[Id]
    project_id: Mapped[Ref] = mapped_column(ForeignKey("project.id"))
    path: Mapped[Path]
    file_name: Mapped[str] = mapped_column(String(200))
    at: Mapped[Instant]
    actor_id: Mapped[Ref]
    counts: Mapped[JsonMap]
    refused: Mapped[JsonList]


def table_of(model: type[Base]) -> Table:
    """The table of a model, typed."""
    table: Any = model.__table__
    assert isinstance(table, Table)  # noqa: S101 - tells mypy what the mapper made
    return table


for _model in (UnitEvent, ImportBatch):
    keep_append_only(table_of(_model))
