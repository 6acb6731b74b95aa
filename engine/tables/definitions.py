"""What was deployed: files and the processes and decisions in them, by key and version."""

from __future__ import annotations

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.tables.columns import Name
from kernel.columns import Id, Instant, JsonMap, Ref
from kernel.database import Base


class ResourceRow(Base):
    """A deployed file, kept byte for byte; foreign extensions in it are untouched."""

    __tablename__ = "engine_resource"

    id: Mapped[Id]
    name: Mapped[Name]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[Instant]


class DefinitionRow(Base):
    """A process or decision at one version; running instances stay on theirs."""

    __tablename__ = "engine_definition"

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(20))
    key: Mapped[Name]
    version: Mapped[int]
    name: Mapped[Name]
    labels: Mapped[JsonMap]
    resource_id: Mapped[str] = mapped_column(ForeignKey("engine_resource.id"), index=True)
    start_form: Mapped[str | None] = mapped_column(String(255))
    start_permission: Mapped[str | None] = mapped_column(String(255))
    note: Mapped[str] = mapped_column(String(500))
    deployed_at: Mapped[Instant]
    deployed_by: Mapped[Ref]

    __table_args__ = (UniqueConstraint("kind", "key", "version"),)
