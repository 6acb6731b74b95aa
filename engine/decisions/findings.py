"""What a check says about a decision file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from engine.decisions.model import Place


@dataclass(frozen=True, slots=True)
class DecisionFinding:
    """One thing that is wrong (``error``) or doubtful (``warning``), with its place in the file.

    ``params`` is what the wording of ``code`` needs.
    """

    code: str
    severity: Literal["error", "warning"]
    element_id: str
    element_name: str
    line: int
    params: Mapping[str, object] = field(default_factory=dict)


def error(code: str, place: Place, **params: object) -> DecisionFinding:
    """A finding that forbids deployment."""
    return DecisionFinding(code, "error", place.element_id, place.element_name, place.line, params)


def warning(code: str, place: Place, **params: object) -> DecisionFinding:
    """A finding to look at."""
    return DecisionFinding(code, "warning", place.element_id, place.element_name, place.line, params)
