"""What can go wrong with a FEEL text: a syntax error when it is read, a limit when it runs.

Everything else FEEL defines as null; such nulls are recorded as ``FeelWarning`` and never raised.
Errors carry a code and parameters and are worded in the reader's language at the edge.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


class FeelError(Exception):
    """A FEEL text that cannot be read or may not run on.

    ``code`` is a stable snake_case word, ``params`` what its wording needs.
    """

    def __init__(self, code: str, params: Mapping[str, object] | None = None) -> None:
        self.code = code
        self.params: dict[str, object] = dict(params or {})
        super().__init__(code, self.params)

    def __str__(self) -> str:
        """Code and parameters, for logs and test output."""
        details = ", ".join(f"{key}={value!r}" for key, value in self.params.items())
        return f"{self.code}({details})"


class FeelSyntaxError(FeelError):
    """The text is not FEEL; ``line`` and ``column`` (both from 1) say where reading stopped."""

    def __init__(
        self, code: str, params: Mapping[str, object] | None = None, column: int = 1, line: int = 1
    ) -> None:
        super().__init__(code, params)
        self.column = column
        self.line = line

    def __str__(self) -> str:
        """Code, parameters and place."""
        return f"{super().__str__()} at line {self.line}, column {self.column}"


class FeelLimitError(FeelError):
    """Evaluation was stopped because it would have used more than its ``Limits`` allow."""


@dataclass(frozen=True, slots=True)
class FeelWarning:
    """One place where the standard demanded null for something that is probably a mistake.

    ``offset`` is the place in the text, counted from 0.
    """

    code: str
    offset: int = 0
    params: Mapping[str, object] = field(default_factory=dict)
