"""What a database was at the instant it was copied."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from webapp.backup.manifest import Table


@dataclass(frozen=True)
class Snapshot:
    """Everything committed by ``taken_at`` (UTC) is in it."""

    taken_at: datetime
    schema: str
    tables: tuple[Table, ...]
