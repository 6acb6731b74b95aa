"""Rows of attachments: read, and asked which kinds a task still lacks."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine.results.attachments import Attachment
from engine.store.tasks import TABLE as TASKS
from engine.tables.attachments import AttachmentRow
from engine.tables.columns import AnyRow, table_of

TABLE = table_of(AttachmentRow)


def to_attachment(row: AnyRow) -> Attachment:
    """A row as callers see it."""
    return Attachment(
        id=row.id,
        instance_id=row.instance_id,
        task_id=row.task_id,
        kind=row.kind,
        filename=row.filename,
        media_type=row.media_type,
        size=row.size,
        content_id=row.content_id,
        added_by=row.added_by,
        added_at=row.added_at,
        removed_by=row.removed_by,
        removed_at=row.removed_at,
    )


def attachments_of(session: Session, instance_id: str) -> list[Attachment]:
    """The files of a case and its tasks, those taken away too, oldest first."""
    query = select(TABLE).where(TABLE.c.instance_id == instance_id).order_by(TABLE.c.added_at, TABLE.c.id)
    return [to_attachment(row) for row in session.execute(query)]


def required_kinds(session: Session, task_id: str) -> tuple[str, ...]:
    """The kinds that the step asks for."""
    query = select(TASKS.c.attachments).where(TASKS.c.id == task_id)
    return tuple(session.execute(query).scalar_one_or_none() or ())


def lacking_kinds(session: Session, task_id: str, instance_id: str) -> tuple[str, ...]:
    """Those of the kinds that neither the task nor its case as a whole has."""
    required = required_kinds(session, task_id)
    if not required:
        return ()
    here = TABLE.c.task_id == task_id
    of_case = (TABLE.c.instance_id == instance_id) & TABLE.c.task_id.is_(None)
    query = select(TABLE.c.kind).where(or_(here, of_case), TABLE.c.removed_at.is_(None))
    return missing_of(required, list(session.execute(query).scalars()))


def missing_of(required: Sequence[str], present: Sequence[str]) -> tuple[str, ...]:
    """The required kinds that are not present, in their order."""
    return tuple(kind for kind in required if kind not in present)
