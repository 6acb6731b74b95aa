"""What every scanner offers."""

from __future__ import annotations

from typing import Protocol

from kernel.errors import Invalid, KeyturnError


class Infected(Invalid):
    """The scanner found something in the file; ``found`` is its name for it."""

    code = "file_infected"


class ScanUnavailable(KeyturnError):
    """The scanner does not answer; a file that nobody has looked at is not taken."""

    code = "scan_unavailable"


class Scanner(Protocol):
    """Looks at a content."""

    def scan(self, content: bytes) -> None:
        """Raise `Infected` for a content that must not be kept, `ScanUnavailable` when nobody can tell."""
        ...
