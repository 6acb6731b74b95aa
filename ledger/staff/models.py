"""The tables of staff: accounts, roles at nodes, substitutes, line managers, vacant posts, API tokens."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    and_,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column

from kernel.columns import Id, Instant, JsonList, JsonMap, Path, Ref, UtcDateTime
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


class Substitution(Base):
    """A rule of substitution (代理): who does whose tasks, from a day to a day (both inclusive).

    ``processes`` are keys of processes; an empty list means all. ``planned`` says that the person made it and
    not an administrator. Rules are never deleted: a revoked one keeps by whom and when.
    """

    __tablename__ = "staff_substitution"

    id: Mapped[Id]
    principal_id: Mapped[Ref] = mapped_column(ForeignKey("staff.id"), index=True)
    substitute_id: Mapped[Ref] = mapped_column(ForeignKey("staff.id"), index=True)
    from_date: Mapped[date] = mapped_column(Date)
    to_date: Mapped[date] = mapped_column(Date)
    processes: Mapped[JsonList]
    planned: Mapped[bool]
    reason: Mapped[str | None] = mapped_column(String(200))
    created_by: Mapped[Ref]
    created_at: Mapped[Instant]
    revoked_by: Mapped[str | None] = mapped_column(String(36))
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime())

    def is_running(self, on: date) -> bool:
        """Whether it has effect on a day."""
        return self.revoked_at is None and self.from_date <= on <= self.to_date


class StaffManager(Base):
    """Whom somebody reports to, from a day to a day, both inclusive; one at a time."""

    __tablename__ = "staff_manager"

    id: Mapped[Id]
    staff_id: Mapped[Ref] = mapped_column(ForeignKey("staff.id"))
    manager_id: Mapped[Ref] = mapped_column(ForeignKey("staff.id"), index=True)
    from_date: Mapped[date] = mapped_column(Date)
    to_date: Mapped[date | None] = mapped_column(Date)

    __table_args__ = (Index("uq_staff_manager_staff_id_from_date", "staff_id", "from_date", unique=True),)


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


class PostFallback(Base):
    """Who answers for a post (岗位) that nobody holds at a node and below: another role, or one person by name."""

    __tablename__ = "staff_post_fallback"

    id: Mapped[Id]
    role: Mapped[str] = mapped_column(String(40))
    path: Mapped[Path]
    instead_role: Mapped[str | None] = mapped_column(String(40))
    instead_staff_id: Mapped[str | None] = mapped_column(String(36), ForeignKey("staff.id"))
    set_by: Mapped[Ref]
    set_at: Mapped[Instant]

    __table_args__ = (
        Index("uq_staff_post_fallback_role_path", "role", "path", unique=True),
        CheckConstraint("(instead_role IS NULL) <> (instead_staff_id IS NULL)", name="one_answers"),
    )


class PostVacancy(Base):
    """A post that was found vacant (岗位空缺): one row for a role and node, however often it happens.

    ``filled_at`` is None while it is vacant; ``times`` counts how often it has become so.
    """

    __tablename__ = "staff_post_vacancy"

    id: Mapped[Id]
    role: Mapped[str] = mapped_column(String(40))
    path: Mapped[Path]
    opened_at: Mapped[Instant]
    filled_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    times: Mapped[int] = mapped_column(Integer)

    __table_args__ = (Index("uq_staff_post_vacancy_role_path", "role", "path", unique=True),)


class VacancyTurn(Base):
    """What went to whom while a post was vacant; ``instead`` is a role's code or ``user:`` with a staff id."""

    __tablename__ = "staff_vacancy_turn"

    id: Mapped[Id]
    vacancy_id: Mapped[Ref] = mapped_column(ForeignKey("staff_post_vacancy.id"))
    key: Mapped[str] = mapped_column(String(120))
    instance_id: Mapped[Ref]
    task: Mapped[str] = mapped_column(String(255))
    labels: Mapped[JsonMap]
    about: Mapped[str] = mapped_column(String(250))
    instead: Mapped[JsonList]
    at: Mapped[Instant]

    __table_args__ = (Index("uq_staff_vacancy_turn_vacancy_id_key", "vacancy_id", "key", unique=True),)
