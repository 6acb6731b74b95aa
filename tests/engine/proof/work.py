"""Counts what a step costs a database: statements, rows written, and the instructions of SQLite's machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, event

# SQLite tells of every so many instructions; what a step costs is read to this grain.
GRAIN = 10


@dataclass
class Work:
    """What was counted. ``effort`` is in SQLite's instructions, 0 on other databases."""

    statements: int = 0
    written: int = 0
    effort: int = 0


class Meter:
    """Listens to an engine as long as it lives."""

    def __init__(self, engine: Engine) -> None:
        self.work = Work()
        event.listen(engine, "after_cursor_execute", self._executed)
        if engine.dialect.name == "sqlite":
            event.listen(engine, "checkout", self._checked_out)

    @contextmanager
    def counting(self) -> Iterator[Work]:
        """Count what happens inside."""
        counted = self.work = Work()
        try:
            yield counted
        finally:
            self.work = Work()

    def _executed(self, _conn: Any, cursor: Any, statement: str, _params: Any, _context: Any, _many: bool) -> None:
        self.work.statements += 1
        if statement.lstrip()[:6].upper() in ("INSERT", "UPDATE", "DELETE"):
            self.work.written += max(cursor.rowcount, 0)

    def _checked_out(self, connection: Any, _record: Any, _proxy: Any) -> None:
        connection.set_progress_handler(self._progressed, GRAIN)

    def _progressed(self) -> int:
        self.work.effort += GRAIN
        return 0
