"""What a printing hands out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Printed:
    """A paper to hand out; ``reprint`` counts the earlier prints."""

    number: str
    pdf: bytes
    reprint: int
