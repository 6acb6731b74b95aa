"""What the engine answers about files on tasks and cases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Attachment:
    """A file on a task, or on the case as a whole; ``removed_at`` when it was taken away, its content with it."""

    id: str
    instance_id: str
    task_id: str | None
    kind: str
    filename: str
    media_type: str
    size: int
    content_id: str
    added_by: str
    added_at: datetime
    removed_by: str | None
    removed_at: datetime | None
