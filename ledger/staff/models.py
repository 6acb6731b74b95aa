"""The tables of staff: the account, its roles at nodes, its API tokens."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ColumnElement, Date, ForeignKey, Index, Integer, LargeBinary, String, and_, select
from sqlalchemy.orm import Mapped, mapped_column

from kernel.columns import Id, Instant, Path, Ref, UtcDateTime
from kernel.database import Base


class Staff(Base):
    """A member of staff. E-mail and phone are encrypted under ``data_key``.

    ``sign_in_epoch`` goes up whenever open sign-ins must end: a new password, a reset, a leaver.
    """

    __tablename__ = "staff"

    id: Mapped[Id]
    username: Mapped[str] = mapped_column(String(60), unique=True)
    display_name: Mapped[str] = mapped_column(String(60))
    password_hash: Mapped[str] = mapped_column(String(200))
    data_key: Mapped[bytes] = mapped_column(LargeBinary)
    email_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    language: Mapped[str] = mapped_column(String(8), default="zh")
    active: Mapped[bool] = mapped_column(default=True)
    must_change_password: Mapped[bool] = mapped_column(default=True)
    failed_attempts: Mapped[int] = mapped_column(Integer, default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime())
    sign_in_epoch: Mapped[int] = mapped_column(Integer, default=0)
    last_sign_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    created_at: Mapped[Instant]
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime())

    @classmethod
    def in_scope(cls, path: str, owner_id: str | None) -> ColumnElement[bool]:
        """Holds, or held, a role at or below ``path``; everybody is his own owner."""
        rule = cls.id.in_(select(StaffRole.staff_id).where(StaffRole.path.startswith(path, autoescape=True)))
        return rule if owner_id is None else and_(rule, cls.id == owner_id)


class StaffRole(Base):
    """A role held at a node and below, from a date to a date (both inclusive).

    ``node_id`` is null when the role is held at the root ``/``, above every group.
    """

    __tablename__ = "staff_role"

    id: Mapped[Id]
    staff_id: Mapped[Ref] = mapped_column(ForeignKey("staff.id"), index=True)
    role: Mapped[str] = mapped_column(String(40))
    node_id: Mapped[str | None] = mapped_column(String(36), ForeignKey("org_node.id"))
    path: Mapped[Path]
    from_date: Mapped[date] = mapped_column(Date)
    to_date: Mapped[date | None] = mapped_column(Date)

    __table_args__ = (Index("ix_staff_role_role_path", "role", "path"),)


class ApiToken(Base):
    """A token of a member of staff for the REST API; only its hash is kept."""

    __tablename__ = "api_token"

    id: Mapped[Id]
    staff_id: Mapped[Ref] = mapped_column(ForeignKey("staff.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[Instant]
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
