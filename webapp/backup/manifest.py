"""What a backup says about itself: when it was taken, of what, and what each part must be to be whole."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from webapp.backup.errors import BackupRefused

FORMAT = 1


@dataclass(frozen=True)
class Table:
    """A table in the order in which references allow it to be filled; ``columns`` in the order of its rows."""

    name: str
    columns: tuple[str, ...]
    rows: int


@dataclass(frozen=True)
class Part:
    """A stored part: its size in bytes and SHA-256 as it lies in the file."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """Everything committed by ``taken_at`` (UTC) is in it. ``fingerprint`` tells keys apart, no more."""

    product: str
    database: str
    schema: str
    taken_at: datetime
    fingerprint: str
    tables: tuple[Table, ...]
    parts: tuple[Part, ...] = field(default=())
    format: int = FORMAT

    def rows(self, table: str) -> int:
        """How many rows a table had; 0 for one that was not there."""
        return next((known.rows for known in self.tables if known.name == table), 0)

    def part(self, name: str) -> Part | None:
        """A part by its name; None when the backup was taken without it."""
        return next((part for part in self.parts if part.name == name), None)

    def to_json(self) -> bytes:
        """As it is stored."""
        return json.dumps({**asdict(self), "taken_at": self.taken_at.isoformat()}, indent=1).encode()


def read_manifest(text: bytes) -> Manifest:
    """Raises `BackupRefused` for one that this version does not know or that makes no sense."""
    try:
        stored: dict[str, Any] = json.loads(text)
        if stored["format"] != FORMAT:
            raise BackupRefused(
                "backup_format_unknown", format=str(stored["format"]), product=str(stored["product"])
            )
        tables = tuple(Table(t["name"], tuple(t["columns"]), t["rows"]) for t in stored["tables"])
        parts = tuple(Part(**part) for part in stored["parts"])
        taken_at = datetime.fromisoformat(stored["taken_at"])
        return Manifest(**{**stored, "tables": tables, "parts": parts, "taken_at": taken_at})
    except (ValueError, KeyError, TypeError) as problem:
        raise BackupRefused("backup_damaged", part="manifest.json") from problem
