"""The table of requests that came with an idempotency key."""

from __future__ import annotations

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.columns import Instant
from kernel.database import Base


class RequestSent(Base):
    """A request with a key, a fingerprint of what it asked, and its answer."""

    __tablename__ = "webapp_request_sent"

    key: Mapped[str] = mapped_column(String(160), primary_key=True)
    at: Mapped[Instant] = mapped_column(index=True)
    asked: Mapped[str] = mapped_column(String(64))
    status: Mapped[int] = mapped_column(default=0)
    body: Mapped[str] = mapped_column(Text, default="")
    media: Mapped[str] = mapped_column(String(80), default="")
