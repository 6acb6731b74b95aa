"""The tables of the organisation tree, its projects, presale permits and parameters."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, Date, ForeignKey, Integer, String, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.append_only import keep_append_only
from kernel.clock import DEFAULT_ZONE
from kernel.columns import Id, Instant, Json, Path, Ref
from kernel.database import Base

KINDS = ("group", "company", "region", "city", "project", "phase")


class OrgNode(Base):
    """A node of the tree. ``path`` joins the codes from the root: ``/keyturn/east/shanghai/yunxi/``."""

    __tablename__ = "org_node"

    id: Mapped[Id]
    parent_id: Mapped[str | None] = mapped_column(String(36), ForeignKey("org_node.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(100))
    path: Mapped[Path] = mapped_column(unique=True)
    zone: Mapped[str] = mapped_column(String(40), default=DEFAULT_ZONE)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[Instant]

    __table_args__ = (
        CheckConstraint("kind IN ('group', 'company', 'region', 'city', 'project', 'phase')", name="kind"),
    )


class Project(Base):
    """A housing project (项目): the org node of the same id, with what its papers name."""

    __tablename__ = "project"

    id: Mapped[str] = mapped_column(String(36), ForeignKey("org_node.id"), primary_key=True)
    path: Mapped[Path] = mapped_column(unique=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    zone: Mapped[str] = mapped_column(String(40), default=DEFAULT_ZONE)
    developer: Mapped[str] = mapped_column(String(200), default="")
    address: Mapped[str] = mapped_column(String(200), default="")

    @classmethod
    def in_scope(cls, path: str, owner_id: str | None) -> ColumnElement[bool]:
        """At or below ``path``; nobody owns a project, so a scope of one's own reaches it too."""
        return cls.path.startswith(path, autoescape=True)


class PresalePermit(Base):
    """A presale permit (预售许可证): without one nothing of its buildings may be sold.

    ``account`` is the supervised account (监管账户) that the presale money must reach.
    """

    __tablename__ = "presale_permit"

    id: Mapped[Id]
    project_id: Mapped[Ref] = mapped_column(ForeignKey("project.id"), index=True)
    no: Mapped[str] = mapped_column(String(100))
    granted_on: Mapped[date] = mapped_column(Date)
    account: Mapped[str] = mapped_column(String(60), default="")
    bank: Mapped[str] = mapped_column(String(100), default="")

    __table_args__ = (UniqueConstraint("project_id", "no"),)


class ParameterSetting(Base):
    """A value set at a node from a date on; ``sequence`` orders the settings of one node and name.

    A null value gives the inheritance back. Rows are never changed, so any date can be asked for again.
    """

    __tablename__ = "parameter"

    id: Mapped[Id]
    node_id: Mapped[Ref] = mapped_column(ForeignKey("org_node.id"))
    path: Mapped[Path]
    name: Mapped[str] = mapped_column(String(60))
    value: Mapped[Any] = mapped_column(Json, nullable=True)
    effective_from: Mapped[date] = mapped_column(Date)
    sequence: Mapped[int] = mapped_column(Integer)
    set_by: Mapped[Ref]
    set_at: Mapped[Instant]

    __table_args__ = (UniqueConstraint("node_id", "name", "sequence"),)


assert isinstance(ParameterSetting.__table__, Table)  # noqa: S101 - tells mypy what the mapper made
keep_append_only(ParameterSetting.__table__)
