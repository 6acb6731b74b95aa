"""What lets a buyer see one sale: a link that opens once, and the session that it opens."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from kernel.columns import Id, Instant, Ref, UtcDateTime
from kernel.database import Base


class PortalLink(Base):
    """A link that went to one buyer of one sale. Only the hash of its token is kept.

    ``created_by`` is the member of staff who sent it, or the buyer who asked for a new one.
    """

    __tablename__ = "webapp_portal_link"

    id: Mapped[Id]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    sale_id: Mapped[Ref]
    customer_id: Mapped[Ref]
    channel: Mapped[str] = mapped_column(String(10))
    message_id: Mapped[str | None] = mapped_column(String(36))
    created_at: Mapped[Instant]
    created_by: Mapped[Ref]
    expires_at: Mapped[Instant]
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime())

    __table_args__ = (Index("ix_webapp_portal_link_sale_id_created_at", "sale_id", "created_at"),)


class PortalSession(Base):
    """What a used link opened, in one browser. Only the hash of the cookie is kept."""

    __tablename__ = "webapp_portal_session"

    id: Mapped[Id]
    cookie_hash: Mapped[str] = mapped_column(String(64), unique=True)
    link_id: Mapped[Ref] = mapped_column(index=True)
    sale_id: Mapped[Ref]
    customer_id: Mapped[Ref]
    created_at: Mapped[Instant]
    expires_at: Mapped[Instant]
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
