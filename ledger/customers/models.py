"""The tables of customers.

ID numbers, phones, e-mail and addresses are encrypted under the customer's own data key; keyed fingerprints
(``…_index``, ``…_tail_index``) find them by equality without reading them. Names are plain: they are searched.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Select,
    String,
    Table,
    UniqueConstraint,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from kernel.append_only import keep_append_only
from kernel.columns import Id, Instant, JsonMap, Path, Ref, UtcDateTime
from kernel.database import Base

_SORTED_BY_BYTES = String(120).with_variant(String(120, collation="C"), "postgresql")


class Customer(Base):
    """A person or a firm, once for the whole group. ``path`` is the project of the first contact.

    Who may see the customer is told by `CustomerProject`, one row for each project that knows them.
    """

    __tablename__ = "customer"

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(100), index=True)
    id_type: Mapped[str | None] = mapped_column(String(20))
    id_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    id_index: Mapped[str | None] = mapped_column(String(64))
    id_tail_index: Mapped[str | None] = mapped_column(String(64), index=True)
    birth_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    birth_index: Mapped[str | None] = mapped_column(String(64), index=True)
    email_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    address_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    contact_person: Mapped[str | None] = mapped_column(String(60))
    language: Mapped[str] = mapped_column(String(8), default="zh")
    grade: Mapped[str | None] = mapped_column(String(10))
    source: Mapped[str | None] = mapped_column(String(60))
    consents: Mapped[JsonMap] = mapped_column(default=dict)
    owner_id: Mapped[str | None] = mapped_column(String(36), index=True)
    project_id: Mapped[Ref] = mapped_column(ForeignKey("project.id"))
    path: Mapped[Path]
    revision: Mapped[int] = mapped_column(Integer, default=1)
    created_at: Mapped[Instant]
    created_by: Mapped[Ref]
    changed_at: Mapped[Instant]
    changed_by: Mapped[Ref]

    __table_args__ = (
        CheckConstraint("kind IN ('person', 'firm')", name="kind"),
        CheckConstraint("(id_sealed IS NULL) = (id_index IS NULL)", name="id_and_index_together"),
        Index(
            "uq_customer_id_index",
            "id_index",
            unique=True,
            sqlite_where=text("id_index IS NOT NULL"),
            postgresql_where=text("id_index IS NOT NULL"),
        ),
    )

    @classmethod
    def in_scope(cls, path: str, owner_id: str | None) -> ColumnElement[bool]:
        """Known to a project at or below ``path``, and there owned by ``owner_id`` where that is given."""
        if owner_id is not None:
            return cls.id.in_(looked_after(path, owner_id))
        known = select(CustomerProject.customer_id).where(CustomerProject.path.startswith(path, autoescape=True))
        return cls.id.in_(known)


def looked_after(path: str, owner_id: str) -> Select[str]:
    """The ids of the customers whom somebody looks after at a project at or below ``path``."""
    known = select(CustomerProject.customer_id).where(CustomerProject.path.startswith(path, autoescape=True))
    return known.where(CustomerProject.owner_id == owner_id)


class CustomerKey(Base):
    """The wrapped data key; destroying it (``wrapped`` null) erases what was encrypted under it."""

    __tablename__ = "customer_key"

    customer_id: Mapped[str] = mapped_column(String(36), ForeignKey("customer.id"), primary_key=True)
    wrapped: Mapped[bytes | None] = mapped_column(LargeBinary)
    destroyed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())


class CustomerProject(Base):
    """A project that knows the customer, with the consultant (置业顾问) who looks after them there."""

    __tablename__ = "customer_project"

    customer_id: Mapped[str] = mapped_column(String(36), ForeignKey("customer.id"), primary_key=True)
    project_id: Mapped[str] = mapped_column(String(36), ForeignKey("project.id"), primary_key=True)
    path: Mapped[Path] = mapped_column(index=True)
    owner_id: Mapped[str | None] = mapped_column(String(36), index=True)
    since: Mapped[Instant]


class CustomerPhone(Base):
    """A phone number in E.164 form, encrypted; the main one is what messages go to."""

    __tablename__ = "customer_phone"

    id: Mapped[Id]
    customer_id: Mapped[Ref] = mapped_column(ForeignKey("customer.id"))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    index: Mapped[str] = mapped_column(String(64), index=True)
    tail_index: Mapped[str] = mapped_column(String(64), index=True)
    main: Mapped[bool] = mapped_column(default=False)
    label: Mapped[str] = mapped_column(String(30), default="")

    __table_args__ = (
        UniqueConstraint("customer_id", "index"),
        Index(
            "uq_customer_phone_main",
            "customer_id",
            unique=True,
            sqlite_where=text("main"),
            postgresql_where=text("main"),
        ),
    )


class CustomerNameTerm(Base):
    """A spelling of the name in pinyin, in full or as initials, for search by its beginning."""

    __tablename__ = "customer_name_term"

    customer_id: Mapped[str] = mapped_column(String(36), ForeignKey("customer.id"), primary_key=True)
    term: Mapped[str] = mapped_column(_SORTED_BY_BYTES, primary_key=True, index=True)


class CustomerKind(Base):
    """What the customer is, over time and per project; several kinds can hold at once (FEATURES A1)."""

    __tablename__ = "customer_kind"

    id: Mapped[Id]
    customer_id: Mapped[Ref] = mapped_column(ForeignKey("customer.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    project_id: Mapped[str | None] = mapped_column(String(36), ForeignKey("project.id"))
    since: Mapped[Instant]
    until: Mapped[datetime | None] = mapped_column(UtcDateTime())

    __table_args__ = (
        CheckConstraint("kind IN ('prospect', 'visitor', 'subscriber', 'owner', 'member')", name="kind"),
        Index(
            "uq_customer_kind_open",
            "customer_id",
            "kind",
            text("coalesce(project_id, '')"),
            unique=True,
            sqlite_where=text("until IS NULL"),
            postgresql_where=text("until IS NULL"),
        ),
    )


class CustomerRevision(Base):
    """The value a key field (name, id, main_phone) took at an instant; never changed, so any day can be shown."""

    __tablename__ = "customer_revision"

    id: Mapped[Id]
    customer_id: Mapped[Ref] = mapped_column(ForeignKey("customer.id"))
    sequence: Mapped[int] = mapped_column(Integer)
    field: Mapped[str] = mapped_column(String(20))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    at: Mapped[Instant]
    actor_id: Mapped[Ref]
    reason: Mapped[str | None] = mapped_column(String(500))

    __table_args__ = (UniqueConstraint("customer_id", "sequence"),)


class Contact(Base):
    """A contact with the customer (跟进记录): a call, a visit, a message, with what was said."""

    __tablename__ = "contact"

    id: Mapped[Id]
    customer_id: Mapped[Ref] = mapped_column(ForeignKey("customer.id"))
    at: Mapped[Instant]
    channel: Mapped[str] = mapped_column(String(12))
    note: Mapped[str] = mapped_column(String(2000))
    actor_id: Mapped[Ref]
    project_id: Mapped[str | None] = mapped_column(String(36), ForeignKey("project.id"))
    path: Mapped[Path]

    __table_args__ = (
        CheckConstraint(
            "channel IN ('visit', 'phone', 'message', 'mail', 'web', 'event', 'other')", name="channel"
        ),
        Index("ix_contact_customer_id_at", "customer_id", "at"),
    )

    @classmethod
    def in_scope(cls, path: str, owner_id: str | None) -> ColumnElement[bool]:
        """Had at a project at or below ``path``; with ``owner_id`` those with that person's customers."""
        below = cls.path.startswith(path, autoescape=True)
        return below if owner_id is None else below & cls.customer_id.in_(looked_after(path, owner_id))


for _model in (CustomerRevision, Contact):
    assert isinstance(_model.__table__, Table)  # noqa: S101 - tells mypy what the mapper made
    keep_append_only(_model.__table__)
