"""What the engine answers about comments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Comment:
    """What somebody wrote on a task or case, perhaps for a person he stands in for, as it reads now.

    A text names people as ``@[staff id]``. ``former`` holds what it said before it was written anew, oldest first.
    """

    id: str
    task_id: str | None
    author_id: str
    at: datetime
    text: str
    edited_at: datetime | None = None
    former: tuple[str, ...] = ()
    on_behalf_of: str | None = None
