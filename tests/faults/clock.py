"""A clock that several processes share and a test moves: the machine's, plus an offset kept in a file."""

from __future__ import annotations

import mmap
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path

_SECONDS = struct.Struct("d")


class SharedClock:
    """The machine's clock plus the seconds that stand in a file; whoever has the file open sees it move."""

    def __init__(self, file: Path) -> None:
        self.file = file
        if not file.exists():
            file.write_bytes(_SECONDS.pack(0.0))
        with file.open("r+b") as opened:
            self._map = mmap.mmap(opened.fileno(), _SECONDS.size)

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return datetime.now(UTC) + timedelta(seconds=self._offset())

    def advance(self, by: timedelta) -> None:
        """Move on for everybody; a negative duration moves back."""
        self._map[:] = _SECONDS.pack(self._offset() + by.total_seconds())

    def _offset(self) -> float:
        offset: float = _SECONDS.unpack(self._map[:])[0]
        return offset
