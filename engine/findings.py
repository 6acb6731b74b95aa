"""Findings: what is wrong with a diagram, table or form, by element and line, to be worded for an analyst."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from kernel.errors import KeyturnError

ERROR = "error"
WARNING = "warning"
REWRITTEN = "rewritten"
"""What a diagram of another tool is read as; it forbids nothing and is accepted by deploying."""

SEVERITIES = (ERROR, WARNING, REWRITTEN)
_LONGEST = 200


@dataclass(frozen=True)
class Finding:
    """One remark: ``severity`` is error, warning or rewritten.

    ``code`` is stable and worded at the edge with ``params``; ``line`` counts from 1.
    """

    code: str
    severity: str
    element_id: str | None = None
    element_name: str | None = None
    line: int | None = None
    params: Mapping[str, object] = field(default_factory=dict)
    resource: str = ""


class DefinitionError(KeyturnError):
    """A deployment was refused; ``findings`` say why, element by element."""

    code = "definition_refused"

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__(count=len(self.findings), codes=sorted({f.code for f in self.findings}))


class ChangeRefused(KeyturnError):
    """A case cannot be changed like this; ``findings`` say why, element by element. Nothing was changed."""

    code = "change_refused"

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__(count=len(self.findings), codes=sorted({f.code for f in self.findings}))


def clipped(text: str, most: int = _LONGEST) -> str:
    """A text of a file as it can stand in a sentence: on one line and not without end."""
    line = " ".join(text[: most * 4].split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def errors_of(findings: Iterable[Finding]) -> list[Finding]:
    """The findings that forbid deployment."""
    return [finding for finding in findings if finding.severity == ERROR]
