"""The tables of documents: the content by hash, the paper, its events, the number ranges."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, LargeBinary, String, Table, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.append_only import keep_append_only
from kernel.columns import Id, Instant, Path, Ref
from kernel.database import Base


class DocumentBlob(Base):
    """Content, kept once per SHA-256."""

    __tablename__ = "document_blob"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class Document(Base):
    """A paper issued or a file received, about one subject; immutable, its life is in `DocumentEvent`."""

    __tablename__ = "document"

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[Ref]
    number: Mapped[str | None] = mapped_column(String(60))
    template: Mapped[str] = mapped_column(String(80), default="")
    template_version: Mapped[str] = mapped_column(String(40), default="")
    language: Mapped[str] = mapped_column(String(8), default="zh")
    filename: Mapped[str] = mapped_column(String(160))
    media_type: Mapped[str] = mapped_column(String(100))
    sha256: Mapped[str] = mapped_column(String(64), ForeignKey("document_blob.sha256"))
    size: Mapped[int] = mapped_column(BigInteger)
    path: Mapped[Path] = mapped_column(index=True)
    owner_id: Mapped[str | None] = mapped_column(String(36))
    issued_at: Mapped[Instant]
    issued_by: Mapped[Ref]

    __table_args__ = (
        Index("ix_document_subject_subject_id", "subject", "subject_id"),
        Index(
            "uq_document_kind_number",
            "kind",
            "number",
            unique=True,
            sqlite_where=text("number IS NOT NULL"),
            postgresql_where=text("number IS NOT NULL"),
        ),
    )


class DocumentEvent(Base):
    """What happened to a paper: issued, printed (and reprinted), voided."""

    __tablename__ = "document_event"

    id: Mapped[Id]
    document_id: Mapped[Ref] = mapped_column(ForeignKey("document.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    at: Mapped[Instant]
    actor_id: Mapped[Ref]
    reason: Mapped[str | None] = mapped_column(String(500))

    __table_args__ = (CheckConstraint("kind IN ('issued', 'printed', 'reprinted', 'voided')", name="kind"),)


class NumberRange(Base):
    """The last number given out for one kind of paper, node and year; it is locked until the commit."""

    __tablename__ = "number_range"

    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    path: Mapped[str] = mapped_column(String(250), primary_key=True)
    year: Mapped[int] = mapped_column(Integer, primary_key=True)
    last: Mapped[int] = mapped_column(Integer)

    __table_args__ = (CheckConstraint("last > 0", name="last_is_positive"),)


class KeptFile(Base):
    """A file's content, encrypted: under the customer's key, or under one of its own where it is nobody's.

    Rows may go: a file that was taken away leaves nothing of its content.
    """

    __tablename__ = "kept_file"

    id: Mapped[Id]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    customer_id: Mapped[str | None] = mapped_column(String(36), ForeignKey("customer.id"), index=True)
    own_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    kept_at: Mapped[Instant]

    __table_args__ = (CheckConstraint("(customer_id IS NULL) <> (own_key IS NULL)", name="one_key"),)


for _model in (DocumentBlob, Document, DocumentEvent):
    assert isinstance(_model.__table__, Table)  # noqa: S101 - tells mypy what the mapper made
    keep_append_only(_model.__table__)
