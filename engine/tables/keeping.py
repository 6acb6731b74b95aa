"""How definitions are kept: suspended or not, how long their finished cases stay, and what must not go."""

from __future__ import annotations

from sqlalchemy import DDL, ForeignKey, Index, String, event
from sqlalchemy.orm import Mapped, mapped_column

from engine.tables.columns import table_of
from kernel.columns import Id, Instant, Ref
from kernel.database import Base

RELEASED = "engine_history_release"


class ControlRow(Base):
    """What operators decided about all versions of a process.

    While ``suspended_at`` is set nothing new is started. ``history_days`` is how long a finished case stays; for
    ever without it.
    """

    __tablename__ = "engine_definition_control"

    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    suspended_at: Mapped[Instant | None]
    suspended_by: Mapped[str | None] = mapped_column(String(36))
    reason: Mapped[str | None] = mapped_column(String(500))
    until: Mapped[Instant | None]
    history_days: Mapped[int | None]


class LegalHoldRow(Base):
    """The history of one instance, or of all with a business key, must stay until the hold is lifted."""

    __tablename__ = "engine_legal_hold"

    id: Mapped[Id]
    instance_id: Mapped[str | None] = mapped_column(String(36))
    business_key: Mapped[str | None] = mapped_column(String(255))
    reason: Mapped[str] = mapped_column(String(500))
    placed_at: Mapped[Instant]
    placed_by: Mapped[Ref]
    lifted_at: Mapped[Instant | None]
    lifted_by: Mapped[str | None] = mapped_column(String(36))

    __table_args__ = (
        Index("ix_engine_legal_hold_instance", "instance_id"),
        Index("ix_engine_legal_hold_business_key", "business_key"),
    )


class ReleaseRow(Base):
    """An instance whose history is being deleted by the very transaction that wrote this row and removes it.

    Triggers refuse it for an instance that has not ended or that is held, whoever asks.
    """

    __tablename__ = RELEASED

    instance_id: Mapped[str] = mapped_column(ForeignKey("engine_instance.id"), primary_key=True)
    at: Mapped[Instant]


_FORBIDDEN = """
EXISTS (SELECT 1 FROM engine_instance i WHERE i.id = NEW.instance_id AND i.ended_at IS NULL)
OR EXISTS (
    SELECT 1 FROM engine_legal_hold h WHERE h.lifted_at IS NULL AND (
        h.instance_id = NEW.instance_id
        OR h.business_key = (SELECT i.business_key FROM engine_instance i WHERE i.id = NEW.instance_id)
    )
)
"""
_SQLITE = f"""
CREATE TRIGGER only_what_may_go BEFORE INSERT ON {RELEASED} WHEN {_FORBIDDEN}
BEGIN SELECT RAISE(ABORT, 'rule:only_what_may_go'); END
"""
_POSTGRES_FUNCTION = f"""
CREATE OR REPLACE FUNCTION keyturn_only_what_may_go() RETURNS trigger AS $$
BEGIN
    IF {_FORBIDDEN} THEN RAISE EXCEPTION 'rule:only_what_may_go'; END IF;
    RETURN NEW;
END
$$ LANGUAGE plpgsql
"""
_POSTGRES = f"""
CREATE TRIGGER only_what_may_go BEFORE INSERT ON {RELEASED}
FOR EACH ROW EXECUTE FUNCTION keyturn_only_what_may_go()
"""

for _dialect, _statements in (("sqlite", (_SQLITE,)), ("postgresql", (_POSTGRES_FUNCTION, _POSTGRES))):
    for _statement in _statements:
        _ddl = DDL(_statement)  # type: ignore[no-untyped-call]
        event.listen(table_of(ReleaseRow), "after_create", _ddl.execute_if(dialect=_dialect))
